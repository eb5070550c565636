"""Asking for an erasure, what goes on record of it, what files bring after it, and lifting it."""

import pytest

from smartbank.core.audit import AuditAction
from smartbank.core.audit_chain import check_chain
from smartbank.core.inbox import sentence
from smartbank.core.people import Role
from smartbank.core.removed import ERASURE
from smartbank.core.work import WorkKind, WorkState
from smartbank.errors import (
    ConflictError,
    ForbiddenError,
    LeadValidationError,
    NotFoundError,
    SettingsError,
)
from smartbank.services.erasing import erased_on, lift_erasure, stored_though_erased
from smartbank.services.uploads import Owners
from smartbank.services.works import cancel_work
from tests.actors import ANA, EVERYBODY
from tests.erasures import ADA, HER, NAME, PHONE, REASON, ErasureBank

BACK = f"customer_id,name,age,job,objected\n{HER},{NAME},79,retired,yes\nlead-3,Ana 3,23,student,no\n"


@pytest.fixture
def bank():
    return ErasureBank()


def events(bank, action):
    return [entry.event for entry in bank.services.audit.kept if entry.event.action is action]


def lift(bank, customer_id=HER, by=ADA):
    services = bank.services
    lift_erasure(
        customer_id, by=by, erased=services.erased, queue=services.queue, audit=services.audit, now=bank.later()
    )


def test_from_the_asking_on_nobody_calls_them_and_no_file_brings_them_back(bank):
    work_id = bank.ask()

    assert bank.services.customers.barred(require_consent=False) == {HER: "do_not_call"}
    assert set(bank.services.erased.among([HER, "lead-7"])) == {HER}
    assert bank.queue.find(work_id).state is WorkState.QUEUED


def test_the_audit_log_names_them_by_a_mark_and_says_why_and_how_it_ended(bank):
    bank.erase()

    asked, ended = events(bank, AuditAction.ERASE_CUSTOMER)
    assert (asked.who, asked.details["reason"], asked.details["step"]) == ("ada", REASON, "queued")
    assert HER not in str(asked) + str(ended)
    assert (ended.object_id, ended.place, ended.details["erased"]) == (asked.details["work_id"], "worker", 1)
    assert ended.details["outcomes"] == 2
    assert check_chain(bank.services.audit.entries()).is_intact


@pytest.mark.parametrize(
    "reason",
    [
        f"{HER} asked for it",
        f"wish of {NAME.upper()}",
        f"called from {PHONE} for it",
        "Mrs Ana asked",
        "ÁNA's own wish",
    ],
)
def test_a_reason_that_names_the_customer_does_not_go_on_record(bank, reason):
    with pytest.raises(SettingsError, match="must not name"):
        bank.ask(reason=reason)

    assert bank.services.erased.among([HER]) == {}


def test_nothing_begins_for_another_id_no_reason_nobody_or_somebody_who_may_not(bank):
    with pytest.raises(LeadValidationError):
        bank.ask(typed="lead-58")
    with pytest.raises(SettingsError):
        bank.ask(reason="because")
    with pytest.raises(NotFoundError):
        bank.ask("nobody")
    for role in (Role.MANAGER, Role.AGENT, Role.AUDITOR):
        with pytest.raises(ForbiddenError):
            bank.ask(by=EVERYBODY[role])

    assert bank.services.erased.to_list().erased == {}
    assert [each.result for each in events(bank, AuditAction.ERASE_CUSTOMER)] == ["failed"] * 3 + ["refused"] * 3


def test_a_customer_is_not_erased_twice_at_once_and_a_broken_erasure_is_begun_again(bank):
    work_id = bank.ask()
    with pytest.raises(ConflictError, match="already"):
        bank.ask()
    bank.queue.claim("w", now=bank.clock, work_id=work_id)
    bank.queue.fail(work_id, "w", "The disk is full.", now=bank.clock)
    bank.services.corrections.erase(HER)

    again = bank.erase()

    assert again.state is WorkState.DONE
    assert again.result["predictions"] == 3
    assert [work.request.get("customer_id") for work in bank.queue.every(WorkKind.REMOVAL)] == ["erased~", None]


def test_an_erasure_is_not_cancelled(bank):
    work_id = bank.ask()

    with pytest.raises(ConflictError, match="is not cancelled"):
        cancel_work(work_id, by=ANA, queue=bank.queue, audit=bank.services.audit, now=bank.later())

    assert bank.queue.find(work_id).state is WorkState.QUEUED


def test_a_row_of_an_erased_customer_is_set_aside_with_a_sentence_and_without_the_id(bank):
    bank.erase()
    upload_id, _ = bank.bring(BACK, "back.csv")

    aside = bank.services.frames.load(Owners(upload_id).aside)
    day = f"{bank.clock:%-d %B %Y}"
    assert aside.to_dict("records") == [
        {
            "row": 2,
            "column": "customer_id",
            "value": "",
            "reason": f"Erased on {day} by an administrator; the audit log has who and why. Ask one to lift it.",
        }
    ]
    assert bank.services.frames.load(Owners(upload_id).marks).empty
    assert HER not in bank.ages()
    assert bank.ages()["lead-3"] == 23


def test_once_lifted_the_id_may_come_back_as_somebody_new(bank):
    bank.erase()
    assert erased_on(HER, by=ANA, erased=bank.services.erased) == bank.clock.date()

    lift(bank)
    bank.bring(BACK, "back.csv")

    assert bank.services.customers.load([HER])["customer_version"].tolist() == [1]
    assert bank.services.predictions.history(HER) == []
    assert erased_on(HER, by=ANA, erased=bank.services.erased) is None


def test_the_audit_log_names_whose_erasure_is_lifted_by_the_mark_of_the_erasure(bank):
    bank.erase()

    lift(bank)

    (asked, _), (lifted,) = events(bank, AuditAction.ERASE_CUSTOMER), events(bank, AuditAction.LIFT_ERASURE)
    assert lifted.object_id == asked.object_id != ""
    assert HER not in str(lifted)


def test_an_erasure_under_way_or_of_nobody_is_not_lifted_and_only_an_administrator_lifts(bank):
    with pytest.raises(NotFoundError):
        lift(bank)
    bank.ask()
    with pytest.raises(ConflictError):
        lift(bank)
    with pytest.raises(ForbiddenError):
        lift(bank, by=ANA)

    assert set(bank.services.erased.among([HER])) == {HER}


def test_who_asked_is_told_without_a_name(bank):
    bank.erase()

    (message,) = bank.services.inbox.newest("ada")
    assert sentence(message) == (
        "The customer is erased; 3 scores and 2 outcomes of calls stay as figures without a person; 2 uploads went "
        "with them: bring the file again without them; 2 files to download went."
    )
    assert HER not in str(message)


def test_in_an_older_copy_of_the_database_they_are_found_to_be_erased_again(bank):
    before = bank.services.customers.load([HER])
    bank.erase()
    bank.services.customers.save_many(before, source={"kind": "upload"}, saved_at=bank.clock)

    found = stored_though_erased(by=ADA, customers=bank.services.customers, erased=bank.services.erased)

    assert found == [HER]
    assert bank.erase().state is WorkState.DONE
    assert bank.services.customers.count() == 59


def test_the_request_of_an_erasure_says_what_it_was_and_not_whose(bank):
    removal = bank.erase()

    assert removal.request == {"what": ERASURE, "filename": "one customer", "result": removal.result}
