"""Every schedule of timed jobs must pass these: one worker does a job, and one that dies loses it."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from smartbank.errors import WorkCancelledError

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)


def after(**passed):
    return NOW + timedelta(**passed)


@pytest.fixture
def schedule(build):
    return build("JobSchedule", lease_s=60)


def take(schedule, worker="a", now=NOW, first_at=NOW):
    return schedule.take("backup", worker, now=now, first_at=first_at)


def test_a_job_is_taken_once_it_is_due(schedule):
    assert schedule.standing("backup") is None
    assert not take(schedule, now=NOW, first_at=after(minutes=10))
    assert not take(schedule, now=after(minutes=9), first_at=after(minutes=19))
    assert take(schedule, now=after(minutes=10), first_at=after(minutes=20))

    standing = schedule.standing("backup")
    assert (standing.due_at, standing.lease_until) == (after(minutes=10), after(minutes=11))


def test_a_job_is_taken_early_unless_somebody_holds_it(schedule):
    def take_early(worker):
        return schedule.take("backup", worker, now=NOW, first_at=after(hours=1), early=True)

    assert not take(schedule, first_at=after(hours=1))
    assert take_early("a")
    assert not take_early("b")


def test_what_somebody_holds_is_not_taken(schedule):
    assert take(schedule, "a")
    assert not take(schedule, "b", now=after(seconds=59))
    schedule.renew("backup", "a", now=after(seconds=59))
    assert not take(schedule, "b", now=after(seconds=118))


def test_a_dead_workers_lease_runs_out_and_it_can_say_nothing_more(schedule):
    take(schedule, "a")

    assert take(schedule, "b", now=after(seconds=60))

    with pytest.raises(WorkCancelledError):
        schedule.renew("backup", "a", now=after(seconds=61))
    schedule.finish("backup", "a", {"by": "a"}, now=after(seconds=61), next_at=after(days=1))
    schedule.fail("backup", "a", "late", now=after(seconds=61), next_at=after(days=1))
    schedule.release("backup", "a")
    standing = schedule.standing("backup")
    assert (standing.due_at, standing.lease_until, standing.result) == (NOW, after(seconds=120), {})


def test_a_job_that_was_done_waits_for_its_next_time(schedule):
    take(schedule)

    schedule.finish("backup", "a", {"documents": 3}, now=after(minutes=1), next_at=after(days=1))

    assert not take(schedule, "b", now=after(hours=23))
    standing = schedule.standing("backup")
    assert (standing.done_at, standing.result, standing.due_at) == (after(minutes=1), {"documents": 3}, after(days=1))
    assert take(schedule, "b", now=after(days=1))


def test_a_job_that_failed_says_so_until_it_is_done_again(schedule):
    take(schedule)
    schedule.finish("backup", "a", {"documents": 3}, now=NOW, next_at=after(days=1))
    take(schedule, now=after(days=1))

    schedule.fail("backup", "a", "The disk is full.", now=after(days=1), next_at=after(hours=25))

    standing = schedule.standing("backup")
    assert (standing.failed_at, standing.error, standing.done_at) == (after(days=1), "The disk is full.", NOW)
    assert not take(schedule, "b", now=after(hours=24.5))
    assert take(schedule, "b", now=after(hours=25))
    schedule.finish("backup", "b", {}, now=after(hours=25), next_at=after(days=2))
    assert (schedule.standing("backup").failed_at, schedule.standing("backup").error) == (None, "")


def test_a_job_given_back_is_due_for_the_next_one(schedule):
    take(schedule, "a")

    schedule.release("backup", "a")

    assert take(schedule, "b")


def test_every_job_that_was_looked_at_is_listed_by_name(schedule):
    assert schedule.standings() == []
    take(schedule)
    schedule.take("alarm", "a", now=NOW, first_at=after(days=1))

    standings = schedule.standings()

    assert [each.name for each in standings] == ["alarm", "backup"]
    assert standings[1] == schedule.standing("backup")
    assert standings[1].lease_until == NOW + schedule.lease == after(seconds=60)


def test_of_several_who_take_at_once_one_gets_it(schedule):
    with ThreadPoolExecutor(8) as pool:
        taken = list(pool.map(lambda number: take(schedule, f"w{number}"), range(8)))

    assert sum(taken) == 1
