from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from smartbank.core.audit import AuditAction
from smartbank.core.call_lists import ListState
from smartbank.core.moments import to_milliseconds
from smartbank.core.outcomes import OutcomeKind
from smartbank.core.people import Role
from smartbank.errors import ForbiddenError, WorkCancelledError
from smartbank.services.call_lists import end_list
from smartbank.services.my_calls import correct_outcome
from smartbank.services.outcome_expiry import expire_outcomes
from smartbank.worker_jobs import timed_jobs
from tests.actors import ANA, EVERYBODY
from tests.call_lists import ListBank


@pytest.fixture
def bank():
    return ListBank()


@pytest.fixture
def call_list(bank):
    return bank.release(wait_days=7)


def expire(bank, call_list, *, days=7):
    now = call_list.released_at + timedelta(days=days)
    return expire_outcomes(now, ports=bank.upload_ports.calls, go_on=lambda: None)


def assumed(bank, call_list):
    return [each for each in bank.outcomes(call_list) if each.assumed]


def test_before_the_time_is_over_nothing_is_assumed(bank, call_list):
    assert expire(bank, call_list, days=6) == {"assumed": 0, "ended": 0}
    assert bank.outcomes(call_list) == []


def test_who_said_neither_yes_nor_no_counts_as_declined_and_the_list_ends(bank, call_list):
    sold, silent, later, wrong, *_ = bank.called(call_list)
    bank.call(call_list, sold, OutcomeKind.SUBSCRIBED)
    bank.call(call_list, silent, OutcomeKind.NO_ANSWER)
    bank.call(call_list, later, OutcomeKind.CALLBACK)
    bank.call(call_list, wrong, OutcomeKind.WRONG_NUMBER)

    assert expire(bank, call_list) == {"assumed": 9, "ended": 1}

    found = {each.customer_id: each for each in assumed(bank, call_list)}
    assert sold not in found
    assert not set(bank.control(call_list)) & set(found)
    assert {found[name].attempt for name in (silent, later, wrong)} == {2}
    assert {(each.outcome, each.by) for each in found.values()} == {(OutcomeKind.DECLINED, "smartbank")}
    assert {each.at for each in found.values()} == {assumed_at(call_list)}
    ended = bank.services.lists.find(call_list.list_id)
    assert (ended.state, ended.ended_by) == (ListState.ENDED, "smartbank")
    assert bank.services.lists.claimed() == {}


def assumed_at(call_list):
    return to_milliseconds(call_list.released_at + timedelta(days=7))


def test_it_is_done_once(bank, call_list):
    expire(bank, call_list)
    before = (bank.outcomes(call_list), len(bank.services.audit.kept))

    assert expire(bank, call_list, days=8) == {"assumed": 0, "ended": 0}

    assert (bank.outcomes(call_list), len(bank.services.audit.kept)) == before


def test_an_ended_lists_time_runs_on(bank, call_list):
    services = bank.services
    end_list(call_list.list_id, by=ANA, lists=services.lists, audit=services.audit, now=datetime.now(UTC))

    assert expire(bank, call_list, days=6) == {"assumed": 0, "ended": 0}
    assert expire(bank, call_list, days=7) == {"assumed": 10, "ended": 0}
    assert services.lists.find(call_list.list_id).ended_by == "ana"


def test_an_ended_list_is_not_looked_at_for_ever(bank, call_list):
    services = bank.services
    end_list(call_list.list_id, by=ANA, lists=services.lists, audit=services.audit, now=datetime.now(UTC))

    assert expire(bank, call_list, days=68) == {"assumed": 0, "ended": 0}


def test_a_list_that_is_decided_before_its_time_ends_by_itself(bank, call_list):
    for customer_id in bank.called(call_list):
        bank.call(call_list, customer_id, OutcomeKind.DECLINED)

    assert expire(bank, call_list, days=1) == {"assumed": 0, "ended": 1}


def test_what_is_assumed_and_the_end_are_on_record(bank, call_list):
    expire(bank, call_list)

    said = [each.event for each in bank.services.audit.kept[-2:]]
    assert [(each.action, each.who, each.object_id) for each in said] == [
        (AuditAction.RECORD_OUTCOME, "smartbank", call_list.list_id),
        (AuditAction.END_LIST, "smartbank", call_list.list_id),
    ]
    assert said[0].details == {"assumed": 10, "wait_days": 7}


def test_only_a_manager_corrects_an_assumed_outcome(bank, call_list):
    expire(bank, call_list)
    outcome = assumed(bank, call_list)[0]
    about = {"ports": bank.upload_ports.calls, "now": datetime.now(UTC)}

    with pytest.raises(ForbiddenError, match="Only they or a manager"):
        correct_outcome(outcome, OutcomeKind.SUBSCRIBED, by=EVERYBODY[Role.AGENT], **about)
    corrected = correct_outcome(outcome, OutcomeKind.SUBSCRIBED, by=ANA, **about)

    assert corrected == replace(outcome, outcome=OutcomeKind.SUBSCRIBED, by="ana", version=2, assumed=False)
    assert expire(bank, call_list, days=8) == {"assumed": 0, "ended": 0}


def test_a_worker_that_leaves_breaks_off_and_the_next_one_goes_on(bank, call_list):
    def leave():
        raise WorkCancelledError("leaving")

    with pytest.raises(WorkCancelledError):
        expire_outcomes(call_list.released_at + timedelta(days=7), ports=bank.upload_ports.calls, go_on=leave)

    assert bank.outcomes(call_list) == []
    assert expire(bank, call_list) == {"assumed": 10, "ended": 1}


def test_the_worker_does_it_every_hour(bank, call_list):
    (job,) = [job for job in timed_jobs(bank.services) if job.name == "expired outcomes"]

    assert job.every == timedelta(hours=1)
    assert job.run(lambda: None) == {"assumed": 0, "ended": 0}
