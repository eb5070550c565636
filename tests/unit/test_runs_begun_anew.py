"""A run whose steps were taken away, or whose late worker woke up: it begins anew, and ends as one in peace does."""

import time
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime

import pandas as pd
import pytest

from smartbank.bootstrap import executors
from smartbank.core.customers import CustomerQuery, SaveCounts
from smartbank.core.fields import CUSTOMER_ID
from smartbank.core.work import Work, WorkKind
from smartbank.core.work_ids import new_work_id
from smartbank.errors import StorageError, WorkCancelledError
from smartbank.services.forgetting import forget_customers_in_run, forget_steps, tidy_run
from smartbank.services.run_steps import OUT, RunSteps
from smartbank.services.runs import RunSource, queue_run, run_owner
from smartbank.worker import STORAGE_TRIES
from tests.actors import ANA
from tests.model_versions import CHALLENGER, CHAMPION, promoted
from tests.services import memory_services
from tests.stubs import ShelfOf, stub_leads, stub_model

N_LEADS, IN_A_CHUNK = 8, 2
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
EVERYONE = RunSource.of_query(CustomerQuery(), "all customers")


class KilledError(Exception):
    """Ends a worker's try of a run."""


@pytest.fixture
def bank(monkeypatch):
    monkeypatch.setattr("smartbank.services.populations.CHUNK_ROWS", IN_A_CHUNK)
    services = memory_services(shelf=ShelfOf(stub_model(CHAMPION), stub_model(CHALLENGER)))
    consent = pd.Series(["yes", None] * (N_LEADS // 2), dtype="str")
    leads = stub_leads([30, 60, 40, 50, 20, 70, 35, 45]).assign(consent=consent)
    services.customers.save_many(leads, source={"kind": "file", "name": "leads.csv"}, saved_at=LONG_AGO)
    return services


def queued(bank):
    run_id = queue_run(EVERYONE, market="snapshot", by=ANA, queue=bank.queue, audit=bank.audit, now=datetime.now(UTC))
    bank.queue.claim("w", now=datetime.now(UTC), work_id=run_id)
    return run_id


def go(bank, run_id, then=lambda _progress: None):
    """Try a run, and return its result; `then` is called after each report."""

    def report(progress):
        bank.queue.report(run_id, "w", progress, now=datetime.now(UTC))
        then(progress)

    return executors(bank)[WorkKind.RUN](bank.queue.find(run_id), report)


def ended(bank, run_id):
    """Return the result of a run that is tried as often as a worker does."""
    for _ in range(STORAGE_TRIES - 1):
        with suppress(StorageError):
            return go(bank, run_id)
    return go(bank, run_id)


def ranked(bank, run_id):
    return bank.frames.load(run_owner(run_id))


def hold_to_one_in_peace(bank, run_id, result):
    """Fail unless a run came to what the next one comes to that nobody disturbs."""
    in_peace = queued(bank)
    wanted = go(bank, in_peace)
    pd.testing.assert_frame_equal(ranked(bank, run_id), ranked(bank, in_peace), check_exact=True)
    assert result | {"scored_at": ""} == wanted | {"scored_at": ""}


def require_consent(bank):
    bank.settings.save(replace(bank.settings.current(), require_consent=True), by="ada", at=LONG_AGO)


def remove_customers(bank):
    now = datetime.now(UTC)
    removal = Work(new_work_id(now), WorkKind.REMOVAL, "ada", now, {"what": "demo"})
    bank.queue.add(removal)
    bank.queue.claim("another", now=now, work_id=removal.work_id)
    assert bank.corrections.erase("lead-5")  # the first of the ranking
    bank.queue.finish(removal.work_id, "another", {}, now=datetime.now(UTC))


def test_a_run_whose_steps_are_taken_away_is_not_done_with_leads_missing(bank):
    run_id = queued(bank)

    def take_away(progress):
        if progress.kept == IN_A_CHUNK:
            forget_customers_in_run(run_id, {"somebody"}, frames=bank.frames)

    with pytest.raises(StorageError, match="The run was taken back while it was being scored"):
        go(bank, run_id, take_away)

    hold_to_one_in_peace(bank, run_id, go(bank, run_id))


@pytest.mark.parametrize("change", [require_consent, remove_customers])
def test_the_chunk_of_a_late_worker_is_none_of_the_run_that_began_anew(bank, change):
    run_id, seen = queued(bank), []

    def die_after_the_first_chunk(progress):
        seen.append(progress.kept)
        if seen[-2:] == [0, IN_A_CHUNK]:
            raise KilledError

    def sleep_after_the_first_chunk(progress):
        if progress.kept == IN_A_CHUNK:
            change(bank)
            with pytest.raises(KilledError):
                go(bank, run_id, die_after_the_first_chunk)
        if progress.kept > IN_A_CHUNK:
            raise KilledError

    with pytest.raises(KilledError):
        go(bank, run_id, sleep_after_the_first_chunk)

    hold_to_one_in_peace(bank, run_id, ended(bank, run_id))


@pytest.mark.parametrize("asleep_in", ["ranked leads", "predictions"])
def test_what_a_late_worker_ranked_is_none_of_the_run_that_began_anew(bank, monkeypatch, asleep_in):
    run_id = queued(bank)
    store, name = (bank.predictions, "save_many") if asleep_in == "predictions" else (bank.frames, "add")
    write = getattr(store, name)

    def die_after_the_first_chunk(progress):
        if progress.kept == IN_A_CHUNK:
            raise KilledError

    def sleep_before(*said):
        if asleep_in == "ranked leads" and said[0] != run_owner(run_id):
            return write(*said)
        monkeypatch.setattr(store, name, write)
        remove_customers(bank)
        time.sleep(0.002)  # a removal of the millisecond a run began in makes it begin anew once more
        with pytest.raises(StorageError, match="Customers were removed"):
            go(bank, run_id)
        with pytest.raises(KilledError):
            go(bank, run_id, die_after_the_first_chunk)
        write(*said)
        raise WorkCancelledError("Another worker holds it.")

    monkeypatch.setattr(store, name, sleep_before)
    with pytest.raises(WorkCancelledError):
        go(bank, run_id)
    result = ended(bank, run_id)

    hold_to_one_in_peace(bank, run_id, result)
    told = [(each["rank"], each["customer_id"]) for each in bank.predictions.in_run(run_id, 1, N_LEADS)]
    assert told == list(zip(range(1, N_LEADS), ranked(bank, run_id)[CUSTOMER_ID], strict=True))


@pytest.mark.parametrize("late", [["a"], []], ids=["of somebody", "of nobody"])
def test_a_worker_that_meets_the_chunk_of_an_earlier_beginning_stops(bank, late):
    earlier, later = (RunSteps("r1", basis="same", frames=bank.frames) for _ in range(2))
    earlier.asked(lambda: [["a"], ["b"]])
    forget_steps("r1", frames=bank.frames)
    later.asked(lambda: [["b"], ["c"]])

    earlier.keep(1, pd.DataFrame({CUSTOMER_ID: late, OUT: ""}, dtype="str"), SaveCounts())
    later.keep(0, pd.DataFrame({CUSTOMER_ID: ["b"], OUT: ""}, dtype="str"), SaveCounts())
    with pytest.raises(StorageError, match="taken back"):
        later.keep(1, pd.DataFrame({CUSTOMER_ID: ["c"], OUT: ""}, dtype="str"), SaveCounts())

    assert RunSteps("r1", basis="same", frames=bank.frames).begun_at() is None


def test_a_run_that_begins_anew_takes_the_model_in_force(bank):
    def die_once_all_are_scored(progress):
        if progress.step == "Keeping the predictions":
            raise KilledError

    run_id = queued(bank)
    with pytest.raises(KilledError):
        go(bank, run_id, die_once_all_are_scored)
    bank.registry.promote(promoted())
    remove_customers(bank)

    result = ended(bank, run_id)

    assert result["model_version"] == CHALLENGER
    hold_to_one_in_peace(bank, run_id, result)


def test_what_is_kept_of_a_run_grows_also_where_half_of_its_leads_are_left_out(bank):
    require_consent(bank)
    kept = []

    go(bank, queued(bank), lambda progress: kept.append(progress.kept))

    assert kept == [0, 2, 4, 6, 8, 8, 12]


def test_what_is_kept_of_a_run_falls_at_no_death_between_two_batches_of_predictions(bank, monkeypatch):
    monkeypatch.setattr("smartbank.services.keeping_scores.PREDICTION_ROWS", 3)
    run_id, kept = queued(bank), []

    def die_at(most):
        def note(progress):
            kept.append(progress.kept)
            if progress.kept == most:
                raise KilledError

        return note

    for most in (11, 14, 16):
        with pytest.raises(KilledError):
            go(bank, run_id, die_at(most))
    hold_to_one_in_peace(bank, run_id, go(bank, run_id, die_at(None)))

    assert kept == [0, 2, 4, 6, 8, 8, 11, 11, 14, 14, 16, 16]


def test_a_batch_of_predictions_that_is_half_written_is_written_again(bank, monkeypatch):
    monkeypatch.setattr("smartbank.services.keeping_scores.PREDICTION_ROWS", 3)
    save_many = bank.predictions.save_many

    def die_within_the_second(predictions):
        save_many(predictions if predictions[0]["rank"] == 1 else predictions[:2])
        if predictions[0]["rank"] > 1:
            raise KilledError

    run_id = queued(bank)
    with monkeypatch.context() as broken:
        broken.setattr(bank.predictions, "save_many", die_within_the_second)
        with pytest.raises(KilledError):
            go(bank, run_id)

    hold_to_one_in_peace(bank, run_id, go(bank, run_id))
    assert len(bank.predictions.in_run(run_id, 1, N_LEADS)) == N_LEADS


def test_a_worker_that_wakes_up_to_begin_anew_takes_nothing_of_a_run_that_is_done(bank):
    def die(progress):
        if progress.kept:
            raise KilledError

    def lost(_progress):
        raise WorkCancelledError("Another worker holds it.")

    run_id = queued(bank)
    with pytest.raises(KilledError):
        go(bank, run_id, die)
    as_claimed = bank.queue.find(run_id)
    bank.queue.finish(run_id, "w", go(bank, run_id), now=datetime.now(UTC))
    tidy_run(bank.queue.find(run_id), frames=bank.frames, predictions=bank.predictions)

    with pytest.raises(WorkCancelledError):
        executors(bank)[WorkKind.RUN](as_claimed, lost)

    assert len(ranked(bank, run_id)) == len(bank.predictions.in_run(run_id, 1, N_LEADS)) == N_LEADS
