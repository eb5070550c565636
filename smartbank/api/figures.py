"""Figures of work, model, market and audit log as they stand in the database, for Prometheus.

A look reads a bounded number of documents, however much is stored. Every web process tells the same.
"""

from collections import Counter as Tally
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any, Final

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from smartbank import __version__
from smartbank.bootstrap import Services
from smartbank.bootstrap.certificates import certificate_ends
from smartbank.core.drift import DriftVerdict
from smartbank.core.jobs import JobStanding
from smartbank.core.programs import last_key_ends
from smartbank.core.work import Work, WorkKind, WorkState
from smartbank.errors import StorageError
from smartbank.services.drift import drift_of, speaks_for_the_bank
from smartbank.services.first_run import first_run, load_runs_looked_at

HEAD_DIGITS: Final = 12
"""Hexadecimal digits of the audit log's newest hash that a figure holds exactly: a float has 53 bits."""
_MOST_WORK: Final = 10_000


class Figures:
    """A collector that looks when it is asked."""

    def __init__(self, services: Services, *, now: datetime) -> None:
        self.services = services
        self.now = now

    def describe(self) -> Iterator[Metric]:
        """Say nothing beforehand, so that registering does not look."""
        yield from ()

    def collect(self) -> Iterator[Metric]:
        """Yield every figure. Raises `StorageError`."""
        for part in (_versions, _market, _queue, _ended, _jobs, _drift, _audit, _ends):
            yield from part(self.services, self.now)


def _versions(services: Services, _now: datetime) -> Iterator[Metric]:
    yield _gauge("build_info", "The version of SmartBank.", ["version"], {(__version__,): 1})
    yield _gauge("model_info", "The model in force.", ["version"], {(services.scorer.version,): 1})


def _market(services: Services, now: datetime) -> Iterator[Metric]:
    today, readings = now.date(), services.market.look().readings
    ages = {(each.indicator.value,): (today - each.period.end).days for each in readings}
    stale = {(each.indicator.value,): each.is_stale(today=today) for each in readings}
    yield _gauge("market_age_days", "Days since the end of a figure's period.", ["indicator"], ages)
    yield _gauge("market_stale", "Whether a figure is old.", ["indicator"], stale)


def _queue(services: Services, now: datetime) -> Iterator[Metric]:
    works = services.queue.unfinished(limit=_MOST_WORK)
    counts = Tally((work.kind, work.state) for work in works)
    states = (WorkState.QUEUED, WorkState.RUNNING)
    lengths = {(kind.value, state.value): counts[kind, state] for kind in WorkKind for state in states}
    oldest = {(kind.value,): _waiting_s(works, kind, now) for kind in WorkKind}
    yield _gauge("work", "Work that waits or runs.", ["kind", "state"], lengths)
    yield _gauge("work_oldest_seconds", "How long the oldest waiting work has waited; 0 for none.", ["kind"], oldest)


def _waiting_s(works: list[Work], kind: WorkKind, now: datetime) -> float:
    waiting = [now - work.created_at for work in works if work.kind is kind and work.state is WorkState.QUEUED]
    return max(0.0, max(waiting, default=timedelta()).total_seconds())


def _ended(services: Services, _now: datetime) -> Iterator[Metric]:
    tallies = services.tallies.all()
    ended = CounterMetricFamily(
        "smartbank_work_ended", "Work that has ended, by what came of it.", labels=["kind", "result"]
    )
    seconds = CounterMetricFamily("smartbank_work_seconds", "Time workers spent on it.", labels=["kind"])
    for each in tallies:
        ended.add_metric([each.kind.value, "done"], each.done)
        ended.add_metric([each.kind.value, "failed"], each.failed)
        seconds.add_metric([each.kind.value], each.seconds)
    yield ended
    yield seconds
    yield CounterMetricFamily(
        "smartbank_leads_scored", "Leads scored in runs.", value=sum(each.leads for each in tallies)
    )


def _jobs(services: Services, _now: datetime) -> Iterator[Metric]:
    standings = services.jobs.standings()
    done = {(each.name,): each.done_at.timestamp() for each in standings if each.done_at is not None}
    failed = {(each.name,): each.failed_at is not None for each in standings}
    yield _gauge("job_done_timestamp_seconds", "When a timed job was last done.", ["timed_job"], done)
    yield _gauge("job_failed", "Whether a timed job has failed since it was last done.", ["timed_job"], failed)
    if seen := [at for each in standings for at in _signs_of_life(each, services.jobs.lease)]:
        yield _gauge(
            "worker_seen_timestamp_seconds", "When a worker was last at work.", [], {(): max(seen).timestamp()}
        )


def _signs_of_life(standing: JobStanding, lease: timedelta) -> list[datetime]:
    held = standing.lease_until - lease if standing.lease_until is not None else None
    return [at for at in (standing.done_at, standing.failed_at, held) if at is not None]


def _drift(services: Services, _now: datetime) -> Iterator[Metric]:
    run = first_run(load_runs_looked_at(queue=services.queue))
    drift = drift_of(run) if run is not None else None
    indexes, at = {}, {}
    if run is not None and drift is not None and speaks_for_the_bank(run, drift):
        told = [one for one in (*drift.fields, drift.margin) if one.verdict is not DriftVerdict.TOO_FEW]
        indexes = {(one.name,): one.index for one in told}
        at = {(): run.work.created_at.timestamp()}
    yield _gauge(
        "drift_index",
        "Stability index of the run the screens begin on against the training rows, by field and of margins.",
        ["field"],
        indexes,
    )
    yield _gauge("drift_run_timestamp_seconds", "When that run was queued.", [], at)


def _audit(services: Services, _now: datetime) -> Iterator[Metric]:
    with suppress(StorageError):  # a note that was changed; its absence is an alert
        number, hash_ = services.audit.head()
        yield _gauge("audit_entries", "Number of the newest entry of the audit log.", [], {(): number})
        said = f"First {HEAD_DIGITS} hexadecimal digits of its hash, as a number."
        yield _gauge("audit_head", said, [], {(): int(hash_[:HEAD_DIGITS], 16)})


def _ends(services: Services, _now: datetime) -> Iterator[Metric]:
    files = certificate_ends(services.configuration)
    yield _gauge(
        "certificate_ends_timestamp_seconds",
        "When the first certificate of a file this process uses ends.",
        ["certificate"],
        {(kind,): at.timestamp() for kind, at in files.items()},
    )
    keys = last_key_ends(services.programs.all(), services.programs.keys())
    yield _gauge(
        "program_key_ends_timestamp_seconds",
        "When the last key of a program ends.",
        ["program"],
        {(name,): at.timestamp() for name, at in keys.items()},
    )


def _gauge(name: str, said: str, labels: list[str], values: Mapping[Any, float]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(f"smartbank_{name}", said, labels=labels)
    for given, value in values.items():  # by the values of its labels
        family.add_metric(list(given), float(value))
    return family
