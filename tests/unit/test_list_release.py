from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pandas as pd
import pytest

from smartbank.bootstrap import call_ports, list_ports
from smartbank.core.assignment import Assignment
from smartbank.core.audit import AuditAction
from smartbank.core.call_lists import SYNTHETIC, ListRequest, ListState, list_from, on_list, request_from
from smartbank.core.capacity import Capacity
from smartbank.core.fair_list import ShareBounds
from smartbank.core.hold_out import HoldOut
from smartbank.core.list_entries import data_hash, list_owner, off_owner
from smartbank.core.outcomes import OutcomeKind
from smartbank.core.people import Role, User
from smartbank.core.work import WorkKind, WorkState
from smartbank.errors import ConflictError, ListConstraintError, NotFoundError, StorageError
from smartbank.services.call_lists import changed_since, end_list, list_entries
from smartbank.services.eligible import eligible_leads
from smartbank.services.list_release import give_up_broken_off, queue_release, release_list
from smartbank.services.my_calls import Call, record_outcome
from tests.actors import ANA, put_user
from tests.bank import EVERYONE, Bank
from tests.stubs import stub_leads

AGES = list(range(20, 80))
BEN = replace(ANA, username="ben")


@pytest.fixture
def bank():
    """A bank with sixty ranked customers and two agents; the stub puts the oldest first."""
    bank = Bank()
    bank.services.customers.save_many(stub_leads(AGES), source={"synthetic": False}, saved_at=bank.clock)
    for name in ("rui", "eva"):
        put_user(bank.services.users, User(name, Role.AGENT, "no hash", created_at=bank.clock))
    bank.run_id = bank.score(EVERYONE)
    return bank


def asked(bank, *, calls=20, agents=(), **more):
    number = len(agents) or 1
    return ListRequest(
        **{"run_id": bank.run_id, "name": "Monday", "seed": "seed"} | more,
        capacity=Capacity(number, calls / 10 / number, 6.0),
        agents=agents,
    )


def queue(bank, request, by=ANA):
    bank.clock += timedelta(seconds=1)
    services = bank.services
    return queue_release(
        request, by=by, ports=list_ports(services), users=services.users, audit=services.audit, now=bank.clock
    )


def release(bank, by=ANA, **more):
    list_id = queue(bank, asked(bank, **more), by)
    bank.work()
    return bank.services.lists.find(list_id)


def entries_of(bank, call_list):
    return bank.services.frames.load(list_owner(call_list.list_id))


def kept_off(bank, call_list):
    off = bank.services.frames.load(off_owner(call_list.list_id))
    return dict(zip(off["customer_id"], off["reason"], strict=True))


def test_a_released_list_has_its_calls_its_hold_out_and_who_released_it(bank):
    call_list = release(bank)

    assert (call_list.state, call_list.created_by) == (ListState.RELEASED, "ana")
    assert (call_list.figures.called, call_list.figures.control) == (20, 1)
    entries = entries_of(bank, call_list)
    assert sorted(entries.loc[entries["place"] > 0, "place"]) == list(range(1, 21))
    assert entries.loc[entries["role"] == "control", "place"].tolist() == [0]
    assert call_list.figures.data_hash == data_hash(entries)
    assert bank.services.queue.find(bank.run_id).handed_out_by == "ana"


def test_the_entries_are_those_of_the_run_as_it_was_and_stay_so(bank):
    call_list = release(bank)
    before = entries_of(bank, call_list)

    bank.services.customers.save_many(
        stub_leads(AGES).assign(job="retired"), source={"synthetic": False}, saved_at=bank.clock
    )
    bank.score(EVERYONE)

    pd.testing.assert_frame_equal(entries_of(bank, call_list), before)
    services = bank.services
    assert len(list_entries(call_list.list_id, by=ANA, lists=services.lists, frames=services.frames)) == 21
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


def end(bank, call_list):
    services = bank.services
    return end_list(call_list.list_id, by=ANA, lists=services.lists, audit=services.audit, now=bank.clock)


def test_a_second_list_has_nobody_of_the_first_and_says_how_many(bank):
    first = release(bank)
    second = release(bank, by=BEN)

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
    assert {faster.holder(customer_id) for customer_id in taken} == {"another"}


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
        list_entries(list_id, by=ANA, lists=services.lists, frames=services.frames)


