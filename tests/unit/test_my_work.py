from dataclasses import replace
from datetime import timedelta

import pandas as pd

from smartbank.bootstrap import call_ports
from smartbank.core.people import Role
from smartbank.services.hand_over import hand_over
from smartbank.services.my_work import my_work
from tests.actors import ANA
from tests.releasing import end
from tests.unit import test_my_calls as calls
from tests.unit.test_my_calls import (
    CALLBACK,
    EVA,
    NO_ANSWER,
    OBJECTED,
    RUI,
    SOLD,
    customers_of,
    record,
)

bank, called = calls.bank, calls.called


def work(bank, by=EVA, now=None, since=timedelta(hours=12)):
    now = now or bank.clock
    return my_work(by=by, ports=call_ports(bank.services), now=now, since=now - since)


def test_my_work_is_whom_to_call_who_comes_later_and_what_i_did(called):
    first, second, third, fourth, *_ = customers_of(called, "eva")
    record(called, NO_ANSWER, customer=first)
    record(called, CALLBACK, customer=second, call_again_at=called.clock + timedelta(hours=1))
    record(called, SOLD, customer=third, by=ANA)
    record(called, OBJECTED, customer=customers_of(called, "rui")[0], by=RUI)

    now, later = work(called), work(called, now=called.clock + timedelta(hours=4))

    assert now.queue["customer_id"].iloc[0] == fourth
    assert (now.left, now.due, len(now.queue)) == (9, 0, 7)
    assert [each.customer_id for each in now.done] == sorted([first, second], reverse=True)
    assert now.next_at == called.clock + timedelta(hours=1)
    assert now.call_backs["customer_id"].tolist() == [second]
    assert now.retries["customer_id"].tolist() == [first]
    assert later.queue["customer_id"].tolist()[0] == second
    assert later.queue["customer_id"].tolist()[-1] == first
    assert (later.due, later.next_at) == (1, None)


def test_calls_of_yesterday_are_not_those_of_today_and_those_of_a_list_that_ended_are(called):
    record(called, NO_ANSWER)
    assert work(called, now=called.clock + timedelta(days=1)).done == ()

    end(called, called.list)

    found = work(called)
    assert len(found.done) == 1
    assert found.queue.empty
    assert (found.left, found.next_at, dict(found.lists)) == (0, None, {})


def test_results_brought_for_customers_of_others_are_no_calls_of_whoever_brought_them(called):
    boss = replace(EVA, role=Role.MANAGER)
    own, handed = customers_of(called, "eva")[:2]
    theirs = customers_of(called, "rui")[0]
    record(called, NO_ANSWER, customer=own, by=boss)
    record(called, NO_ANSWER, customer=handed, by=boss)
    record(called, SOLD, customer=theirs, by=boss)
    about = {"by": ANA, "ports": call_ports(called.services), "users": called.services.users, "now": called.clock}
    hand_over(called.list.list_id, "eva", ["rui"], **about)

    assert [each.customer_id for each in work(called).done] == sorted([own, handed], reverse=True)

    end(called, called.services.lists.find(called.list.list_id))
    assert {each.customer_id for each in work(called).done} == {own, handed}


def test_who_was_barred_since_the_release_is_not_in_the_queue(called):
    customer = customers_of(called, "eva")[0]
    marks = pd.DataFrame({"customer_id": [customer], "do_not_call": ["yes"], "objected": [None], "consent": [None]})
    called.services.customers.set_marks(marks, source={"kind": "upload"}, saved_at=called.clock)

    assert customer not in set(work(called).queue["customer_id"])


def test_somebody_without_calls_has_no_work(called):
    found = work(called, by=ANA)

    assert found.queue.empty
    assert (found.left, found.due, found.done, found.next_at) == (0, 0, (), None)
