"""Notes about a customer: those that were written, and the form that keeps a what-if as one."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

import streamlit as st

from smartbank.core.notes import LONGEST_NOTE, Note
from smartbank.core.people import Actor, Right
from smartbank.errors import SmartBankError
from smartbank.services.notes import delete_note, notes_about, restore_note, write_note
from smartbank.ui.notice import Notice, leave_notice
from smartbank.ui.resources import services
from smartbank.ui.text import plain, when

_DELETED: Final = "deleted_note"
_MOST_SAID: Final = 380
"""Characters of a note that SmartBank writes, so that there is room for words of one's own."""


def show_notes(customer_id: str, actor: Actor) -> None:
    """Show the notes about a customer, newest first, with what the writer may do, and a form for another one."""
    st.markdown("**Notes**")
    for note in notes_about(customer_id, by=actor, notes=services().notes):
        _show(note, actor)
    if actor.may(Right.WRITE_NOTES):
        show_note_form(customer_id, actor, key="note", button="Keep this note", link={}, said="")


def show_note_form(
    customer_id: str, actor: Actor, *, key: str, button: str, link: Mapping[str, str], said: str
) -> None:
    """Offer to keep a note.

    Parameters
    ----------
    link : mapping of str to str
        What the address says of the what-if it is about; empty for none.
    said : str
        What begins the note, before the writer's own words; may be empty.
    """
    said = said if len(said) <= _MOST_SAID else f"{said[: _MOST_SAID - 1]}…"
    if st.session_state.pop(f"{key}_kept", False):
        st.session_state[f"{key}_text"] = ""
    with st.form(f"{key}_form", border=True):
        label = "In your words" if said else "Write a note"
        words = st.text_input(label, key=f"{key}_text", max_chars=LONGEST_NOTE - len(said) - 1)
        if said:
            st.caption(f"The note begins: {plain(said)}")
        submitted = st.form_submit_button(button, key=f"{key}_keep", icon=":material/sticky_note_2:")
    if not submitted:
        return
    try:
        held, now = services(), datetime.now(UTC)
        write_note(
            customer_id,
            f"{said} {words}".strip(),
            link=link,
            by=actor,
            customers=held.customers,
            notes=held.notes,
            audit=held.audit,
            now=now,
        )
    except SmartBankError as exc:
        st.error(str(exc), icon=":material/error:")
        return
    st.session_state[f"{key}_kept"] = True
    leave_notice(Notice("The note is kept. It stands under History."))


def take_back_note(undo: tuple[str, ...], actor: Actor) -> str:
    """Put back the note that was deleted last, and say so."""
    note: Note | None = st.session_state.get(_DELETED)
    if note is None or undo != (note.note_id,):
        return "There is nothing to take back."
    held, now = services(), datetime.now(UTC)
    restore_note(note, by=actor, customers=held.customers, notes=held.notes, audit=held.audit, now=now)
    del st.session_state[_DELETED]
    return "The note is there again."


def _show(note: Note, actor: Actor) -> None:
    with st.container(border=True):
        st.markdown(plain(note.text))
        with st.container(horizontal=True, vertical_alignment="center"):
            st.caption(f"{plain(note.by)}, {when(note.at)}")
            if note.link and st.button("Open this what-if", key=f"open_{note.note_id}", icon=":material/open_in_new:"):
                query = {"customer": note.customer_id, "section": "What if", **note.link}
                st.switch_page("pages/customer.py", query_params=query)
            may_delete = actor.may(Right.WRITE_NOTES) and (note.by == actor.username or actor.may(Right.MANAGE_USERS))
            if may_delete and st.button("Delete", key=f"delete_{note.note_id}", icon=":material/delete:"):
                _delete(note, actor)


def _delete(note: Note, actor: Actor) -> None:
    try:
        st.session_state[_DELETED] = delete_note(
            note.note_id, by=actor, notes=services().notes, audit=services().audit, now=datetime.now(UTC)
        )
    except SmartBankError as exc:
        st.error(str(exc), icon=":material/error:")
        return
    leave_notice(Notice("The note is deleted.", undo=(note.note_id,)))
