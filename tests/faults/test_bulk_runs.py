"""Runs whose workers are killed, stopped, many, or cut off: what comes of them is what comes of a run left in peace."""

import os
import random
import signal
import threading
import time
import uuid
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime

import pandas as pd
import pymongo.uri_parser
import pytest

from smartbank.adapters import mongo
from smartbank.core.bank_settings import BankSettings
from smartbank.core.work import WorkState
from smartbank.services.latest_scores import latest_scores
from smartbank.services.lease import Lease
from smartbank.services.runs import run_owner
from smartbank.services.works import cancel_work
from smartbank.worker import worker_of
from tests.actors import ANA
from tests.database import open_server
from tests.faults.bulk_bank import LONG_AGO, N_LEADS, Bank
from tests.faults.bulk_workers import SMALL_STEPS, Workers, services_on
from tests.faults.stepping_down import SteppingDown
from tests.start.processes import wait_for

KILLS, MANY_KILLS = 4, 60


@pytest.fixture(scope="module")
def uri(tmp_path_factory):
    with open_server(tmp_path_factory) as uri:
        yield uri


@pytest.fixture(scope="module")
def bank(uri):
    database = mongo.connect(uri, f"smartbank_test_{uuid.uuid4().hex[:12]}", timeout_ms=20_000)
    mongo.ensure_schema(database)
    yield Bank(database)
    database.client.close()  # not dropped: that takes minutes on a busy computer, and the folder goes anyway


@pytest.fixture(scope="module")
def workers(uri, bank):
    with Workers(uri, bank.database.name) as workers:
        yield workers


@pytest.fixture
def worker_of_one(workers):
    """Start workers that are gone after the test."""
    started = []

    def start():
        started.append(workers.start())
        return started[-1]

    yield start
    for pid in started:
        if pid in workers.alive:
            workers.kill(pid)


@pytest.fixture(scope="module")
def in_peace(bank, workers):
    """A run nobody disturbed: its id, and how long it took in seconds."""
    run_id = bank.queue_run()
    pid = workers.start()
    begun = time.monotonic()
    wait_until_done(bank, run_id)
    took = time.monotonic() - begun
    wait_for(lambda: bank.owners(run_id) == [run_owner(run_id)])
    workers.kill(pid)
    assert len(bank.predictions(run_id)) == N_LEADS
    return run_id, took


def wait_until_done(bank, *run_ids):
    wait_for(lambda: all(bank.work(run_id).state.is_final for run_id in run_ids))
    assert [(work.state, work.error) for work in map(bank.work, run_ids)] == [(WorkState.DONE, "")] * len(run_ids)


def hold_to(bank, run_id, undisturbed):
    """Fail unless a run came to the same bits as the undisturbed one, once, and left nothing else."""
    pd.testing.assert_frame_equal(bank.ranked(run_id), bank.ranked(undisturbed), check_exact=True)
    assert bank.predictions(run_id) == bank.predictions(undisturbed)
    wait_for(lambda: bank.end_late() or bank.owners(run_id) == [run_owner(run_id)])
    assert bank.on_record(run_id) == ["queued", "done"]
    result, same = bank.work(run_id).result, bank.work(undisturbed).result
    assert {name for name in same if result[name] != same[name]} <= {
        "scored_at",
        "unlike",
    }  # this one by what was ranked before


def killed_again_and_again(bank, workers, in_peace, *, n_kills, seed):
    """Kill the worker of a run at random moments until it has ended; return in which steps it was met.

    A run whose worker dies four times in a row before anything more is kept is given up, so every third is spared
    until something is.
    """
    undisturbed, took = in_peace
    chance, steps = random.Random(seed), Counter()  # noqa: S311
    while sum(steps.values()) < n_kills:
        run_id, kept, in_vain = bank.queue_run(), 0, 0
        while not bank.work(run_id).state.is_final:
            pid = workers.start()
            time.sleep(chance.uniform(0.0, took / 2))
            if in_vain == 2:
                wait_for(lambda run_id=run_id, kept=kept: has_more(bank.work(run_id), kept))
            workers.kill(pid)
            work = bank.work(run_id)
            assert work.progress.kept >= kept
            in_vain = 0 if work.progress.kept > kept else in_vain + 1
            kept = work.progress.kept
            steps[work.progress.step] += work.state is WorkState.RUNNING
            bank.lose_leases()
        wait_until_done(bank, run_id)
        hold_to(bank, run_id, undisturbed)
    return steps


def has_more(work, kept):
    return work.state.is_final or work.progress.kept > kept


def test_a_run_whose_workers_are_killed_at_any_moment_loses_nothing_and_repeats_nothing(bank, workers, in_peace):
    steps = killed_again_and_again(bank, workers, in_peace, n_kills=KILLS, seed=7)

    assert sum(steps.values()) >= KILLS


@pytest.mark.soak
def test_runs_whose_workers_are_killed_dozens_of_times_come_to_the_same(bank, workers, in_peace):
    steps = killed_again_and_again(bank, workers, in_peace, n_kills=MANY_KILLS, seed=11)

    assert {"Scoring", "Keeping the predictions"} <= set(steps)


def test_workers_beside_each_other_do_no_run_twice(bank, worker_of_one, in_peace):
    run_ids = [bank.queue_run() for _ in range(3)]

    for _ in range(3):
        worker_of_one()
    wait_until_done(bank, *run_ids)

    for run_id in run_ids:
        hold_to(bank, run_id, in_peace[0])
    found = bank.database["scoring_runs"].find({"_id": {"$in": run_ids}})
    assert [document["restarts"] for document in found] == [0, 0, 0]


