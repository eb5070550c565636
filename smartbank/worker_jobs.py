"""What the worker does every so often, beside queued work."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from smartbank import bootstrap
from smartbank.core.idempotency import KEPT_FOR
from smartbank.core.market.indicators import Indicator
from smartbank.core.people import WORKER
from smartbank.services.backups import BACKUP_JOB, back_up
from smartbank.services.forgetting import tidy_late
from smartbank.services.housekeeping import (
    forget_old_failures,
    forget_old_files,
    forget_old_lists,
    forget_old_versions,
)
from smartbank.services.inbox import forget_old_messages, tell_late
from smartbank.services.list_release import give_up_broken_off
from smartbank.services.market_refresh import refresh_figures, refresh_market
from smartbank.services.model_training import queue_training, training_is_due
from smartbank.services.outcome_expiry import expire_outcomes
from smartbank.services.timed_jobs import TimedJob
from smartbank.services.work_endings import record_late


def timed_jobs(services: bootstrap.Services) -> list[TimedJob]:
    """Return what is done every so often, by one of all workers."""
    return [
        TimedJob("old files", timedelta(hours=1), lambda _: _forget_files(services)),
        TimedJob("old lists", timedelta(hours=1), lambda _: _forget_lists(services)),
        TimedJob("old versions", timedelta(days=1), partial(_forget_versions, services)),
        TimedJob("failed sign-ins", timedelta(days=1), lambda _: _forget_failures(services)),
        TimedJob("kept answers", timedelta(hours=1), lambda _: _forget_answers(services)),
        TimedJob("list releases", timedelta(minutes=5), lambda _: _give_up_releases(services)),
        TimedJob("endings", timedelta(minutes=5), lambda _: _record_late(services)),
        TimedJob("ended runs", timedelta(minutes=5), lambda _: _tidy_late(services)),
        TimedJob("inbox", timedelta(minutes=10), lambda _: _keep_inbox(services)),
        TimedJob("expired outcomes", timedelta(hours=1), partial(_expire_outcomes, services)),
        TimedJob("training", timedelta(days=1), lambda _: _train_if_due(services), first_after=timedelta(hours=1)),
        TimedJob("market", timedelta(minutes=15), partial(_refresh_market, services)),
        TimedJob(
            BACKUP_JOB,
            timedelta(days=1),
            partial(_make_backup, services),
            first_after=timedelta(minutes=10),
            again_after=timedelta(hours=1),
        ),
    ]


def _forget_files(services: bootstrap.Services) -> dict[str, int]:
    now = datetime.now(UTC)
    n_expired = forget_old_files(
        now,
        queue=services.queue,
        files=services.files,
        frames=services.frames,
        audit=services.audit,
        kept_for=timedelta(hours=services.settings.current().keep_files_hours),
    )
    return {"expired": n_expired}


def _forget_lists(services: bootstrap.Services) -> dict[str, int]:
    n_expired = forget_old_lists(
        datetime.now(UTC),
        queue=services.queue,
        frames=services.frames,
        predictions=services.predictions,
        audit=services.audit,
        kept_for=timedelta(days=services.settings.current().keep_lists_days),
    )
    return {"expired": n_expired}


def _forget_versions(services: bootstrap.Services, go_on: Callable[[], None]) -> dict[str, int]:
    n_deleted = forget_old_versions(
        datetime.now(UTC),
        corrections=services.corrections,
        queue=services.queue,
        audit=services.audit,
        kept_for=timedelta(days=services.settings.current().keep_lists_days),
        go_on=go_on,
    )
    return {"deleted": n_deleted}


def _forget_failures(services: bootstrap.Services) -> dict[str, int]:
    return {"deleted": forget_old_failures(datetime.now(UTC), users=services.users, audit=services.audit)}


def _forget_answers(services: bootstrap.Services) -> dict[str, int]:
    return {"deleted": services.answers.delete_before(datetime.now(UTC) - KEPT_FOR)}


def _give_up_releases(services: bootstrap.Services) -> dict[str, int]:
    return {"given_up": give_up_broken_off(ports=bootstrap.list_ports(services))}


def _expire_outcomes(services: bootstrap.Services, go_on: Callable[[], None]) -> dict[str, int]:
    return expire_outcomes(datetime.now(UTC), ports=bootstrap.call_ports(services), go_on=go_on)


def _record_late(services: bootstrap.Services) -> dict[str, int]:
    return {"recorded": record_late(datetime.now(UTC), queue=services.queue, audit=services.audit)}


def _tidy_late(services: bootstrap.Services) -> dict[str, int]:
    n_tidied = tidy_late(queue=services.queue, frames=services.frames, predictions=services.predictions)
    return {"tidied": n_tidied}


def _keep_inbox(services: bootstrap.Services) -> dict[str, int]:
    tell_late(datetime.now(UTC), queue=services.queue, inbox=services.inbox)
    kept_for = timedelta(days=services.settings.current().keep_inbox_days)
    forget_old_messages(datetime.now(UTC), inbox=services.inbox, kept_for=kept_for)
    return {}


def _refresh_market(services: bootstrap.Services, go_on: Callable[[], None]) -> dict[str, Any]:
    """Ask the sources for what is due, each indicator under a lease of its own."""
    ports = bootstrap.market_ports(services)
    now = datetime.now(UTC)
    done = refresh_market(tuple(Indicator), forced=False, by=WORKER, ports=ports, now=now, go_on=go_on)
    return refresh_figures(done)


def _train_if_due(services: bootstrap.Services) -> dict[str, Any]:
    """Queue the training of a challenger where one is due."""
    now = datetime.now(UTC)
    every = timedelta(days=services.settings.current().retrain_days)
    if not training_is_due(every=every, outcomes=services.outcomes, queue=services.queue, now=now):
        return {"queued": ""}
    return {"queued": queue_training(by=WORKER, queue=services.queue, audit=services.audit, now=now)}


def _make_backup(services: bootstrap.Services, go_on: Callable[[], None]) -> dict[str, Any]:
    return back_up(
        kept=services.settings.current().keep_backups,
        by=WORKER,
        shelf=services.backups,
        audit=services.audit,
        now=datetime.now(UTC),
        go_on=go_on,
    )
