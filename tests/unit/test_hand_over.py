"""Calls of one agent go to others: what is left of them, and nothing that was done."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pandas as pd
import pytest

from smartbank.bootstrap import call_ports
from smartbank.core.audit import AuditAction
from smartbank.core.hand_over import HandOver, called_now, counted_with, hand_over_from
from smartbank.core.outcome_rows import OutcomeRow
from smartbank.core.outcomes import Outcome, OutcomeKind
from smartbank.core.people import Actor, Role, User
from smartbank.errors import ConflictError, ForbiddenError, ListConstraintError, NotFoundError
from smartbank.services.call_lists import progress_of, released_entries
from smartbank.services.calling import Call
from smartbank.services.hand_over import hand_over
from smartbank.services.list_results import list_results
from smartbank.services.my_calls import correct_outcome, my_lists, record_outcome
from smartbank.services.my_work import my_work
from smartbank.services.outcome_expiry import expire_outcomes
from smartbank.services.outcome_upload import record_rows
from tests import releasing
from tests.actors import ANA, put_user
from tests.releasing import end, entries_of, release

bank = releasing.bank
EVA, RUI, LIA = (Actor(name, Role.AGENT, "192.0.2.8") for name in ("eva", "rui", "lia"))
SOLD, CALLBACK, OBJECTED = OutcomeKind.SUBSCRIBED, OutcomeKind.CALLBACK, OutcomeKind.OBJECTED
NO_ANSWER = OutcomeKind.NO_ANSWER


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


def record(bank, customer, kind, *, by=EVA, attempt=1, **more):
    call = Call(bank.list.list_id, customer, attempt)
    return record_outcome(call, kind, by=by, ports=ports(bank), now=bank.clock, **more)


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


def results(bank):
    """Return with whom each customer counts in the results of the list."""
    services = bank.services
    more = {"frames": services.frames, "outcomes": services.outcomes, "time_zone": "UTC"}
    found = list_results([bank.list], by=ANA, now=bank.clock, **more).entries
    return dict(zip(found["customer_id"], found["agent"].fillna(""), strict=True))


def test_progress_is_of_who_calls_now_and_results_are_of_who_called(called):
    sold, unreached, *rest = own(called, EVA)
    record(called, sold, SOLD)
    record(called, unreached, NO_ANSWER)
    handed(called, to=("lia",))

    entries = released_entries(called.list, by=ANA, frames=called.services.frames)
    progress = progress_of(called.list, entries, by=ANA, ports=ports(called), now=called.clock)
    now, counted = dict(zip(progress["customer_id"], progress["agent"], strict=True)), results(called)

    assert Counter(filter(None, now.values())) == {"rui": 10, "lia": 9, "eva": 1}
    assert Counter(filter(None, counted.values())) == {"rui": 10, "lia": 8, "eva": 2}
    assert (now[sold], now[unreached], now[rest[0]]) == ("eva", "lia", "lia")
    assert (counted[sold], counted[unreached], counted[rest[0]]) == ("eva", "eva", "lia")
    assert called.list.callers == ("eva", "rui", "lia")


def test_a_customer_two_agents_called_counts_with_the_one_whose_call_decided(called):
    first, second, third, *_ = own(called, EVA)
    for each in (first, second, third):
        record(called, each, NO_ANSWER)
    handed(called, to=("lia",))
    called.clock += timedelta(hours=4)
    record(called, first, SOLD, by=LIA, attempt=2)
    record(called, second, NO_ANSWER, by=LIA, attempt=2)

    counted = results(called)

    assert (counted[first], counted[second], counted[third]) == ("lia", "lia", "eva")


def test_who_was_talking_when_the_calls_went_to_another_made_the_call(called):
    first = own(called, EVA)[0]
    handed(called, to=("lia",))
    called.clock += timedelta(minutes=10)

    record(called, first, SOLD)

    assert results(called)[first] == "eva"


def test_what_a_file_brought_or_a_manager_corrected_counts_with_who_had_the_customer_then(called):
    called.clock = called.list.released_at + timedelta(minutes=1)
    before, after, corrected, named, *_ = own(called, EVA)
    mistaken = record(called, corrected, NO_ANSWER)
    called.clock += timedelta(minutes=5)
    early = called.clock
    called.clock += timedelta(minutes=5)
    handed(called, to=("lia",))
    called.clock += timedelta(hours=1)
    correct_outcome(mistaken, SOLD, by=ANA, ports=ports(called), now=called.clock)
    rows = [
        OutcomeRow(1, before, kind=SOLD, at=early),
        OutcomeRow(2, after, kind=SOLD, at=called.clock),
        OutcomeRow(3, named, kind=SOLD, at=called.clock, agent="Rui"),
    ]
    assert record_rows(called.list.list_id, rows, by=ANA, calls=ports(called), now=called.clock).recorded == 3

    counted = results(called)

    assert [counted[each] for each in (before, after, corrected, named)] == ["eva", "lia", "eva", "rui"]


def test_a_no_that_is_assumed_counts_with_who_had_the_customer_when_the_time_was_over(called):
    called.clock = called.list.released_at + timedelta(minutes=1)
    unreached, *_ = own(called, EVA)
    record(called, unreached, NO_ANSWER)
    handed(called, to=("lia",))
    called.clock += timedelta(days=31)

    expire_outcomes(called.clock, ports=ports(called), go_on=lambda: None)

    assert results(called)[unreached] == "lia"


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


def test_an_outcome_without_an_agent_counts_with_who_had_the_customer_between_two_hand_overs(bank):
    hour = timedelta(hours=1)
    changes = [
        HandOver("eva", ("lia",), (1, 2), "ana", bank.clock + hour),
        HandOver("lia", ("rui",), (1,), "ana", bank.clock + 3 * hour),
    ]
    entries = pd.DataFrame({"customer_id": ["a", "b", "c"], "place": [1, 2, 0], "agent": ["eva", "eva", ""]})

    def counted(hours):
        said = {
            key: Outcome(key, bank.clock + hours * hour, SOLD, "run", 0.2, 0.1, by="ana") for key in ("a", "b", "c")
        }
        return counted_with(entries, said, changes).tolist()

    assert [counted(hours) for hours in (0, 2, 4)] == [["eva", "eva", ""], ["lia", "lia", ""], ["rui", "lia", ""]]
    assert counted_with(entries, {}, changes).tolist() == ["rui", "lia", ""]


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
    said = [each.event for each in called.services.audit.kept if each.event.action == "record_outcome"]
    assert [(each.object_id, each.details.get("objection_holds")) for each in said] == [
        (first, True),
        (second, True),
        ("", None),
    ]
