from dataclasses import replace
from datetime import timedelta

import pytest

from smartbank.bootstrap import call_ports
from smartbank.core.outcomes import OutcomeKind
from smartbank.services.calling import Call
from smartbank.services.hand_over import hand_over
from smartbank.services.my_calls import record_outcome
from smartbank.services.today import Today, lists_today
from tests import releasing
from tests.actors import ANA, put_user
from tests.releasing import entries_of, release

bank = releasing.bank


def look(bank, **instead):
    morning = bank.clock.replace(hour=0, minute=0, second=0, microsecond=0)
    times = {"now": bank.clock, "yesterday": morning - timedelta(days=1), "tonight": morning + timedelta(days=1)}
    return lists_today(by=ANA, ports=call_ports(bank.services), users=bank.services.users, **(times | instead))


@pytest.fixture
def called(bank):
    """A list of four calls: one sold, one to be called back in an hour, one tomorrow, one not called yet."""
    call_list = release(bank, calls=4)
    entries = entries_of(bank, call_list).query("place > 0").sort_values("place")["customer_id"].tolist()
    hours = {entries[1]: 1, entries[2]: 30}
    for customer_id in entries[:3]:
        kind = OutcomeKind.CALLBACK if customer_id in hours else OutcomeKind.SUBSCRIBED
        again = bank.clock + timedelta(hours=hours.get(customer_id, 0)) if customer_id in hours else None
        record_outcome(
            Call(call_list.list_id, customer_id, 1),
            kind,
            call_again_at=again,
            by=ANA,
            ports=call_ports(bank.services),
            now=bank.clock,
        )
    return call_list


def test_without_lists_nothing_is_going_on(bank):
    assert look(bank) == Today()


def test_lists_call_backs_and_what_came_in_are_counted(bank, called):
    today = look(bank)

    assert (today.running, today.left, today.due, today.calls, today.sold) == (1, 3, 1, 3, 1)
    assert today.finished == ()


def test_what_came_in_before_yesterday_does_not_count(bank, called):
    assert look(bank, yesterday=bank.clock + timedelta(seconds=1)).calls == 0


def test_a_list_on_which_nobody_is_left_waits_for_a_decision(bank):
    call_list = release(bank, calls=1)
    (customer_id,) = entries_of(bank, call_list).query("place > 0")["customer_id"]
    record_outcome(
        Call(call_list.list_id, customer_id, 1),
        OutcomeKind.DECLINED,
        by=ANA,
        ports=call_ports(bank.services),
        now=bank.clock,
    )

    today = look(bank)

    assert [each.list_id for each in today.finished] == [call_list.list_id]
    assert (today.left, today.calls, today.sold) == (0, 1, 0)


def test_customers_of_an_agent_who_cannot_sign_in_wait_until_they_are_handed_over(bank):
    call_list = release(bank, calls=4, agents=("eva", "rui"))
    assert look(bank).unmanned == ()
    users = bank.services.users
    put_user(users, replace(users.find("eva"), disabled=True))

    assert look(bank).unmanned == ((call_list, ("eva",)),)
    ports = call_ports(bank.services)
    hand_over(call_list.list_id, "eva", ["rui"], by=ANA, ports=ports, users=users, now=bank.clock)
    assert look(bank).unmanned == ()
