from dataclasses import replace
from datetime import timedelta

import pytest

from smartbank.bootstrap import call_ports
from smartbank.core.audit import AuditAction
from smartbank.core.call_rules import RuleBook
from smartbank.core.list_entries import list_owner
from smartbank.core.outcomes import OutcomeKind
from smartbank.core.people import Actor, Role
from smartbank.errors import ConflictError, ForbiddenError, NotFoundError
from smartbank.services.calling import Call
from smartbank.services.my_calls import (
    OWN_COLUMNS,
    correct_outcome,
    my_lists,
    own_entries,
    record_outcome,
    take_back_outcome,
)
from tests import releasing
from tests.actors import ANA
from tests.releasing import AGES, end, entries_of, release
from tests.stubs import stub_leads

bank = releasing.bank
EVA, RUI = (Actor(name, Role.AGENT, "192.0.2.8") for name in ("eva", "rui"))
NO_ANSWER, CALLBACK, OBJECTED = OutcomeKind.NO_ANSWER, OutcomeKind.CALLBACK, OutcomeKind.OBJECTED
SOLD, DECLINED = OutcomeKind.SUBSCRIBED, OutcomeKind.DECLINED


@pytest.fixture
def called(bank):
    """A list of twenty calls shared out to eva and rui; remembers it in the bank."""
    bank.list = release(bank, agents=("eva", "rui"))
    return bank


def about(bank, by, later=timedelta(0)):
    return {"by": by, "ports": call_ports(bank.services), "now": bank.clock + later}


def customers_of(bank, agent):
    entries = entries_of(bank, bank.list).sort_values("place")
    return entries.loc[(entries["agent"] == agent) & (entries["place"] > 0), "customer_id"].tolist()


def record(bank, kind, *, by=EVA, customer=None, attempt=1, later=timedelta(0), **more):
    call = Call(bank.list.list_id, customer or customers_of(bank, "eva")[0], attempt)
    return record_outcome(call, kind, **about(bank, by, later), **more)


def kept(bank):
    return [(str(each.outcome), each.by, each.version) for each in bank.services.outcomes.of_list(bank.list.list_id)]


def on_record(bank, action):
    return [each.event for each in bank.services.audit.entries() if each.event.action is action]


def objected(bank, customer_id):
    return bank.services.customers.standing([customer_id])["objected"].tolist() == ["yes"]


def test_an_agent_has_their_calls_in_order_and_no_word_of_how_likely_or_why(called):
    ((call_list, entries),) = my_lists(by=EVA, ports=call_ports(called.services))

    assert call_list == called.list
    assert entries["customer_id"].tolist() == customers_of(called, "eva")
    assert entries["place"].is_monotonic_increasing
    assert tuple(entries.columns) == OWN_COLUMNS
    assert not {"propensity", "band", "rank", "role", "margin", "level"} & set(entries.columns)


def test_outside_the_calling_hours_nothing_is_recorded_whoever_asks(called):
    """The bank's clock stands at nine on a Monday in Lisbon; hours by default end at eight in the evening."""
    called.services.rules.save(RuleBook(), by="ada", at=called.clock)

    with pytest.raises(ConflictError, match=r"calls end at 20:00\. Outcomes are taken until 15 minutes after closing"):
        record(called, SOLD, by=ANA, later=timedelta(hours=11, minutes=15))

    assert kept(called) == []
    record(called, SOLD, later=timedelta(hours=11, minutes=14))
    assert kept(called) == [("subscribed", "eva", 1)]


def test_who_has_no_calls_and_who_asks_for_an_unknown_list_have_none(called):
    ports = call_ports(called.services)

    assert my_lists(by=ANA, ports=ports) == []
    assert own_entries(replace(called.list, list_id="unknown"), by=EVA, ports=ports).empty
    with pytest.raises(ForbiddenError):
        my_lists(by=replace(EVA, role=Role.AUDITOR), ports=ports)


def test_an_ended_list_is_none_of_mine(called):
    end(called, called.list)

    assert my_lists(by=EVA, ports=call_ports(called.services)) == []


def test_entries_are_read_from_what_the_caller_kept(called):
    read = []
    whole = entries_of(called, called.list)

    my_lists(by=EVA, ports=call_ports(called.services), entries_of=lambda each: read.append(each) or whole)

    assert read == [called.list]


def test_an_outcome_carries_what_had_been_predicted_and_who_called(called):
    found = record(called, NO_ANSWER)

    entry = entries_of(called, called.list).set_index("customer_id").loc[found.customer_id]
    ground = called.list.ground
    assert (found.propensity, found.base_rate, found.run_id) == (entry["propensity"], ground.base_rate, called.run_id)
    assert (found.by, found.at, found.attempt, found.version) == ("eva", called.clock, 1, 1)
    assert not found.synthetic


def test_a_double_click_records_once(called):
    first = record(called, NO_ANSWER)

    again = record(called, NO_ANSWER, later=timedelta(seconds=2))

    assert again == first
    assert kept(called) == [("no_answer", "eva", 1)]


def test_of_two_outcomes_of_one_call_the_first_stays(called):
    record(called, NO_ANSWER)

    with pytest.raises(ConflictError, match="eva recorded “no answer” for this call already"):
        record(called, SOLD)

    assert kept(called) == [("no_answer", "eva", 1)]


def test_of_two_people_at_once_the_first_stays_whatever_the_second_says(called):
    customer = customers_of(called, "eva")[0]
    record(called, NO_ANSWER, by=ANA, customer=customer)

    with pytest.raises(ConflictError, match="ana recorded"):
        record(called, NO_ANSWER, customer=customer)


