from datetime import UTC, datetime

import pytest

from smartbank.core.audit import AuditAction, AuditResult
from smartbank.core.notes import LONGEST_NOTE
from smartbank.core.people import Actor, Role
from smartbank.errors import ForbiddenError, NoteError, NotFoundError
from smartbank.services.notes import delete_note, notes_about, restore_note, write_note
from tests.actors import ANA
from tests.bank import Bank
from tests.services import memory_services
from tests.stubs import stub_leads

NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)
GIL = Actor("gil", Role.AGENT, "192.0.2.8")
ADA = Actor("ada", Role.ADMIN, "192.0.2.9")


@pytest.fixture
def services():
    services = memory_services()
    services.customers.save_many(stub_leads([30]), source={"kind": "upload", "name": "x"}, saved_at=NOW)
    return services


@pytest.fixture
def write(services):
    def write(text="Call after six.", *, by=GIL, customer_id="lead-0", link=None):
        ports = {"customers": services.customers, "notes": services.notes, "audit": services.audit}
        return write_note(customer_id, text, link=link or {}, by=by, now=NOW, **ports)

    return write


def about(services, by=GIL):
    return {"by": by, "notes": services.notes, "audit": services.audit, "now": NOW}


def test_a_note_is_kept_and_on_record_without_what_it_says(services, write):
    note = write("  Call Ana Silva\nafter six.  ", link={"if_age": "66", "customer": "c9", "section": "Why"})

    assert notes_about("lead-0", by=ANA, notes=services.notes) == [note]
    assert (note.text, note.by, note.at) == ("Call Ana Silva\nafter six.", "gil", NOW)
    assert note.link == {"if_age": "66"}
    (entry,) = services.audit.kept
    assert (entry.event.action, entry.event.object_id) == (AuditAction.WRITE_NOTE, "lead-0")
    assert "Silva" not in str(entry)


@pytest.mark.parametrize("text", ["", "   ", "x" * (LONGEST_NOTE + 1)])
def test_an_empty_and_a_long_note_are_refused(services, write, text):
    with pytest.raises(NoteError, match="1 to 500 characters"):
        write(text)
    assert services.notes.of_customer("lead-0") == []


@pytest.mark.parametrize("text", ["a\x00b", "a\x1b[31m", "a\u202eb", "a\ud800"])
def test_what_nobody_sees_is_refused(services, write, text):
    with pytest.raises(NoteError, match="characters that cannot be kept"):
        write(text)
    assert services.notes.of_customer("lead-0") == []


@pytest.mark.parametrize("space", ["\u00a0", "\u202f", "\t"])
def test_spaces_of_any_kind_are_kept_as_plain_ones(write, space):
    assert write(f"rank 1{space}234").text == "rank 1 234"


def test_what_joins_the_parts_of_a_picture_is_kept(write):
    assert write("\U0001f469\u200d\U0001f4bc called").text == "\U0001f469\u200d\U0001f4bc called"


def test_a_link_that_is_too_long_is_refused(write):
    with pytest.raises(NoteError, match="too long"):
        write(link={"if_job": "x" * 2_000})


def test_a_note_needs_its_customer(write):
    with pytest.raises(NotFoundError):
        write(customer_id="nobody")


def test_an_auditor_reads_notes_and_writes_none(services, write):
    write()
    auditor = Actor("olga", Role.AUDITOR, "192.0.2.7")

    assert len(notes_about("lead-0", by=auditor, notes=services.notes)) == 1
    with pytest.raises(ForbiddenError):
        write(by=auditor)


def test_a_note_is_deleted_by_who_wrote_it_or_an_administrator_and_can_be_put_back(services, write):
    first, second = write(), write()

    with pytest.raises(ForbiddenError, match="gil wrote this note"):
        delete_note(first.note_id, **about(services, ANA))
    assert delete_note(first.note_id, **about(services)) == first
    delete_note(second.note_id, **about(services, ADA))
    assert services.notes.of_customer("lead-0") == []
    with pytest.raises(NotFoundError, match="deleted meanwhile"):
        delete_note(first.note_id, **about(services))
    restore_note(first, customers=services.customers, **about(services))
    assert services.notes.of_customer("lead-0") == [first]
    refused = [entry.event.result for entry in services.audit.kept if entry.event.action is AuditAction.DELETE_NOTE]
    assert refused == [AuditResult.REFUSED, AuditResult.DONE, AuditResult.DONE, AuditResult.FAILED]


def test_a_note_about_somebody_who_is_gone_is_not_put_back(services, write):
    note = delete_note(write().note_id, **about(services))
    customers = memory_services().customers  # which knows nobody

    with pytest.raises(NotFoundError):
        restore_note(note, customers=customers, **about(services))
    assert services.notes.of_customer("lead-0") == []


def test_notes_go_with_the_customers_an_undone_upload_added():
    bank = Bank()
    upload_id, _ = bank.bring("customer_id,age,job\na,30,student\nb,40,student\n")
    ports = {"customers": bank.services.customers, "notes": bank.services.notes, "audit": bank.services.audit}
    write_note("a", "Call after six.", link={}, by=ANA, now=NOW, **ports)

    bank.undo(upload_id)

    assert bank.services.notes.of_customer("a") == []