def test_a_release_that_a_worker_broke_off_is_done_again_from_the_start(bank):
    list_id = queue(bank, asked(bank))
    lists, services = bank.services.lists, bank.services
    lists.claim(list_id, ["lead-0", "lead-1"])  # what the first try had claimed, of a plan that is another by now

    bank.work()

    claimed = {customer_id for customer_id, holder in lists.claimed().items() if holder == list_id}
    assert claimed == set(entries_of(bank, lists.find(list_id))["customer_id"])
    assert "lead-0" not in claimed
    work = services.queue.find(list_id)
    assert release_list(work, lambda _: None, ports=list_ports(services)) == dict(work.result)


def test_a_release_that_was_cancelled_gives_its_customers_up(bank):
    list_id = queue(bank, asked(bank))
    work = bank.services.queue.claim("w", now=bank.clock, work_id=list_id)

    def cancel(progress):
        if progress.step == "Keeping the list":
            bank.services.queue.cancel(list_id, now=bank.clock)
        bank.services.queue.report(list_id, "w", progress, now=bank.clock)

    with pytest.raises(Exception, match="cancelled"):
        release_list(work, cancel, ports=list_ports(bank.services))

    assert bank.services.lists.find(list_id).state is ListState.FAILED
    assert bank.services.lists.claimed() == {}
    assert bank.services.frames.load(list_owner(list_id)).empty


def test_a_database_that_does_not_answer_leaves_the_release_to_be_tried_again(bank, monkeypatch):
    list_id = queue(bank, asked(bank))
    work = bank.services.queue.claim("w", now=bank.clock, work_id=list_id)
    whole = bank.services.frames.append
    monkeypatch.setattr(bank.services.frames, "append", refuse)

    with pytest.raises(StorageError):
        release_list(work, lambda _: None, ports=list_ports(bank.services))

    assert bank.services.lists.find(list_id).state is ListState.RELEASING
    monkeypatch.setattr(bank.services.frames, "append", whole)
    release_list(work, lambda _: None, ports=list_ports(bank.services))
    assert bank.services.lists.find(list_id).state is ListState.RELEASED


def refuse(*_arguments, **_more):
    raise StorageError("The database does not answer.")


def test_a_release_that_ended_badly_without_a_word_is_given_up(bank):
    ports = list_ports(bank.services)
    list_id = queue(bank, asked(bank))
    bank.services.lists.claim(list_id, ["lead-0"])
    assert give_up_broken_off(ports=ports) == 0

    bank.services.queue.cancel(list_id, now=bank.clock)

    assert [give_up_broken_off(ports=ports), give_up_broken_off(ports=ports)] == [1, 0]
    assert bank.services.lists.claimed() == {}


def test_a_release_is_on_record_with_its_seed_and_what_came_of_it(bank):
    call_list = release(bank)

    said = [each.event for each in bank.services.audit.entries() if each.event.action is AuditAction.RELEASE_LIST]

    assert [each.details["step"] for each in said] == ["queued", "done"]
    assert said[0].details["seed"] == "seed"
    assert said[1].details["data_hash"] == call_list.figures.data_hash
    assert {each.object_id for each in said} == {call_list.list_id}


def test_an_agent_who_is_none_any_more_is_named(bank):
    with pytest.raises(ListConstraintError, match="nobody cannot sign in as an agent any more"):
        queue(bank, asked(bank, agents=("nobody",)))
    assert bank.services.queue.recent(WorkKind.LIST) == []
    assert bank.services.lists.recent() == []


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"name": "  "}, "Give the list a name"),
        ({"name": "two\nlines"}, "on one line"),
        ({"attempts": 0}, "called 1 to 10 times"),
        ({"wait_days": 366}, "waits 1 to 365 days"),
        ({"share_field": "education", "bounds": {"x": ShareBounds(0.1)}}, "by age, marital status or job"),
    ],
)
def test_a_list_nobody_can_make_is_refused_in_words(bank, more, said):
    with pytest.raises(ListConstraintError, match=said):
        asked(bank, **more)


def test_a_list_reads_back_as_it_was_asked_for(bank):
    request = asked(
        bank, agents=("eva", "rui"), hold_out=HoldOut(0.1, 0), share_field="age", bounds={"under 30": ShareBounds(0.2)}
    )

    assert request_from(request.to_json()) == request
    call_list = release(bank)
    assert list_from(call_list.to_json()) == call_list


def test_a_run_of_a_market_of_the_past_is_no_list(bank):
    work = bank.services.queue.find(bank.run_id)
    bank.services.queue.add(replace(work, work_id="replay", request=work.request | {"market": "file"}))

    with pytest.raises(NotFoundError, match="market of the past"):
        eligible_leads("replay", ports=list_ports(bank.services), now=datetime.now(UTC))
