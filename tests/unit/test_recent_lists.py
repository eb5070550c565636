"""Every running list can be reached, however many were released since."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from smartbank.adapters.memory.call_lists import MemoryCallListRepository
from smartbank.core.call_lists import CallList, ListRequest, ListState
from smartbank.core.capacity import Capacity
from smartbank.services.call_lists import lists_before, recent_lists
from tests.actors import ANA

REQUEST = ListRequest("run", "Monday", Capacity(agents=2, hours=1, minutes_per_call=6), "seed")
AT = datetime(2026, 3, 2, 9, tzinfo=UTC)


@pytest.fixture
def lists():
    """A running list, sixty newer ones that ended, and sixty newer ones whose release failed."""
    repository = MemoryCallListRepository()
    states = [ListState.RELEASED, *[ListState.ENDED] * 60, *[ListState.FAILED] * 60]
    for number, state in enumerate(states):
        begun = CallList(
            f"list-{number:03}",
            ListRequest("run", "Monday", Capacity(agents=2, hours=1, minutes_per_call=6), "seed"),
            "ana",
            AT,
        )
        repository.begin(begun)
        repository.move(replace(begun, state=state), seen=begun)
    return repository


def ids(found):
    return [each.list_id for each in found]


def test_what_runs_is_there_behind_the_newest_that_ended(lists):
    found = ids(recent_lists(by=ANA, lists=lists))

    assert (found[0], found[-2], found[-1]) == ("list-060", "list-011", "list-000")
    assert len(found) == 51


def test_a_list_an_address_names_is_there_unless_it_was_never_released(lists):
    found = ids(recent_lists(by=ANA, lists=lists, also=["list-005", "list-100", "unknown", "list-060"]))

    assert found[-2:] == ["list-005", "list-000"]
    assert len(found) == 52


def test_a_program_goes_through_all_of_them(lists):
    seen, before = [], ""
    while page := ids(lists_before(before, limit=25, by=ANA, lists=lists)):
        seen, before = seen + page, page[-1]

    assert seen == [f"list-{number:03}" for number in range(60, -1, -1)]
