"""Every repository of call lists must pass these, whatever it is built on."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from smartbank.core.assignment import Assignment
from smartbank.core.call_lists import CallList, ListFigures, ListGround, ListRequest, ListState, list_from
from smartbank.core.capacity import Capacity
from smartbank.core.fair_list import ShareBounds
from smartbank.core.hand_over import HandOver
from smartbank.core.hold_out import HoldOut
from smartbank.core.list_plan import Objective
from smartbank.errors import NotFoundError

NINE = datetime(2026, 11, 2, 9, tzinfo=UTC)
REQUEST = ListRequest(
    "r1",
    "Monday",
    Capacity(2, 2.5, 6.0, 3),
    "seed",
    objective=Objective.PROFIT,
    hold_out=HoldOut(0.1, 0.02),
    agents=("eva", "gil"),
    assignment=Assignment.BY_OWNER,
    share_field="age",
    bounds={"under 30": ShareBounds(0.1, None), "60 and over": ShareBounds(0.0, 0.3)},
    attempts=5,
    wait_days=14,
)
GROUND = ListGround("m1", 0.113, -0.2, "2026-10", 6.5, 80.0, "EUR", 3, 4, base_rate_market=(2.6, 3.3, 1.2))
FIGURES = ListFigures(
    40, 4, 1, 9.25, 6, 13, 4.5, {"objected": 3, "on another list": 2}, "ab" * 32, level_error=0.4, taken={"list-1": 2}
)
BEGUN = CallList("20261102-090000-000-aaaaaa", REQUEST, "ana", NINE)
RELEASED = replace(
    BEGUN,
    state=ListState.RELEASED,
    released_at=NINE + timedelta(seconds=9, milliseconds=7),
    ground=GROUND,
    figures=FIGURES,
)


@pytest.fixture
def lists(build):
    return build("CallListRepository")


def later(number):
    return replace(BEGUN, list_id=f"20261102-09000{number}-000-bbbbbb")


def test_a_list_that_nobody_began_is_not_there(lists):
    with pytest.raises(NotFoundError, match="no such call list"):
        lists.find("unknown")
    assert lists.recent() == []
    assert lists.in_state(ListState.RELEASED) == []
    assert not lists.move(RELEASED, seen=BEGUN)


def test_a_list_reads_back_as_it_was_begun_and_begins_once(lists):
    lists.begin(BEGUN)
    lists.begin(replace(BEGUN, created_by="ben"))

    assert lists.find(BEGUN.list_id) == BEGUN


def test_a_list_released_before_its_range_held_the_level_reads_back_without_an_error():
    kept = RELEASED.to_json()
    kept["figures"] = {name: value for name, value in kept["figures"].items() if name != "level_error"}

    assert list_from(kept) == replace(RELEASED, figures=replace(FIGURES, level_error=None))


def test_a_released_list_reads_back_with_bounds_and_market_in_the_order_of_its_reasons(lists):
    lists.begin(BEGUN)

    assert lists.move(RELEASED, seen=BEGUN)

    found = lists.find(BEGUN.list_id)
    assert found == RELEASED
    assert found.request.bounds == REQUEST.bounds
    assert found.ground.base_rate_market == (2.6, 3.3, 1.2)
    assert dict(found.figures.left_out) == {"objected": 3, "on another list": 2}


def test_a_list_on_the_default_base_rate_has_no_market_of_it(lists):
    lists.begin(BEGUN)
    lists.move(replace(RELEASED, ground=replace(GROUND, base_rate_market=None)), seen=BEGUN)

    assert lists.find(BEGUN.list_id).ground.base_rate_market is None


def test_a_list_moves_on_from_the_state_it_is_in_and_once(lists):
    lists.begin(BEGUN)
    ended = replace(RELEASED, state=ListState.ENDED, ended_by="ana", ended_at=NINE + timedelta(days=1))

    assert not lists.move(ended, seen=RELEASED)
    moved = [lists.move(RELEASED, seen=BEGUN), lists.move(RELEASED, seen=BEGUN)]
    assert moved == [True, False]
    assert lists.move(ended, seen=RELEASED)
    assert lists.find(BEGUN.list_id) == ended


@pytest.mark.parametrize(
    "meanwhile",
    [
        {"bank_data_until": NINE + timedelta(hours=1)},
        {"handed_over": (HandOver("eva", ("rui", "lia"), (2, 5), "ana", NINE + timedelta(hours=1)),)},
    ],
)
def test_what_somebody_else_noted_meanwhile_is_not_lost(lists, meanwhile):
    lists.begin(BEGUN)
    lists.move(RELEASED, seen=BEGUN)
    noted = replace(RELEASED, **meanwhile)
    ended = replace(RELEASED, state=ListState.ENDED)

    assert [lists.move(noted, seen=RELEASED), lists.move(ended, seen=RELEASED)] == [True, False]
    assert lists.find(BEGUN.list_id) == noted


def test_lists_come_newest_first_and_those_in_a_state_oldest_first(lists):
    for each in (later(2), BEGUN, later(1)):
        lists.begin(each)
    lists.move(replace(later(1), state=ListState.FAILED), seen=later(1))

    assert [each.list_id for each in lists.recent()] == [later(2).list_id, later(1).list_id, BEGUN.list_id]
    assert [each.list_id for each in lists.recent(limit=1)] == [later(2).list_id]
    releasing = (ListState.RELEASING,)
    assert [each.list_id for each in lists.recent(states=releasing)] == [later(2).list_id, BEGUN.list_id]
    assert [each.list_id for each in lists.recent(states=releasing, before=later(2).list_id)] == [BEGUN.list_id]
    assert [each.list_id for each in lists.in_state(ListState.RELEASING)] == [BEGUN.list_id, later(2).list_id]
    assert [each.list_id for each in lists.in_state(ListState.FAILED)] == [later(1).list_id]


def test_a_name_is_held_by_one_list_until_that_is_over(lists):
    first, second, third = BEGUN, later(1), later(2)
    for each in (first, second, third):
        lists.begin(each)

    assert lists.hold_name(first.list_id, "monday") == first.list_id
    assert lists.hold_name(first.list_id, "monday") == first.list_id
    assert lists.hold_name(second.list_id, "monday") == first.list_id
    assert lists.hold_name(second.list_id, "tuesday") == second.list_id

    lists.move(replace(first, state=ListState.FAILED), seen=first)
    assert lists.hold_name(third.list_id, "monday") == third.list_id
    assert lists.hold_name(second.list_id, "monday") == third.list_id


def test_of_lists_that_want_a_name_at_once_one_gets_it(lists):
    begun = [later(number) for number in range(6)]
    for each in begun:
        lists.begin(each)
    for name in ("monday", "tuesday", "wednesday"):
        with ThreadPoolExecutor(len(begun)) as pool:
            holders = list(pool.map(lambda each, name=name: lists.hold_name(each.list_id, name), begun))

        assert len(set(holders)) == 1


def test_a_customer_is_claimed_once_and_claiming_again_is_safe(lists):
    assert dict(lists.claim("l1", ["c1", "c2"])) == {}
    assert dict(lists.claim("l1", ["c2", "c3"])) == {}

    assert dict(lists.claim("l2", ["c3", "c4", "c1"])) == {"c3": "l1", "c1": "l1"}

    assert dict(lists.claimed()) == {"c1": "l1", "c2": "l1", "c3": "l1", "c4": "l2"}
    assert lists.holders(["c1", "c4", "c9"]) == {"c1": "l1", "c4": "l2"}
    assert lists.holders([]) == {}


def test_who_is_let_go_may_be_claimed_by_another_list(lists):
    lists.claim("l1", ["c1", "c2"])
    lists.claim("l2", ["c3"])

    assert [lists.free("l1"), lists.free("l1"), lists.free("unknown")] == [2, 0, 0]

    assert dict(lists.claimed()) == {"c3": "l2"}
    assert dict(lists.claim("l2", ["c1"])) == {}


def test_nobody_is_claimed_where_nobody_is_named(lists):
    assert dict(lists.claim("l1", [])) == {}
    assert dict(lists.claimed()) == {}


def test_two_lists_that_claim_at_the_same_time_share_nobody(lists):
    customers = [f"c{number:04}" for number in range(1_500)]
    orders = {"l1": customers, "l2": customers[::-1]}

    with ThreadPoolExecutor(2) as both:
        held = dict(zip(orders, both.map(lambda name: dict(lists.claim(name, orders[name])), orders), strict=True))

    claimed = lists.claimed()
    assert set(claimed) == set(customers)
    for name, other in (("l1", "l2"), ("l2", "l1")):
        assert set(held[name]) == {customer for customer, holder in claimed.items() if holder == other}
        assert set(held[name].values()) <= {other}


def test_of_many_who_release_a_list_at_once_one_does(lists):
    lists.begin(BEGUN)

    with ThreadPoolExecutor(4) as many:
        moved = list(many.map(lambda _: lists.move(RELEASED, seen=BEGUN), range(8)))

    assert sum(moved) == 1
