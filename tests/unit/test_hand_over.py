"""Calls of one agent go to others: what is left of them, and nothing that was done."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pandas as pd
import pytest

from smartbank.bootstrap import call_ports
from smartbank.core.audit import AuditAction
from smartbank.core.hand_over import HandOver, called_now, hand_over_from
from smartbank.core.outcomes import OutcomeKind
from smartbank.core.people import Actor, Role, User
from smartbank.errors import ConflictError, ForbiddenError, ListConstraintError, NotFoundError
from smartbank.services.call_lists import progress_of, released_entries
from smartbank.services.calling import Call
from smartbank.services.hand_over import hand_over
from smartbank.services.list_results import list_results
from smartbank.services.my_calls import my_lists, record_outcome
from smartbank.services.my_work import my_work
from tests import releasing
from tests.actors import ANA, put_user
from tests.releasing import end, entries_of, release

bank = releasing.bank
EVA, RUI, LIA = (Actor(name, Role.AGENT, "192.0.2.8") for name in ("eva", "rui", "lia"))
SOLD, CALLBACK, OBJECTED = OutcomeKind.SUBSCRIBED, OutcomeKind.CALLBACK, OutcomeKind.OBJECTED


@pytest.fixture
def called(bank):
    """A list of twenty calls shared out to eva and rui, and a third agent."""
    put_user(bank.services.users, User("lia", Role.AGENT, "no hash", created_at=bank.clock))
    bank.list = release(bank, agents=("eva", "rui"))
    return bank


def ports(bank):
    return call_ports(bank.services)


def handed(bank, agent="eva", to=("rui", "lia"), *, by=ANA):
    bank.clock += timedelta(seconds=1)
    users = bank.services.users
    found = hand_over(bank.list.list_id, agent, to, by=by, ports=ports(bank), users=users, now=bank.clock)
    bank.list = bank.services.lists.find(bank.list.list_id)
    return found


def own(bank, by):
    """Return whom an agent has to call, in the order of calling."""
    work = my_work(by=by, ports=ports(bank), now=bank.clock, since=bank.clock)
    return work.queue["customer_id"].tolist()


def record(bank, customer, kind, *, by=EVA, **more):
    return record_outcome(Call(bank.list.list_id, customer, 1), kind, by=by, ports=ports(bank), now=bank.clock, **more)


def test_what_is_left_goes_to_others_in_turn_and_what_was_done_stays(called):
    first, second, third, *rest = own(called, EVA)
    record(called, first, SOLD)
    record(called, second, CALLBACK, call_again_at=called.clock + timedelta(hours=2))
    record(called, third, OBJECTED)
    before = own(called, RUI)

    found = handed(called)

    assert own(called, EVA) == []
    assert len(found.places) == 8
    work = my_work(by=RUI, ports=ports(called), now=called.clock + timedelta(hours=3), since=called.clock)
    assert work.queue["customer_id"].tolist()[0] == second
    assert sorted(own(called, RUI) + own(called, LIA)) == sorted([*before, *rest])
    assert set(own(called, LIA)) == {*rest[0::2]}
    assert [each.list_id for each, _ in my_lists(by=LIA, ports=ports(called))] == [called.list.list_id]
    record(called, rest[0], SOLD, by=LIA)


def test_the_list_stays_as_it_was_released(called):
    before = entries_of(called, called.list)

    handed(called)

    pd.testing.assert_frame_equal(entries_of(called, called.list), before)
    assert called.list.figures.data_hash == called.services.lists.find(called.list.list_id).figures.data_hash


def test_results_and_progress_are_of_who_calls_now(called):
    sold = own(called, EVA)[0]
    record(called, sold, SOLD)
    handed(called, to=("lia",))

    services = called.services
    more = {"frames": services.frames, "outcomes": services.outcomes, "time_zone": "UTC"}
    results = list_results([called.list], by=ANA, now=called.clock, **more).entries
    entries = released_entries(called.list, by=ANA, frames=services.frames)
    progress = progress_of(called.list, entries, by=ANA, ports=ports(called), now=called.clock)

    for found in (results, progress):
        assert Counter(found["agent"].replace("", float("nan")).dropna()) == {"rui": 10, "lia": 9, "eva": 1}
        assert found.loc[found["customer_id"] == sold, "agent"].item() == "eva"
    assert called.list.callers == ("eva", "rui", "lia")


def test_what_was_handed_over_can_be_handed_over_again(called):
    was = own(called, EVA)
    handed(called, to=("lia",))

    handed(called, "lia", ("rui",))

    assert own(called, LIA) == []
    assert set(was) <= set(own(called, RUI))
    assert [each.agent for each in called.list.handed_over] == ["eva", "lia"]


def test_who_makes_the_calls_is_told_in_the_audit_log(called):
    handed(called)

    [said] = [each.event for each in called.services.audit.entries() if each.event.action is AuditAction.HAND_OVER]
    assert (said.who, said.object_id) == ("ana", called.list.list_id)
    assert said.details == {"agent": "eva", "to": ["rui", "lia"], "customers": 10}


@pytest.mark.parametrize(
    ("agent", "to", "why"),
    [
        ("eva", (), "Choose somebody else"),
        ("eva", ("eva", "rui"), "Choose somebody else"),
        ("eva", ("ana",), "ana cannot sign in as an agent any more. Choose other agents"),
        ("eva", ("rui", "rui"), "named twice"),
        ("lia", ("rui",), "lia has nobody left to call"),
        ("", ("rui",), "nobody left to call"),
    ],
)
def test_what_cannot_be_handed_over_is_refused_and_changes_nothing(called, agent, to, why):
    with pytest.raises((ListConstraintError, ConflictError), match=why):
        handed(called, agent, to)

    assert called.services.lists.find(called.list.list_id).handed_over == ()


def test_a_list_that_has_ended_or_was_changed_meanwhile_is_refused(called, monkeypatch):
    with monkeypatch.context() as patched:
        patched.setattr(called.services.lists, "move", lambda *_, **__: False)
        with pytest.raises(ConflictError, match="Somebody changed this list just now"):
            handed(called)
    end(called, called.list)

    with pytest.raises(ConflictError, match="not running"):
        handed(called)


def test_an_agent_may_not(called):
    with pytest.raises(ForbiddenError):
        handed(called, by=EVA)


def test_a_hand_over_reads_back_as_it_was_and_turns_by_the_order_of_calling(bank):
    found = HandOver("eva", ("rui", "lia"), (2, 5, 9), "ana", bank.clock)

    assert hand_over_from(found.to_json()) == found
    assert found.callers == {2: "rui", 5: "lia", 9: "rui"}
    entries = pd.DataFrame({"place": [5, 1, 2], "agent": ["eva", "eva", "eva"]})
    assert called_now(entries, [found])["agent"].tolist() == ["lia", "eva", "rui"]
    assert called_now(entries, [found, replace(found, to=("max",), places=(5,))])["agent"].tolist()[0] == "max"
    assert entries["agent"].tolist() == ["eva"] * 3


def test_whoever_is_talking_when_calls_are_handed_over_may_still_record_the_call(called):
    first, second, third, *_ = own(called, EVA)
    handed(called, to=("lia",))
    called.clock += timedelta(minutes=29)

    record(called, first, SOLD)
    called.clock += timedelta(minutes=2)

    said = "Your calls of this list went to lia, so nothing is recorded. Tell lia or a manager."
    with pytest.raises(ForbiddenError, match=said):
        record(called, second, SOLD)
    with pytest.raises(ForbiddenError, match="not among your calls"):
        record(called, third, SOLD, by=RUI)
    assert [each.customer_id for each in called.services.outcomes.of_list(called.list.list_id)] == [first]


def objected(bank, customer):
    return bank.services.customers.load([customer])["objected"].item() == "yes"


def test_an_objection_holds_though_the_calls_went_to_others_or_the_list_ended(called):
    first, second, *_ = own(called, EVA)
    someone_elses = own(called, RUI)[0]
    handed(called, to=("lia",))
    called.clock += timedelta(hours=1)
    with pytest.raises(ForbiddenError, match=r"went to lia.+The objection holds all the same"):
        record(called, first, OBJECTED)
    end(called, called.list)

    with pytest.raises(NotFoundError, match=r"has ended.+The objection holds all the same"):
        record(called, second, OBJECTED)
    with pytest.raises(NotFoundError, match=r"Ask who released it\.$"):
        record(called, someone_elses, OBJECTED)

    assert [objected(called, each) for each in (first, second, someone_elses)] == [True, True, False]
