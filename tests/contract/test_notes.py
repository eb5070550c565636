"""Every repository of notes must pass these, whatever it is built on."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from smartbank.adapters.mongo import MongoNoteRepository
from smartbank.core.notes import Note
from tests.database import VAULT

NINE = datetime(2026, 11, 2, 9, tzinfo=UTC)
NOTE = Note("note-1", "c1", NINE, "ana", "Ring Frau Müller after six,\nnot before.", {"if_age": "66"})


@pytest.fixture
def notes(build):
    return build("NoteRepository")


def test_a_note_comes_back_as_it_was_written(notes):
    notes.add(NOTE)

    assert notes.find("note-1") == NOTE
    assert notes.of_customer("c1") == [NOTE]
    assert (notes.find("note-2"), notes.of_customer("c2")) == (None, [])


def test_the_notes_about_a_customer_come_newest_first(notes):
    later = replace(NOTE, note_id="note-2", at=NINE + timedelta(minutes=1), link={})
    for note in (NOTE, later, replace(NOTE, note_id="note-3", customer_id="c2")):
        notes.add(note)

    assert notes.of_customer("c1") == [later, NOTE]


def test_a_note_is_deleted_once_and_the_others_stay(notes):
    other = replace(NOTE, note_id="note-2")
    for note in (NOTE, other):
        notes.add(note)

    assert [notes.delete("note-1"), notes.delete("note-1")] == [True, False]
    assert notes.of_customer("c1") == [other]


def test_the_notes_about_customers_who_go_go_with_them(notes):
    for place in range(250):
        notes.add(replace(NOTE, note_id=f"note-{place}", customer_id=f"c{place}"))

    notes.delete_of([f"c{place}" for place in range(249)])
    notes.delete_of([])

    assert notes.of_customer("c0") == notes.of_customer("c248") == []
    assert len(notes.of_customer("c249")) == 1


def test_the_database_does_not_show_what_was_written(database):
    MongoNoteRepository(database, vault=VAULT).add(NOTE)

    (document,) = database["customer_notes"].find()

    assert "Müller" not in str(document)
    assert "if_age" not in str(document)
    assert document["sealed_with"] == [VAULT.sealing_key()]
