"""What programs' scores stand on is chosen by one thread, however many ask."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Event

import pytest

from smartbank.adapters import memory
from smartbank.errors import StorageError
from smartbank.services.ground_in_force import LONGER_S, MAX_AGE_S, GroundInForce
from smartbank.services.settings_in_force import SettingsInForce
from tests.clocks import Clock
from tests.services import bundled_market
from tests.stubs import StubScorer

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
SOON_S = 20.0
"""A test that waits this long in vain has failed."""


class Grounds(memory.MemoryGroundRepository):
    """Keeps a ground when it is let to, and counts how many have come."""

    def __init__(self):
        super().__init__()
        self.came, self.may = Event(), Event()
        self.may.set()
        self.chosen = 0
        self.is_away = False

    def keep(self, ground, *, now):
        self.chosen += 1
        self.came.set()
        assert self.may.wait(SOON_S)
        if self.is_away:
            raise StorageError("The database does not answer.")
        super().keep(ground, now=now)

    def hold(self):
        self.came.clear()
        self.may.clear()


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def grounds():
    return Grounds()


@pytest.fixture
def take(grounds, clock):
    in_force = GroundInForce(
        grounds=grounds,
        settings=SettingsInForce(memory.MemorySettingsRepository()),
        market=bundled_market(),
        outcomes=memory.MemoryOutcomeRepository(),
        queue=memory.MemoryWorkQueue(),
        clock=clock,
    )
    return lambda version="stub-1": in_force.take(StubScorer(version), now=NOW)


@pytest.fixture
def threads(grounds):
    with ThreadPoolExecutor(8) as pool:
        yield pool
        grounds.may.set()


def test_while_one_thread_chooses_again_the_others_go_on_with_the_ground_before(take, grounds, clock, threads):
    first = take()
    clock.now += MAX_AGE_S
    grounds.hold()
    chooser = threads.submit(take)
    assert grounds.came.wait(SOON_S)

    others = [threads.submit(take).result(SOON_S) for _ in range(5)]

    grounds.may.set()
    assert all(other is first for other in others)
    assert chooser.result(SOON_S) is not first
    assert grounds.chosen == 2


@pytest.mark.parametrize("age_s", [None, MAX_AGE_S + LONGER_S])
def test_where_nothing_is_known_or_only_what_is_old_the_others_wait(take, grounds, clock, threads, age_s):
    if age_s is not None:
        take()
        clock.now += age_s
    before = grounds.chosen
    grounds.hold()
    asked = [threads.submit(take) for _ in range(6)]
    assert grounds.came.wait(SOON_S)
    assert not any(each.done() for each in asked)

    grounds.may.set()

    assert len({id(each.result(SOON_S)) for each in asked}) == 1
    assert grounds.chosen == before + 1


def test_scores_of_another_model_wait_for_a_ground_of_their_own(take):
    first = take()

    assert (first.model_version, take("stub-2").model_version) == ("stub-1", "stub-2")


def test_one_that_could_not_be_chosen_holds_nobody_up(take, grounds, clock):
    first = take()
    clock.now += MAX_AGE_S
    grounds.is_away = True
    with pytest.raises(StorageError):
        take()

    grounds.is_away = False

    assert take() is not first
