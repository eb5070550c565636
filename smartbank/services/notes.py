"""Use cases: write a note about a customer, and take one back."""

from collections.abc import Mapping
from datetime import datetime

from smartbank.core.audit import AuditAction
from smartbank.core.notes import Note, clean_link, clean_text, new_note_id
from smartbank.core.people import Actor, Right
from smartbank.core.ports import AuditLog, CustomerRepository, NoteRepository
from smartbank.errors import ForbiddenError, NotFoundError
from smartbank.services.auditing import audited
from smartbank.services.customers import find_customer

GONE = "This note was deleted meanwhile."


def notes_about(customer_id: str, *, by: Actor, notes: NoteRepository) -> list[Note]:
    """Return the notes about a customer, newest first."""
    by.require(Right.SEE_CUSTOMER)
    return notes.of_customer(customer_id)


def write_note(
    customer_id: str,
    text: str,
    *,
    link: Mapping[str, str],
    by: Actor,
    customers: CustomerRepository,
    notes: NoteRepository,
    audit: AuditLog,
    now: datetime,
) -> Note:
    """Keep a note about a customer, and return it; what it says is not in the audit log.

    Parameters
    ----------
    link : mapping of str to str
        What the address says of a what-if; names of other things are left out.

    Raises
    ------
    NotFoundError
        There is no such customer.
    NoteError
        The text or the link is not allowed.
    """
    with audited(AuditAction.WRITE_NOTE, "customer", by=by, audit=audit, now=now) as said:
        by.require(Right.WRITE_NOTES)
        said.object_id = str(find_customer(customer_id, customers=customers)["customer_id"])
        note = Note(new_note_id(), said.object_id, now, by.username, clean_text(text), clean_link(link))
        said.details["note"] = note.note_id
        notes.add(note)
    return note


def delete_note(note_id: str, *, by: Actor, notes: NoteRepository, audit: AuditLog, now: datetime) -> Note:
    """Delete a note and return it as it was.

    Raises
    ------
    NotFoundError
        It is gone already.
    ForbiddenError
        Somebody else wrote it, and the user is no administrator.
    """
    with audited(AuditAction.DELETE_NOTE, "note", by=by, audit=audit, now=now) as said:
        by.require(Right.WRITE_NOTES)
        note = notes.find(note_id)
        if note is None:
            raise NotFoundError(GONE)
        said.object_id, said.details["customer"] = note.note_id, note.customer_id
        if note.by != by.username and not by.may(Right.MANAGE_USERS):
            raise ForbiddenError(f"{note.by} wrote this note. Only they or an administrator may delete it.")
        if not notes.delete(note_id):
            raise NotFoundError(GONE)
    return note


def restore_note(
    note: Note, *, by: Actor, customers: CustomerRepository, notes: NoteRepository, audit: AuditLog, now: datetime
) -> None:
    """Put back a note that was deleted, as it was. Raises `NotFoundError` where its customer is gone by now."""
    with audited(AuditAction.WRITE_NOTE, "customer", note.customer_id, by=by, audit=audit, now=now) as said:
        by.require(Right.WRITE_NOTES)
        said.details |= {"note": note.note_id, "step": "restored"}
        find_customer(note.customer_id, customers=customers)
        notes.add(note)
