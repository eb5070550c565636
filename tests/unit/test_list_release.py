from dataclasses import astuple, replace
from datetime import timedelta

import pandas as pd
import pytest

from smartbank.bootstrap import call_ports, list_ports
from smartbank.core.assignment import Assignment
from smartbank.core.call_lists import SYNTHETIC, ListState, on_list
from smartbank.core.list_entries import data_hash
from smartbank.core.outcomes import OutcomeKind
from smartbank.core.people import Role, User
from smartbank.core.work import WorkState
from smartbank.errors import ConflictError, NotFoundError
from smartbank.services.call_lists import changed_since, released_entries
from smartbank.services.calling import Call
from smartbank.services.list_planning import leads_to_plan, planned_list
from smartbank.services.my_calls import record_outcome
from tests.actors import ANA
from tests.bank import EVERYONE, Bank
from tests.releasing import AGES, BEN, asked, bank, end, entries_of, kept_off, queue, release
from tests.stubs import UnsureScorer, model_with, stub_leads

__all__ = ["bank"]


def test_a_released_list_has_its_calls_its_hold_out_and_who_released_it(bank):
    call_list = release(bank)

    assert (call_list.state, call_list.created_by) == (ListState.RELEASED, "ana")
    assert (call_list.figures.called, call_list.figures.control) == (20, 1)
    entries = entries_of(bank, call_list)
    assert sorted(entries.loc[entries["place"] > 0, "place"]) == list(range(1, 21))
    assert entries.loc[entries["role"] == "control", "place"].tolist() == [0]
    assert call_list.figures.data_hash == data_hash(entries)
    assert bank.services.queue.find(bank.run_id).handed_out_by == "ana"


def test_a_released_list_keeps_the_range_it_was_planned_with(bank):
    services = bank.services
    services.shelf.models["stub-1"] = model_with(UnsureScorer())
    eligible = leads_to_plan(bank.run_id, by=ANA, ports=list_ports(services), now=bank.clock)
    planned = planned_list(asked(bank), eligible, settings=services.settings.current(), by=ANA).value.sales

    figures = release(bank).figures

    assert (figures.expected_sales, figures.sales_low, figures.sales_high) == astuple(planned)
    assert figures.level_error == 0.5


def test_a_list_of_a_model_that_is_gone_takes_the_level_as_right(bank):
    bank.services.shelf.models["stub-1"] = model_with(UnsureScorer())
    wider = release(bank).figures
    bank.services.shelf.models.clear()

    figures = release(bank, name="Tuesday").figures

    assert figures.level_error is None
    assert figures.sales_high - figures.sales_low < wider.sales_high - wider.sales_low


def test_the_entries_are_those_of_the_run_as_it_was_and_stay_so(bank):
    call_list = release(bank)
    before = entries_of(bank, call_list)

    bank.services.customers.save_many(
        stub_leads(AGES).assign(job="retired"), source={"synthetic": False}, saved_at=bank.clock
    )
    bank.score(EVERYONE)

    pd.testing.assert_frame_equal(entries_of(bank, call_list), before)
    services = bank.services
    assert len(released_entries(call_list, by=ANA, frames=services.frames)) == 21
    assert changed_since(before, by=ANA, customers=services.customers) == 21


def test_calls_are_shared_out_and_the_hold_out_has_no_agent(bank):
    entries = entries_of(bank, release(bank, agents=("eva", "rui")))

    assert entries.loc[entries["place"] == 0, "agent"].tolist() == [""]
    called = entries[entries["place"] > 0]
    assert called["agent"].value_counts().to_dict() == {"eva": 10, "rui": 10}
    sales = called.groupby("agent")["propensity"].sum()
    assert abs(sales["eva"] - sales["rui"]) < 0.1


def test_who_called_a_customer_last_keeps_them(bank):
    first = release(bank, agents=("eva", "rui"))
    entries = entries_of(bank, first)
    mine = entries[entries["agent"] == "eva"]["customer_id"].tolist()
    eva = User("eva", Role.AGENT, "no hash", created_at=bank.clock).at("local")
    for customer_id in mine:
        call = Call(first.list_id, customer_id, 1)
        record_outcome(call, OutcomeKind.NO_ANSWER, by=eva, ports=call_ports(bank.services), now=bank.clock)
    end(bank, first)
    bank.services.rules.save(replace(bank.services.rules.current(), rules=()), by="ada", at=bank.clock)

    second = entries_of(bank, release(bank, agents=("eva", "rui"), assignment=Assignment.BY_OWNER))

    again = second[second["customer_id"].isin(mine) & (second["place"] > 0)]
    assert len(again) >= 9
    assert set(again["agent"]) == {"eva"}


