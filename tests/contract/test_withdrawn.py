"""A run that a removal takes back is told from one that grew too old: every queue must pass these."""

from datetime import UTC, datetime

import pytest

from smartbank.core.work import Work, WorkKind, WorkState

NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)


@pytest.fixture
def queue(build):
    queue = build("WorkQueue")
    for name in ("old", "mistaken", "taken"):
        queue.add(Work(name, WorkKind.RUN, "ana", NOON, {"market": "snapshot"}))
        queue.claim("w", now=NOON, work_id=name)
        queue.finish(name, "w", {}, now=NOON)
    return queue


def standing(queue, name):
    work = queue.find(name)
    return work.state, work.withdrawn


def test_only_what_was_taken_back_is_withdrawn(queue):
    queue.mark_handed_out("taken", by="ben", at=NOON)

    assert queue.expire("old")
    assert [queue.withdraw(name) for name in ("mistaken", "taken", "old")] == [True, False, True]

    assert standing(queue, "old") == (WorkState.EXPIRED, False)
    assert standing(queue, "mistaken") == (WorkState.EXPIRED, True)
    assert standing(queue, "taken") == (WorkState.DONE, False)
