"""A column of free notes that was read as objections is made up for in one reviewed step."""

import pytest

from smartbank.core.audit import AuditAction
from smartbank.core.inbox import sentence
from smartbank.core.people import Role
from smartbank.core.work import WorkState
from smartbank.errors import ConflictError, ForbiddenError, LeadValidationError, NotFoundError
from smartbank.services.lifting import effect_of_lifting, queue_lifting, uploads_that_marked
from smartbank.services.runs import Run
from smartbank.services.uploads import queue_upload
from tests.actors import ANA, EVERYBODY
from tests.bank import Bank

CUSTOMERS = "customer_id,age,job\na,30,student\nb,40,student\nc,50,student\n"
NOTES = "customer_id,age,job,objected\na,30,student,likes tea\nb,40,student,call late\nd,60,retired,yes\n"
LIST = "customer_id,objected\nb,yes\n"


@pytest.fixture
def bank():
    bank = Bank()
    bank.bring(CUSTOMERS)
    return bank


def read(bank, text):
    upload_id = queue_upload([text.encode()], "notes ana.csv", files=bank.services.files, **bank.ports())
    bank.work()
    return upload_id


def lift(bank, upload_id, by=ANA):
    work_id = queue_lifting(upload_id, marked=bank.services.marked, **(bank.ports() | {"by": by}))
    bank.work()
    return bank.queue.find(work_id)


def barred(bank):
    return dict(bank.services.customers.barred(require_consent=False))


def test_marks_of_a_mistaken_column_go_and_those_said_elsewhere_stay(bank):
    notes, _ = bank.bring(NOTES)
    read(bank, LIST)
    assert barred(bank) == {"a": "objected", "b": "objected", "d": "objected"}
    effect = effect_of_lifting(notes, by=ANA, marked=bank.services.marked)
    assert (effect.alone, effect.elsewhere) == ({"objected": 2}, {"objected": 1})

    work = lift(bank, notes)

    assert (work.state, work.result) == (WorkState.DONE, {"lifted": 2, "kept": 1})
    assert barred(bank) == {"b": "objected"}
    assert bank.services.customers.load_versions([("a", 2)])["objected"].tolist() == ["yes"]


def test_the_audit_log_names_the_upload_and_counts_and_the_inbox_says_them(bank):
    notes = read(bank, NOTES)

    lift(bank, notes)

    events = [entry.event for entry in bank.services.audit.kept if entry.event.action is AuditAction.EDIT_CUSTOMER]
    marking, queued, ended = events
    assert (marking.object_id, queued.object_id, queued.who) == (notes, notes, "ana")
    assert queued.details["customers"] == 2
    assert queued.details["marks"] == {"objected": 2}
    assert (ended.details["lifted"], ended.details["kept"]) == (2, 0)
    assert "ana.csv" not in str(events)
    message = bank.services.inbox.newest("ana")[0]
    assert sentence(message) == "The marks of 2 customers are lifted."
    assert message.query == {"view": "Bring customers in"}


def test_a_ranking_made_again_holds_those_of_the_file_who_were_barred(bank):
    notes, first = bank.bring(NOTES + "e,33,student,\n")
    lift(bank, notes)

    again = bank.score(Run(bank.queue.find(first)).source_again)

    assert bank.services.frames.load(f"run:{first}")["customer_id"].tolist() == ["e"]
    assert bank.services.frames.load(f"run:{again}")["customer_id"].tolist() == ["d", "e"]


def test_lifting_that_broke_off_ends_the_same(bank, monkeypatch):
    monkeypatch.setattr("smartbank.services.lifting.BATCH_ROWS", 1)
    notes = read(bank, NOTES)
    lift_some, calls = bank.services.marked.lift, []

    def dies_at_the_second(ids, upload_id, **about):
        calls.append(ids)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return lift_some(ids, upload_id, **about)

    with monkeypatch.context() as broken:
        broken.setattr(bank.services.marked, "lift", dies_at_the_second)
        with pytest.raises(KeyboardInterrupt):
            lift(bank, notes)
    (work,) = bank.queue.unfinished()
    bank.queue.release(work.work_id, bank.queue._leases[work.work_id].worker, now=bank.clock)
    bank.work()

    assert barred(bank) == {}
    assert bank.services.customers.standing(["a", "b"])["customer_version"].tolist() == [3, 3]


def test_what_marked_nobody_is_not_offered_and_not_lifted(bank):
    plain, notes = read(bank, CUSTOMERS), read(bank, NOTES)

    assert uploads_that_marked([plain, notes], by=ANA, marked=bank.services.marked) == {notes}
    with pytest.raises(LeadValidationError, match="none to lift"):
        lift(bank, plain)
    with pytest.raises(NotFoundError):
        lift(bank, "nothing")


def test_an_upload_being_read_is_waited_for(bank):
    upload_id = queue_upload([NOTES.encode()], "notes.csv", files=bank.services.files, **bank.ports())

    with pytest.raises(ConflictError, match="being read right now"):
        queue_lifting(upload_id, marked=bank.services.marked, **bank.ports())


@pytest.mark.parametrize("role", [Role.AGENT, Role.AUDITOR])
def test_only_who_may_take_an_objection_back_lifts_many_and_the_refusal_is_on_record(bank, role):
    notes = read(bank, NOTES)

    with pytest.raises(ForbiddenError):
        lift(bank, notes, by=EVERYBODY[role])

    assert bank.services.audit.kept[-1].event.result == "refused"
    assert len(barred(bank)) == 2