def test_the_call_of_another_agent_is_refused_and_the_refusal_is_on_record(called):
    customer = customers_of(called, "rui")[0]

    with pytest.raises(ForbiddenError, match="not among your calls"):
        record(called, SOLD, customer=customer)

    assert kept(called) == []
    (refused,) = on_record(called, AuditAction.RECORD_OUTCOME)
    assert (refused.who, refused.result, refused.object_id) == ("eva", "refused", customer)


@pytest.mark.parametrize("lift", [lambda found, **more: correct_outcome(found, DECLINED, **more), take_back_outcome])
def test_an_agents_late_attempt_to_take_an_objection_back_is_refused_on_record(called, lift):
    found = record(called, OBJECTED)

    with pytest.raises(ForbiddenError):
        lift(found, **about(called, EVA, timedelta(hours=2)))

    assert objected(called, found.customer_id)
    (refused,) = on_record(called, AuditAction.CORRECT_OUTCOME)
    assert (refused.who, refused.object_id, refused.result) == ("eva", found.customer_id, "refused")
    assert refused.details["before"] == "objected"


def test_a_manager_may_record_for_an_agent(called):
    record(called, SOLD, by=ANA)

    assert kept(called) == [("subscribed", "ana", 1)]


@pytest.mark.parametrize("by", [EVA, ANA])
def test_nobody_records_a_call_to_who_holds_out_or_is_not_on_the_list(called, by):
    entries = entries_of(called, called.list)
    held_out = entries.loc[entries["place"] == 0, "customer_id"].iloc[0]

    for customer in (held_out, "lead-0", "nobody"):
        with pytest.raises(ForbiddenError, match="not among your calls"):
            record(called, SOLD, by=by, customer=customer)


def test_for_an_ended_an_unknown_and_an_emptied_list_nothing_is_recorded(called):
    unknown = Call("unknown", "lead-59", 1)
    with pytest.raises(NotFoundError, match="no such call list"):
        record_outcome(unknown, SOLD, **about(called, EVA))
    customer = customers_of(called, "eva")[0]
    called.services.frames.delete(list_owner(called.list.list_id))
    with pytest.raises(NotFoundError, match="no longer kept"):
        record(called, SOLD, customer=customer)

    end(called, called.list)

    with pytest.raises(NotFoundError, match="This list has ended"):
        record(called, SOLD, customer=customer)


@pytest.mark.parametrize("attempt", [-1, 0, 2, 99])
def test_a_call_that_is_not_the_next_one_is_refused(called, attempt):
    with pytest.raises(ConflictError, match="The outcome of the call before this one"):
        record(called, NO_ANSWER, attempt=attempt)


def test_after_no_answer_the_next_call_is_recorded_and_after_a_no_it_is_not(called):
    record(called, NO_ANSWER)
    record(called, DECLINED, attempt=2, later=timedelta(hours=3))

    with pytest.raises(ConflictError, match="“declined” is recorded already"):
        record(called, SOLD, attempt=3, later=timedelta(hours=4))

    assert kept(called) == [("no_answer", "eva", 1), ("declined", "eva", 1)]


def test_after_an_earlier_call_was_corrected_to_a_sale_nobody_calls_again(called):
    first = record(called, NO_ANSWER)
    record(called, NO_ANSWER, attempt=2, later=timedelta(hours=3))
    correct_outcome(first, SOLD, **about(called, EVA, timedelta(hours=4)))

    with pytest.raises(ConflictError, match="“subscribed” is recorded already"):
        record(called, DECLINED, attempt=3, later=timedelta(hours=6))


@pytest.mark.parametrize("later", [timedelta(hours=3), timedelta(hours=14)], ids=["recorded already", "after hours"])
def test_an_objection_holds_although_its_outcome_is_refused(called, later):
    record(called, DECLINED)

    with pytest.raises(ConflictError, match=r"The objection holds all the same\.$"):
        record(called, OBJECTED, attempt=2, later=later)

    assert objected(called, customers_of(called, "eva")[0])
    assert kept(called) == [("declined", "eva", 1)]


def test_where_an_earlier_call_was_taken_back_the_next_one_is_recorded_all_the_same(called):
    first = record(called, NO_ANSWER)
    record(called, NO_ANSWER, attempt=2, later=timedelta(hours=3))
    take_back_outcome(first, **about(called, EVA))

    record(called, SOLD, attempt=3, later=timedelta(hours=6))

    assert [each[0] for each in kept(called)] == ["no_answer", "subscribed"]


def test_a_call_back_keeps_its_time_which_lies_ahead(called):
    agreed = called.clock + timedelta(hours=2)
    assert record(called, CALLBACK, call_again_at=agreed).call_again_at == agreed
    other = customers_of(called, "eva")[1]

    with pytest.raises(ConflictError, match="has passed"):
        record(called, CALLBACK, customer=other, call_again_at=called.clock)

    assert record(called, NO_ANSWER, customer=other, call_again_at=agreed).call_again_at is None


def test_what_is_on_record_has_ids_and_words_of_ours_and_no_name(called):
    named = stub_leads(AGES).assign(name="Ana Silva", phone="+442079460021")
    called.services.customers.save_many(named, source={"synthetic": False}, saved_at=called.clock)

    found = record(called, OBJECTED)
    take_back_outcome(found, **about(called, EVA))

    said = str(list(called.services.audit.entries()))
    assert "Silva" not in said
    assert "+4420" not in said
    (recorded,) = on_record(called, AuditAction.RECORD_OUTCOME)
    assert (recorded.object_kind, recorded.object_id) == ("customer", found.customer_id)
    assert recorded.details == {"list": called.list.list_id, "attempt": 1, "outcome": "objected"}