def test_a_second_list_has_nobody_of_the_first_and_says_how_many(bank):
    first = release(bank)
    second = release(bank, by=BEN, name="Tuesday")

    both = [set(entries_of(bank, each)["customer_id"]) for each in (first, second)]
    assert not both[0] & both[1]
    assert second.figures.left_out == {on_list(first.list_id): 21}
    assert second.figures.on_other_lists == 21
    assert set(kept_off(bank, second).values()) == {on_list(first.list_id)}


def test_who_is_claimed_between_plan_and_claim_comes_off_and_the_others_move_up(bank):
    faster = bank.services.lists
    original = faster.claimed
    taken = ["lead-59", "lead-57"]
    faster.claim("another", taken)
    faster.claimed = dict  # as it was read a moment before the other list claimed them

    call_list = release(bank)

    faster.claimed = original
    entries = entries_of(bank, call_list)
    assert not set(taken) & set(entries["customer_id"])
    assert call_list.figures.left_out == {on_list("another"): 2}
    called = entries[entries["place"] > 0].sort_values("place")
    assert called["place"].tolist() == list(range(1, len(called) + 1))
    assert called["rank"].is_monotonic_increasing
    assert faster.holders(taken) == dict.fromkeys(taken, "another")


def test_when_everybody_is_on_another_list_the_release_fails_and_nobody_stays_claimed(bank):
    bank.services.lists.claim("another", [f"lead-{place}" for place in range(60)])
    list_id = queue(bank, asked(bank))

    bank.work()

    assert bank.services.queue.find(list_id).state is WorkState.FAILED
    assert bank.services.lists.find(list_id).state is ListState.FAILED
    assert set(bank.services.lists.claimed().values()) == {"another"}


def test_who_objected_after_the_plan_is_not_on_the_list(bank):
    marks = pd.DataFrame({"customer_id": ["lead-59"], "do_not_call": [None], "objected": ["yes"], "consent": [None]})
    bank.services.customers.set_marks(marks, source={"kind": "upload"}, saved_at=bank.clock)

    call_list = release(bank)

    assert "lead-59" not in set(entries_of(bank, call_list)["customer_id"])
    assert kept_off(bank, call_list) == {"lead-59": "objected"}


def test_what_a_file_said_of_contacts_counts_from_when_it_said_so(bank):
    """Who was called a day before a file of long ago may come on a list of today's ranking."""
    long_ago = bank.clock - timedelta(days=100)
    leads = stub_leads(AGES).assign(days_since_contact=1.0)
    bank.services.customers.save_many(leads, source={"synthetic": False}, saved_at=long_ago)
    bank.run_id = bank.score(EVERYONE)

    assert release(bank).figures.left_out == {}


def test_made_up_customers_are_never_mixed_with_real_ones(bank):
    made_up = stub_leads([90, 91]).assign(customer_id=["demo-1", "demo-2"])
    bank.services.customers.save_many(made_up, source={"synthetic": True}, saved_at=bank.clock)
    bank.run_id = bank.score(EVERYONE)

    call_list = release(bank)

    assert call_list.figures.left_out == {SYNTHETIC: 2}
    assert not entries_of(bank, call_list)["synthetic"].any()


def test_a_list_of_made_up_customers_alone_can_be_released(bank):
    other = Bank()
    other.services.customers.save_many(stub_leads(AGES), source={"synthetic": True}, saved_at=other.clock)
    other.run_id = other.score(EVERYONE)

    assert release(other).figures.called == 20


def test_customers_of_an_ended_list_may_come_on_another(bank):
    first = release(bank)
    ended = end(bank, first)

    assert (ended.state, ended.ended_by) == (ListState.ENDED, "ana")
    assert bank.services.lists.claimed() == {}
    assert release(bank).figures.left_out == {}
    assert end(bank, first).state is ListState.ENDED


def test_a_list_that_was_not_released_cannot_be_ended(bank):
    list_id = queue(bank, asked(bank))

    with pytest.raises(ConflictError, match="not running"):
        end(bank, bank.services.lists.find(list_id))
    services = bank.services
    with pytest.raises(NotFoundError, match="not released"):
        released_entries(services.lists.find(list_id), by=ANA, frames=services.frames)
