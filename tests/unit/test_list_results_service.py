"""What came of released lists: frames that can be checked by eye, and campaigns of which the truth is known."""

from datetime import UTC, date, datetime, timedelta

import pandas as pd
import pytest

from smartbank.bootstrap import call_ports, list_ports
from smartbank.core.call_lists import ListRequest, ListState
from smartbank.core.capacity import Capacity
from smartbank.core.hold_out import HoldOut
from smartbank.core.list_entries import list_owner
from smartbank.core.list_results import RESULT_COLUMNS, calibration, profit_so_far
from smartbank.core.outcomes import Outcome, OutcomeKind
from smartbank.core.people import Role, User
from smartbank.core.uplift import uplift
from smartbank.errors import ForbiddenError
from smartbank.services.call_lists import end_list
from smartbank.services.calling import Call
from smartbank.services.list_release import queue_release
from smartbank.services.list_results import ListChoice, bank_data_until, list_results, released_lists, results_of
from smartbank.services.my_calls import record_outcome, take_back_outcome
from tests.actors import ANA, EVERYBODY, put_user
from tests.bank import EVERYONE, Bank
from tests.stubs import stub_leads

MORNING = datetime(2026, 11, 2, 9, tzinfo=UTC)
SOLD, NO, NOBODY = OutcomeKind.SUBSCRIBED, OutcomeKind.DECLINED, OutcomeKind.NO_ANSWER
CAMPAIGNS = 60
ENTRIES = pd.DataFrame(
    {
        "customer_id": ["a", "b", "c", "d"],
        "place": [1, 2, 0, 3],
        "role": ["best", "best", "control", "exploration"],
        "propensity": [0.4, 0.3, 0.35, 0.05],
        "band": ["A", "B", "A", "D"],
        "agent": ["eva", "rui", "", "eva"],
    }
)


def outcome(customer, kind, attempt=1, *, hours=0, list_id="one", **more):
    return Outcome(
        customer_id=customer,
        at=MORNING + timedelta(hours=hours),
        outcome=kind,
        run_id="run",
        propensity=0.3,
        base_rate=0.11,
        list_id=list_id,
        attempt=attempt,
        **more,
    )


def rows(*outcomes):
    found = results_of("one", ENTRIES, outcomes).set_index("customer_id")
    return {key: (row["outcome"], row["calls"], row["assumed"]) for key, row in found.iterrows()}


@pytest.fixture
def bank():
    """A bank with sixty ranked customers and two agents; the stub puts the oldest first."""
    bank = Bank()
    bank.services.customers.save_many(stub_leads(list(range(20, 80))), source={"synthetic": False}, saved_at=bank.clock)
    for name in ("rui", "eva"):
        put_user(bank.services.users, User(name, Role.AGENT, "no hash", created_at=bank.clock))
    bank.run_id = bank.score(EVERYONE)
    return bank


