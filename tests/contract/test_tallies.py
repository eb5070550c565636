"""Every store of tallies must pass these: what ended is added up, whoever adds."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from smartbank.core.work import WorkKind
from smartbank.core.work_tally import WorkTally


@pytest.fixture
def tallies(build):
    return build("WorkTallies")


def test_of_a_kind_of_which_nothing_ended_the_tally_is_nothing(tallies):
    assert tallies.all() == [WorkTally(kind) for kind in WorkKind]


def test_what_several_add_at_once_is_added_up(tallies):
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(tallies.add, [WorkTally(WorkKind.RUN, done=1, seconds=0.5, leads=10)] * 8))
    tallies.add(WorkTally(WorkKind.RUN, failed=1, seconds=0.25))
    tallies.add(WorkTally(WorkKind.EXPORT, done=1))

    found = {each.kind: each for each in tallies.all()}

    assert found[WorkKind.RUN] == WorkTally(WorkKind.RUN, done=8, failed=1, seconds=4.25, leads=80)
    assert found[WorkKind.EXPORT] == WorkTally(WorkKind.EXPORT, done=1)
