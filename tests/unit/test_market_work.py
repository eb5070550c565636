"""Tests of a refresh of the market as queued work: what is on record, and who is told what."""

import threading
import time
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest

from smartbank import worker
from smartbank.core.customers import CustomerQuery
from smartbank.core.inbox import MessageKind, sentence
from smartbank.core.market.indicators import Indicator
from smartbank.core.work import WorkState
from smartbank.errors import WorkCancelledError
from smartbank.services import market_refresh
from smartbank.services.demo import DEMO_SOURCE
from smartbank.services.market_work import queue_market_refresh
from smartbank.services.runs import RunSource, queue_run
from smartbank.worker_jobs import timed_jobs
from tests.actors import ANA
from tests.market_stubs import ecb
from tests.services import memory_services
from tests.stubs import stub_leads


@pytest.fixture
def source():
    return ecb((f"{datetime.now(UTC):%Y-%m}", 2.4))


@pytest.fixture
def services(source):
    return memory_services(sources=[source])


def refreshed(services):
    ports = {"by": ANA, "queue": services.queue, "audit": services.audit, "now": datetime.now(UTC)}
    work_id = queue_market_refresh([Indicator.EURIBOR], **ports)
    assert worker.run_once(services)
    return services.queue.find(work_id)


def told(services):
    return [(message.kind, sentence(message)) for message in services.inbox.newest("ana")]


def test_new_figures_are_told_to_whoever_asked_and_are_on_record(services):
    work = refreshed(services)

    assert (work.state, work.result["new_figures"], work.result["failed"]) == (WorkState.DONE, 1, [])
    assert told(services) == [(MessageKind.MARKET_REFRESHED, "The market has 1 new figure.")]
    queued, ended = (entry.event for entry in services.audit.entries())
    assert (queued.who, queued.details["step"]) == ("ana", "queued")
    assert (ended.who, ended.details["step"], ended.details["new_figures"]) == ("ana", "done", 1)


def test_a_refresh_that_brings_nothing_new_is_not_told(services):
    refreshed(services)
    before = told(services)

    refreshed(services)

    assert told(services) == before


def test_a_figure_that_could_not_be_refreshed_is_told(services, source):
    source.error = "ECB did not answer within 10 s."

    work = refreshed(services)

    assert work.result["failed"] == ["euribor3m"]
    assert work.result["refreshed"][0]["hops"][0]["said"] == "ECB did not answer within 10 s."
    assert [kind for kind, _ in told(services)] == [MessageKind.MARKET_FAILED]


def test_a_lost_turn_is_a_skipped_figure_and_the_work_goes_on_to_its_end(services, source, monkeypatch):
    @contextmanager
    def lost(*_):
        yield taken_over

    monkeypatch.setattr(market_refresh, "held", lost)

    work = refreshed(services)

    assert (work.state, work.result["failed"]) == (WorkState.DONE, [])
    (hop,) = work.result["refreshed"][0]["hops"]
    assert hop["outcome"] == "skipped"
    assert hop["said"] == "Somebody else took over asking the sources for this. Look again in a minute."
    assert source.asked == 0


def taken_over():
    raise WorkCancelledError("Another worker has it.")


def test_scoring_does_not_wait_for_a_publisher_that_is_being_asked(services, source):
    asked, answers, stop = threading.Event(), threading.Event(), threading.Event()
    source.before_answer = lambda: (asked.set(), answers.wait(20))
    ports = {"by": ANA, "queue": services.queue, "audit": services.audit, "now": datetime.now(UTC)}
    services.customers.save_many(stub_leads([30, 60]), source=DEMO_SOURCE, saved_at=datetime.now(UTC))
    refresh_id = queue_market_refresh([Indicator.EURIBOR], **ports)
    at_work = threading.Thread(target=worker.run_worker, args=(services,), kwargs={"stop": stop, "poll_s": 0.01})
    at_work.start()
    try:
        assert asked.wait(20)
        run_id = queue_run(RunSource.of_query(CustomerQuery(), "everybody"), market="snapshot", **ports)
        until = time.monotonic() + 20
        while not services.queue.find(run_id).state.is_final and time.monotonic() < until:
            time.sleep(0.01)
        states = [services.queue.find(name).state for name in (run_id, refresh_id)]
    finally:
        answers.set()
        stop.set()
        at_work.join()

    assert states == [WorkState.DONE, WorkState.RUNNING]


def test_what_is_due_is_refreshed_by_the_timed_job(services, source):
    (job,) = (job for job in timed_jobs(services) if job.name == "market")

    assert job.run(lambda: None) == {"asked": ["euribor3m"], "new_figures": 1, "failed": []}
    assert source.asked == 1