def release(bank, name="Monday", *, calls=10, agents=(), seed="seed", control=0.2, exploration=0.0):
    services = bank.services
    request = ListRequest(
        bank.run_id,
        name,
        Capacity(len(agents) or 1, 1.0, 6.0, days=calls // 10),
        seed,
        hold_out=HoldOut(control, exploration),
        agents=agents,
    )
    bank.clock += timedelta(seconds=1)
    list_id = queue_release(
        request, by=ANA, ports=list_ports(services), users=services.users, audit=services.audit, now=bank.clock
    )
    bank.work()
    return services.lists.find(list_id)


def results(bank, *lists, zone="Europe/Lisbon", now=None, outcomes=None):
    return list_results(
        lists,
        by=ANA,
        frames=bank.services.frames,
        outcomes=outcomes or bank.services.outcomes,
        time_zone=zone,
        now=now or datetime.now(UTC) + timedelta(minutes=1),
    )


def chosen(bank, zone="Europe/Lisbon", **choice):
    lists = released_lists(ListChoice(**choice), by=ANA, lists=bank.services.lists, time_zone=zone)
    return [each.request.name for each in lists]


def entries_of(bank, call_list, role):
    entries = bank.services.frames.load(list_owner(call_list.list_id))
    return entries.loc[entries["role"] == role, "customer_id"].tolist()


def call(bank, call_list, customer, kind):
    now = datetime.now(UTC)
    return record_outcome(Call(call_list.list_id, customer, 1), kind, by=ANA, ports=call_ports(bank.services), now=now)


def test_an_entry_without_an_outcome_has_none_and_no_agent_where_it_is_held_out():
    frame = results_of("one", ENTRIES, [])

    assert tuple(frame.columns) == RESULT_COLUMNS
    assert frame["agent"].isna().tolist() == [False, False, True, False]
    assert frame["outcome"].isna().all()
    assert frame["calls"].sum() == 0
    assert not frame["assumed"].any()


def test_the_newest_outcome_counts_and_every_call_is_counted():
    found = rows(outcome("a", NOBODY), outcome("a", NOBODY, 2, hours=3), outcome("a", NO, 3, hours=6))

    assert found["a"] == ("declined", 3, False)
    assert found["b"][1:] == (0, False)


def test_a_customer_held_out_who_bought_counts_as_bought_by_themselves():
    frame = results_of("one", ENTRIES, [outcome("c", SOLD, 0)])

    assert frame.loc[2, ["role", "outcome", "calls"]].tolist() == ["control", "subscribed", 0]
    found = uplift(frame)
    assert (found.held_out_sales, found.n_held_out, found.calls) == (1, 1, 0)
    assert calibration(frame) is None
    assert profit_so_far(frame, value_of_sale=80, cost_of_call=8).sales == 0


def test_a_sale_in_the_banks_own_data_is_no_call_and_stays_a_sale():
    found = rows(outcome("a", SOLD, 0), outcome("a", NOBODY, 1, hours=1), outcome("b", SOLD, 0))

    assert found["a"] == ("subscribed", 1, False)
    assert found["b"] == ("subscribed", 0, False)


@pytest.mark.parametrize("attempt", [0, 1, 3])
def test_an_assumed_no_is_no_call_whatever_its_number(attempt):
    assumed = outcome("a", NO, attempt, hours=2, assumed=True)

    assert rows(outcome("a", NOBODY, 2), assumed)["a"] == ("declined", 1, True)
    assert rows(assumed)["a"] == ("declined", 0, True)
    assert bank_data_until([assumed]) is None


def test_an_outcome_of_somebody_who_is_not_on_the_list_counts_for_nothing():
    assert "z" not in rows(outcome("z", SOLD))


def test_the_banks_data_reaches_to_its_newest_sale_without_a_call():
    made = [outcome("c", SOLD, 0, hours=1), outcome("b", SOLD, 0, hours=5), outcome("a", SOLD, 1, hours=9)]

    assert bank_data_until(made) == MORNING + timedelta(hours=5)
    assert bank_data_until(made[2:]) is None


def test_several_lists_are_one_frame_and_each_has_its_own_outcomes_only(bank):
    first, second = release(bank, "First"), release(bank, "Second")
    buyer = entries_of(bank, first, "best")[0]
    call(bank, first, buyer, SOLD)

    both, alone = results(bank, first, second), results(bank, second)

    assert both.entries.groupby("list_id")["outcome"].count().to_dict() == {first.list_id: 1, second.list_id: 0}
    assert both.entries.loc[both.entries["outcome"].notna(), "customer_id"].tolist() == [buyer]
    assert set(alone.entries["list_id"]) == {second.list_id}
    assert (alone.days_worked, both.days_worked) == (0, 1)
    assert both.bank_data == {first.list_id: None, second.list_id: None}


def test_an_outcome_that_was_taken_back_is_not_there(bank):
    call_list = release(bank)
    kept = call(bank, call_list, entries_of(bank, call_list, "best")[0], SOLD)
    take_back_outcome(kept, by=ANA, ports=call_ports(bank.services), now=datetime.now(UTC))

    assert results(bank, call_list).entries["outcome"].isna().all()


def test_a_list_that_ended_keeps_its_results(bank):
    call_list = release(bank)
    call(bank, call_list, entries_of(bank, call_list, "best")[0], SOLD)
    end_list(call_list.list_id, by=ANA, lists=bank.services.lists, audit=bank.services.audit, now=datetime.now(UTC))

    assert chosen(bank) == ["Monday"]
    assert results(bank, call_list).entries["outcome"].tolist().count("subscribed") == 1


def test_a_day_is_worked_once_somebody_is_called_in_the_time_zone_of_the_bank(bank):
    call_list = release(bank)
    late = datetime(2026, 11, 2, 23, 30, tzinfo=UTC)
    made = [
        outcome("a", NOBODY, 1, list_id=call_list.list_id),
        outcome("b", NOBODY, 1, hours=1, list_id=call_list.list_id),
        outcome("c", SOLD, 0, hours=100, list_id=call_list.list_id),
        outcome("d", NO, 0, hours=200, list_id=call_list.list_id, assumed=True),
        outcome("e", NOBODY, 1, hours=(late - MORNING) / timedelta(hours=1), list_id=call_list.list_id),
    ]
    bank.services.outcomes.record_many(made)
    now = MORNING + timedelta(days=30)

    assert results(bank, call_list, zone="Europe/Lisbon", now=now).days_worked == 1
    assert results(bank, call_list, zone="Asia/Tokyo", now=now).days_worked == 2


def test_lists_are_chosen_by_day_of_release_by_agent_and_by_name(bank):
    first = release(bank, "Eva's", agents=("eva",))
    release(bank, "Both", agents=("eva", "rui"))
    today = first.released_at.date()

    assert chosen(bank) == ["Both", "Eva's"]
    assert chosen(bank, agent="rui") == ["Both"]
    assert chosen(bank, agent="nobody") == []
    assert chosen(bank, list_id=first.list_id) == ["Eva's"]
    assert chosen(bank, zone="UTC", released_from=today, released_to=today) == ["Both", "Eva's"]
    assert chosen(bank, released_from=today + timedelta(days=2)) == []
    assert chosen(bank, released_to=date(2020, 1, 1)) == []


def test_a_list_that_was_not_released_has_no_results(bank):
    call_list = release(bank)
    bank.services.lists.begin(type(call_list)("later", call_list.request, "ana", bank.clock))

    assert bank.services.lists.find("later").state is ListState.RELEASING
    assert chosen(bank) == ["Monday"]


def test_a_list_whose_entries_are_gone_is_counted_as_gone(bank):
    first, second = release(bank, "First"), release(bank, "Second")
    bank.services.frames.delete(list_owner(first.list_id))

    assert results(bank, first, second).gone == 1
    nothing = results(bank, first)
    assert (nothing.gone, len(nothing.entries), tuple(nothing.entries.columns)) == (1, 0, RESULT_COLUMNS)


def test_an_agent_sees_no_results(bank):
    agent = EVERYBODY[Role.AGENT]

    with pytest.raises(ForbiddenError):
        released_lists(ListChoice(), by=agent, lists=bank.services.lists, time_zone="UTC")
    with pytest.raises(ForbiddenError):
        list_results(
            [], by=agent, frames=bank.services.frames, outcomes=bank.services.outcomes, time_zone="UTC", now=MORNING
        )