def test_a_worker_that_was_taken_for_dead_and_wakes_up_changes_nothing(bank, worker_of_one, in_peace):
    run_id = bank.queue_run()
    asleep = worker_of_one()
    wait_for(lambda: bank.work(run_id).progress.kept >= N_LEADS // 3)
    os.kill(asleep, signal.SIGSTOP)
    bank.lose_leases()

    worker_of_one()
    wait_until_done(bank, run_id)
    kept = bank.ranked(run_id)
    os.kill(asleep, signal.SIGCONT)
    later = bank.queue_run()
    wait_until_done(bank, later)

    pd.testing.assert_frame_equal(bank.ranked(run_id), kept, check_exact=True)
    hold_to(bank, run_id, in_peace[0])
    hold_to(bank, later, in_peace[0])
    assert latest_scores(frames=bank.services.frames)["run_id"].unique().tolist() == [later]


@pytest.fixture
def require_consent(bank):
    """Return a function that lets the bank call only who agreed, until the test has ended."""
    yield lambda: bank.services.settings.save(replace(BankSettings(), require_consent=True), by="ada", at=LONG_AGO)
    bank.database["settings"].delete_many({"require_consent": True})


def test_a_worker_that_wakes_up_once_the_run_began_anew_adds_nothing_to_it(
    bank, workers, worker_of_one, require_consent
):
    run_id = bank.queue_run()
    asleep = worker_of_one()
    wait_for(lambda: bank.work(run_id).progress.kept >= N_LEADS // 3)
    os.kill(asleep, signal.SIGSTOP)
    begun_at = bank.begun_at(run_id)
    require_consent()
    bank.lose_leases()

    another = worker_of_one()
    wait_for(lambda: bank.begun_at(run_id) not in ("", begun_at), every_s=0.01)
    workers.kill(another)
    os.kill(asleep, signal.SIGCONT)
    bank.lose_leases()
    wait_until_done(bank, run_id)

    later = bank.queue_run()
    wait_until_done(bank, later)
    assert len(bank.predictions(later)) == N_LEADS // 2
    hold_to(bank, run_id, later)


@pytest.mark.parametrize("is_dead", [False, True], ids=["while it is scored", "while its worker is dead"])
def test_a_run_is_cancelled_and_leaves_nothing(bank, workers, worker_of_one, in_peace, is_dead):
    run_id = bank.queue_run()
    pid = worker_of_one()
    wait_for(lambda: bank.work(run_id).progress.kept > N_LEADS)  # some predictions are kept
    if is_dead:
        workers.kill(pid)

    s = bank.services
    cancelled = cancel_work(run_id, by=ANA, queue=s.queue, audit=s.audit, now=datetime.now(UTC))

    assert cancelled
    if is_dead:
        bank.end_late()
    wait_for(lambda: not bank.owners(run_id))
    assert (bank.owners(run_id), bank.predictions(run_id)) == ([], [])
    assert run_id not in set(latest_scores(frames=s.frames)["run_id"])
    assert bank.work(run_id).state is WorkState.CANCELLED


@pytest.fixture
def stepping_down(uri, bank, monkeypatch):
    """Return a function that starts a worker in a thread behind a primary that can step down, and returns that one."""
    parsed = pymongo.uri_parser.parse_uri(uri)
    port = parsed["nodelist"][0][1]
    stop, threads = threading.Event(), []
    for module, name, value in SMALL_STEPS:
        monkeypatch.setattr(module, name, value)
    monkeypatch.setitem(Lease.__init__.__kwdefaults__, "report_every_s", 0.0)

    def start(primary, *, timeout_ms):
        here = uri.replace(f":{port}/", f":{primary.port}/") + "&replicaSet=secantus&heartbeatFrequencyMS=500"
        database = mongo.connect(here, bank.database.name, timeout_ms=timeout_ms)
        worker = worker_of(services_on(database), stop=stop)
        threads.append((threading.Thread(target=worker.run, kwargs={"poll_s": 0.05}), database))
        threads[-1][0].start()

    with SteppingDown(port) as primary:
        yield primary, lambda timeout_ms: start(primary, timeout_ms=timeout_ms)
        stop.set()
        for thread, database in threads:
            thread.join(60)
            database.client.close()


@pytest.mark.parametrize(
    ("down_s", "timeout_ms"), [(0.7, 20_000), (1.5, 300)], ids=["for a moment", "longer than the driver waits"]
)
def test_a_run_goes_on_through_a_step_down_of_the_primary(bank, in_peace, stepping_down, down_s, timeout_ms):
    primary, start = stepping_down
    run_id = bank.queue_run()
    start(timeout_ms)

    for kept in (N_LEADS // 4, N_LEADS + N_LEADS // 4):  # while it is scored, while the predictions are kept
        wait_for(lambda kept=kept: bank.work(run_id).progress.kept >= kept)
        passed, refused = primary.passed, primary.refused
        wait_for(lambda passed=passed: primary.passed > passed)  # who still took it for down would ask it nothing
        primary.step_down(down_s)
        wait_for(lambda: not primary.is_down)
        assert primary.refused > refused
        if timeout_ms < 1_000:
            bank.lose_leases()
    wait_until_done(bank, run_id)

    hold_to(bank, run_id, in_peace[0])
