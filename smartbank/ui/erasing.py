"""Erasing a customer on their page: what goes and what stays, how far it is, and that there is nobody any more."""

from datetime import UTC, datetime
from typing import Final

import streamlit as st

from smartbank.core.audit import LONGEST_REASON, SHORTEST_REASON
from smartbank.core.people import Actor, Right
from smartbank.core.removed import removal_counts, removed_sentence
from smartbank.core.work import WorkState
from smartbank.errors import SmartBankError
from smartbank.services.erasing import erased_on, lift_erasure, queue_erasure
from smartbank.services.works import find_work
from smartbank.ui.customer_moves import forget_looked_at
from smartbank.ui.notice import Notice, leave_notice
from smartbank.ui.progress import note_looking_at, watch
from smartbank.ui.resources import services
from smartbank.ui.text import plain, plural

_WATCHED: Final = "watched_erasure"
_WHAT: Final = (
    "**What goes**: name, phone and all that is known of the customer, with every earlier version; notes; their place "
    "in rankings and call lists; uploads and files to download that hold them, as a whole.\n\n"
    "**What stays**: how likely a sale was, in which band and on which list, and what came of the calls, as figures "
    "without a person, so that results keep their counts. The audit log keeps the id in entries made before, as "
    "evidence. Backups and files taken away before are yours to delete.\n\n"
    "This cannot be undone."
)


def show_erasing(customer_id: str, actor: Actor) -> None:
    """Offer to erase a customer to those who may: the id typed again, and a reason that stays on record."""
    if not actor.may(Right.ERASE_CUSTOMERS):
        return
    with st.expander("Erase this customer", icon=":material/person_remove:"), st.form("erasing", border=False):
        st.markdown(_WHAT)
        typed = st.text_input("Type the customer id again", key="erase_typed", max_chars=100, autocomplete="off")
        reason = st.text_area(
            "Reason for erasing",
            key="erase_reason",
            max_chars=LONGEST_REASON,
            height=80,
            placeholder=f"At least {SHORTEST_REASON} characters, without a name: asked for it by letter of 3 May",
        )
        if st.form_submit_button("Erase for good", key="erase_customer", icon=":material/delete_forever:"):
            _erase(customer_id, typed, reason, actor)


def _erase(customer_id: str, typed: str, reason: str, actor: Actor) -> None:
    held = services()
    try:
        st.session_state[_WATCHED] = queue_erasure(
            customer_id,
            typed=typed,
            reason=reason,
            by=actor,
            customers=held.customers,
            erased=held.erased,
            queue=held.queue,
            audit=held.audit,
            now=datetime.now(UTC),
        )
    except SmartBankError as exc:
        st.error(str(exc), icon=":material/error:")
        return
    forget_looked_at(customer_id)
    st.rerun()


def show_erasure(actor: Actor) -> None:
    """Show how far the erasure begun here is, and what came of it; the inbox says it too."""
    work_id = st.session_state.get(_WATCHED)
    if work_id is None:
        return
    note_looking_at(work_id)
    work = find_work(work_id, by=actor, queue=services().queue)
    if not work.state.is_final:
        watch(work_id, actor)
        st.stop()
    del st.session_state[_WATCHED]
    if work.state is WorkState.DONE:
        said = removed_sentence(removal_counts(work.request, work.result), counted=plural)
        st.success(said, icon=":material/check_circle:")
    else:
        st.error(f"{work.error} Ask for the erasure again.", title="Not all of it is done", icon=":material/error:")


def show_erased(customer_id: str, actor: Actor) -> bool:
    """Say that a customer of an id was erased, and offer to lift that to those who may; whether it is so."""
    on = erased_on(customer_id, by=actor, erased=services().erased)
    if on is None:
        return False
    st.title("There is no such customer.")
    st.info(
        f"A customer of the id {plain(customer_id)} was erased on {on:%-d %B %Y}. Rows of files with this id are set "
        "aside.",
        icon=":material/person_off:",
    )
    if actor.may(Right.ERASE_CUSTOMERS) and st.button(
        "Let this id come back", key="lift_erasure", icon=":material/lock_open:", help="What is gone stays gone."
    ):
        held = services()
        lift_erasure(
            customer_id, by=actor, erased=held.erased, queue=held.queue, audit=held.audit, now=datetime.now(UTC)
        )
        leave_notice(Notice(f"Files may bring in a customer of the id {plain(customer_id)} again."))
    return True
