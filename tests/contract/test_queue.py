"""Every work queue must pass these, whatever it is built on."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from smartbank.core.work import Progress, Work, WorkKind, WorkState
from smartbank.errors import NotFoundError, StorageError, WorkCancelledError

NINE = datetime(2026, 1, 5, 9, tzinfo=UTC)


def at(seconds):
    return NINE + timedelta(seconds=seconds)


def work(work_id, kind=WorkKind.RUN):
    return Work(work_id=work_id, kind=kind, created_by="mara", created_at=NINE, request={"rows": [1, 2], "note": None})


@pytest.fixture
def queue(build):
    return build("WorkQueue", lease_s=60)


def test_queued_work_is_found_as_it_was_added(queue):
    queue.add(work("w1", WorkKind.UPLOAD))

    assert queue.find("w1") == work("w1", WorkKind.UPLOAD)


def test_unknown_work_is_not_found(queue):
    with pytest.raises(NotFoundError, match="does not exist"):
        queue.find("nothing")


def test_the_same_work_is_not_queued_twice(queue):
    queue.add(work("w1"))

    with pytest.raises(StorageError):
        queue.add(work("w1"))


def test_recent_work_of_a_kind_comes_newest_first(queue):
    for work_id in ("w1", "w3", "w2"):
        queue.add(work(work_id))
    queue.add(work("w4", WorkKind.EXPORT))

    assert [found.work_id for found in queue.recent(WorkKind.RUN)] == ["w3", "w2", "w1"]
    assert [found.work_id for found in queue.recent(WorkKind.RUN, limit=2)] == ["w3", "w2"]


def test_recent_work_is_the_newest_hundred_however_much_is_asked_for(queue):
    for number in range(103):
        queue.add(work(f"w{number:03}"))

    found = [found.work_id for found in queue.recent(WorkKind.RUN, limit=1_000)]

    assert (len(found), found[0], found[-1]) == (100, "w102", "w003")


def test_work_that_waits_or_runs_is_unfinished_oldest_first_whatever_its_kind(queue):
    for number, kind in enumerate([WorkKind.EXPORT, WorkKind.RUN, WorkKind.UPLOAD, WorkKind.RUN]):
        queue.add(work(f"w{number}", kind))
    queue.cancel("w3", now=at(0))
    queue.claim("ann", now=at(0))

    unfinished = queue.unfinished()

    assert [(found.work_id, found.state) for found in unfinished] == [
        ("w0", WorkState.RUNNING),
        ("w1", WorkState.QUEUED),
        ("w2", WorkState.QUEUED),
    ]
    assert [found.work_id for found in queue.unfinished(limit=2)] == ["w0", "w1"]


def test_only_work_of_the_kinds_that_are_asked_for_is_claimed(queue):
    queue.add(work("w1", WorkKind.MARKET))
    queue.add(work("w2", WorkKind.RUN))

    assert queue.claim("ann", now=at(0), kinds=[WorkKind.RUN]).work_id == "w2"
    assert queue.claim("ann", now=at(0), kinds=[WorkKind.RUN]) is None
    assert queue.claim("bob", now=at(0), kinds=[WorkKind.MARKET]).work_id == "w1"


def test_only_the_piece_of_work_that_is_meant_is_claimed(queue):
    queue.add(work("w1"))
    queue.add(work("w2", WorkKind.UPLOAD))

    claimed = queue.claim("ann", now=at(0), work_id="w2")

    assert claimed == queue.find("w2")
    assert queue.find("w1").state is WorkState.QUEUED
    assert queue.claim("bob", now=at(59), work_id="w2") is None
    assert queue.claim("bob", now=at(60), work_id="w2").work_id == "w2"
    assert queue.claim("bob", now=at(60), work_id="nothing") is None


def test_ended_work_expires_once_and_loses_its_result(queue):
    queue.add(work("w1"))
    queue.claim("ann", now=at(0))
    queue.finish("w1", "ann", {"leads": 7}, now=at(5))

    assert queue.expire("w1")

    assert not queue.expire("w1")
    expired = queue.find("w1")
    assert (expired.state, expired.result, expired.finished_at) == (WorkState.EXPIRED, {}, at(5))
    assert expired.state.is_final
    assert not queue.cancel("w1", now=at(6))
    assert queue.claim("bob", now=at(1000)) is None


def test_work_that_has_not_ended_does_not_expire(queue):
    queue.add(work("w1"))
    queue.add(work("w2"))
    queue.claim("ann", now=at(0))

    assert [queue.expire(work_id) for work_id in ("w1", "w2", "nothing")] == [False, False, False]

    assert [found.state for found in queue.unfinished()] == [WorkState.RUNNING, WorkState.QUEUED]


def test_unexpired_work_of_a_kind_is_listed_oldest_first(queue):
    for work_id in ("w3", "w1", "w2"):
        queue.add(work(work_id, WorkKind.UPLOAD))
    queue.add(work("w4", WorkKind.EXPORT))
    queue.cancel("w1", now=at(0))
    queue.cancel("w2", now=at(0))
    queue.expire("w2")

    assert [found.work_id for found in queue.unexpired(WorkKind.UPLOAD)] == ["w1", "w3"]


def test_the_oldest_work_is_claimed_first_whatever_its_kind(queue):
    queue.add(work("w2", WorkKind.UPLOAD))
    queue.add(work("w1", WorkKind.EXPORT))

    claimed = [queue.claim("ann", now=at(0)) for _ in range(3)]

    assert [found and (found.work_id, found.state) for found in claimed] == [
        ("w1", WorkState.RUNNING),
        ("w2", WorkState.RUNNING),
        None,
    ]


def test_two_claimers_never_get_the_same_work(queue):
    for number in range(8):
        queue.add(work(f"w{number}"))

    with ThreadPoolExecutor(4) as pool:
        claimed = list(pool.map(lambda worker: queue.claim(f"worker-{worker}", now=at(0)), range(12)))

    ids = [found.work_id for found in claimed if found is not None]
    assert len(ids) == len(set(ids))
    assert queue.claim("late", now=at(0)) is None or len(ids) < 8


def test_work_under_a_lease_is_left_alone_until_the_lease_runs_out(queue):
    queue.add(work("w1"))
    queue.claim("ann", now=at(0))

    assert queue.claim("bob", now=at(59)) is None
    assert queue.claim("bob", now=at(60)).work_id == "w1"
    with pytest.raises(WorkCancelledError, match="another worker"):
        queue.report("w1", "ann", Progress("Scoring", 1, 2), now=at(61))


def test_a_report_renews_the_lease_and_shows_progress(queue):
    queue.add(work("w1"))
    queue.claim("ann", now=at(0))

    queue.report("w1", "ann", Progress("Scoring", 1, 2), now=at(50))

    assert queue.find("w1").progress == Progress("Scoring", 1, 2)
    assert queue.claim("bob", now=at(100)) is None
    assert queue.claim("bob", now=at(110)) is not None


def test_work_whose_worker_dies_again_and_again_fails_with_a_message(queue):
    queue.add(work("w1"))

    starts = [queue.claim("ann", now=at(100 * number)) for number in range(5)]

    assert [found is not None for found in starts] == [True, True, True, True, False]
    assert queue.find("w1").state is WorkState.FAILED
    assert "started 4 times" in queue.find("w1").error
    assert queue.find("w1").finished_at == at(400)


def test_work_that_gets_further_is_not_given_up(queue):
    queue.add(work("w1"))

    for kept in range(1, 12):
        assert queue.claim("w", now=at(100 * kept)).progress.kept == kept - 1
        queue.report("w1", "w", Progress("scoring", kept, 12, kept=kept), now=at(100 * kept))
        queue.report("w1", "w", Progress("scoring", kept, 12, kept=kept), now=at(100 * kept))

    assert queue.find("w1").state is WorkState.RUNNING


def test_work_that_gets_no_further_than_before_is_given_up_whatever_it_says_in_between(queue):
    queue.add(work("w1"))

    for number, kept in enumerate((5, 1, 4, 5)):
        assert queue.claim("w", now=at(100 * number)) is not None
        for more in (0, kept):
            queue.report("w1", "w", Progress("scoring", more, 12, kept=more), now=at(100 * number))

    assert queue.claim("w", now=at(400)) is None
    assert queue.find("w1").state is WorkState.FAILED


def test_work_is_marked_as_on_record_in_whatever_state(queue):
    queue.add(work("w1"))
    queue.add(work("w2"))

    queue.mark_on_record("w1")
    queue.mark_on_record("unknown")

    assert queue.find("w1") == replace(work("w1"), on_record=True)
    assert not queue.find("w2").on_record


def test_work_given_back_waits_for_the_next_worker(queue):
    queue.add(work("w1"))
    queue.claim("ann", now=at(0))

    queue.release("w1", "bob", now=at(1))
    assert queue.find("w1").state is WorkState.RUNNING
    queue.release("w1", "ann", now=at(1))

    assert queue.find("w1").state is WorkState.QUEUED
    assert queue.claim("bob", now=at(2)).work_id == "w1"


def test_finished_work_keeps_its_result(queue):
    queue.add(work("w1"))
    queue.claim("ann", now=at(0))

    queue.finish("w1", "ann", {"leads": 7}, now=at(5))

    done = queue.find("w1")
    assert (done.state, done.result, done.finished_at) == (WorkState.DONE, {"leads": 7}, at(5))
    assert queue.claim("bob", now=at(1000)) is None


def test_finishing_twice_is_refused_and_changes_nothing(queue):
    queue.add(work("w1"))
    queue.claim("ann", now=at(0))
    queue.finish("w1", "ann", {"leads": 7}, now=at(5))

    with pytest.raises(WorkCancelledError):
        queue.finish("w1", "ann", {"leads": 8}, now=at(6))

    assert queue.find("w1").result == {"leads": 7}


def test_failed_work_says_why(queue):
    queue.add(work("w1"))
    queue.claim("ann", now=at(0))

    queue.fail("w1", "bob", "not mine", now=at(1))
    queue.fail("w1", "ann", "The file is empty.", now=at(2))

    assert (queue.find("w1").state, queue.find("w1").error) == (WorkState.FAILED, "The file is empty.")


@pytest.mark.parametrize("started", [False, True])
def test_cancelled_work_is_taken_from_its_worker(queue, started):
    queue.add(work("w1"))
    if started:
        queue.claim("ann", now=at(0))

    assert queue.cancel("w1", now=at(1))

    assert not queue.cancel("w1", now=at(2))
    assert queue.find("w1").state is WorkState.CANCELLED
    assert queue.claim("bob", now=at(1000)) is None
    with pytest.raises(WorkCancelledError):
        queue.report("w1", "ann", Progress(), now=at(3))


def test_unknown_work_is_not_cancelled(queue):
    assert not queue.cancel("nothing", now=at(0))
