from datetime import UTC, datetime, timedelta

import pytest

from smartbank.core.notes import Note
from smartbank.core.outcomes import Outcome, OutcomeKind
from smartbank.core.people import Role
from tests.stubs import stub_leads

NOW = datetime.now(UTC)


@pytest.fixture
def open_history(open_page, services):
    services.customers.save_many(stub_leads([30]), source={}, saved_at=NOW)

    def open_history(role=Role.AGENT):
        page = open_page("customer.py", customer="lead-0", section="History", role=role)
        assert not page.exception
        return page

    return open_history


def write(page, text):
    page.text_input(key="note_text").set_value(text)
    page.button(key="note_keep").click().run()
    assert not page.exception


def said(page):
    return [text.value for text in page.markdown]


def test_a_note_is_written_shown_deleted_and_taken_back(open_history, services):
    page = open_history()
    write(page, "Call **after** six.")

    assert page.success[0].value == "The note is kept. It stands under History."
    assert r"Call \*\*after\*\* six." in said(page)
    (note,) = services.notes.of_customer("lead-0")
    page.button(key=f"delete_{note.note_id}").click().run()
    assert services.notes.of_customer("lead-0") == []
    page.button(key="undo").click().run()
    assert page.success[0].value == "The note is there again."
    assert services.notes.of_customer("lead-0") == [note]


def test_an_empty_note_is_refused_with_a_sentence(open_history, services):
    page = open_history()

    write(page, "   ")

    assert "Write a note of 1 to 500 characters" in page.error[0].value
    assert services.notes.of_customer("lead-0") == []


@pytest.mark.parametrize(("role", "may"), [(Role.AGENT, False), (Role.MANAGER, False), (Role.ADMIN, True)])
def test_a_note_somebody_else_wrote_is_deleted_by_administrators_alone(open_history, services, role, may):
    services.notes.add(Note("note-1", "lead-0", NOW, "gil", "Call after six.", {}))

    page = open_history(role)

    assert ("delete_note-1" in [button.key for button in page.button]) is may


def test_an_auditor_reads_and_writes_nothing(open_history, services):
    services.notes.add(Note("note-1", "lead-0", NOW, "gil", "Call after six.", {"if_age": "66"}))

    page = open_history(Role.AUDITOR)

    keys = [button.key for button in page.button]
    assert "Call after six." in said(page)
    assert "open_note-1" in keys
    assert {"delete_note-1", "note_keep"}.isdisjoint(keys)


def test_notes_of_a_customer_whose_lists_are_gone_are_read_all_the_same(open_history, services):
    calls = [
        Outcome("lead-0", NOW + timedelta(hours=hour), OutcomeKind.NO_ANSWER, "gone", 0.1, 0.113) for hour in (1, 2)
    ]
    services.outcomes.record_many(calls)
    services.notes.add(Note("note-1", "lead-0", NOW, "gil", "Call after six.", {}))

    page = open_history()

    assert "Call after six." in said(page)
    assert page.dataframe[-1].value["What"].tolist() == ["No answer", "No answer"]


def test_a_refused_note_leaves_the_words_in_the_field(open_history):
    page = open_history()

    write(page, "a\u202eb")

    assert "cannot be kept" in page.error[0].value
    assert page.text_input(key="note_text").value == "a\u202eb"
