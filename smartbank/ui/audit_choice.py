"""Which entries of the audit log are shown: the filters and how far back, all of it in the address."""

from datetime import UTC, datetime
from typing import Final, TypeVar

import streamlit as st

from smartbank.core.audit import AuditAction, AuditResult
from smartbank.core.audit_filter import AuditFilter
from smartbank.core.people import COMMAND_LINE, WORKER, Actor
from smartbank.services.people import list_accounts
from smartbank.ui.resources import bank_settings, services

Choice = TypeVar("Choice")

_BEFORE: Final = "before"
_LONGEST: Final = 200
"""Characters somebody may type into a filter."""


def choose_entries(actor: Actor) -> AuditFilter:
    """Draw the filters and return what they mean."""
    with st.container(horizontal=True):
        who = st.selectbox(
            "Person",
            _people(actor),
            index=None,
            key="who",
            placeholder="All",
            accept_new_options=True,
            bind="query-params",
            on_change=_from_the_newest,
            help="Choose a name, or type the name of somebody who is no longer here.",
        )
        action = _one_of("Action", {words(each): each for each in AuditAction}, key="action")
        result = _one_of("Result", {str(each): each for each in AuditResult}, key="result")
    with st.container(horizontal=True):
        kind = _typed("Kind of object", "call list", key="kind", what="As the column On begins: run, user, call list.")
        object_id = _typed("Object id", "the whole id", key="object", what="As the column On ends.")
        place = _typed("From where", "192.0.2.7", key="place", what="An address, or: command line, worker.")
    with st.container(horizontal=True):
        zone = f"Days are those of the bank's time zone, {bank_settings().time_zone}."
        first, last = (
            st.date_input(label, None, key=key, bind="query-params", on_change=_from_the_newest, help=zone, width=170)
            for label, key in (("From day", "from_day"), ("Until day", "until_day"))
        )
        st.number_input(
            "Older than No.",
            2,
            None,
            None,
            key=_BEFORE,
            bind="query-params",
            width=170,
            help="Begins the search before this entry; empty begins at the newest.",
        )
    return AuditFilter((who or "").strip(), action, result, kind, object_id, place, first, last)


def entries_before() -> int | None:
    """Return the number before which the reader wants to look; None for the newest entries."""
    before: int | None = st.session_state.get(_BEFORE)
    return before


def offer_older(older: int | None) -> None:
    """Offer the next page, of entries before a number, and the way back to the newest."""
    with st.container(horizontal=True):
        if older is not None:
            st.button(
                "Older entries", key="audit_older", icon=":material/arrow_back:", on_click=_look_before, args=(older,)
            )
        if entries_before() is not None:
            st.button("Newest entries", key="audit_newest", icon=":material/last_page:", on_click=_from_the_newest)


def words(name: str) -> str:
    """Return a stored name as words: "change_password" is "Change password"."""
    return str(name).replace("_", " ").capitalize()


def _look_before(number: int) -> None:
    st.session_state[_BEFORE] = number


def _from_the_newest() -> None:
    st.session_state[_BEFORE] = None


def _people(actor: Actor) -> list[str]:
    accounts = list_accounts(by=actor, users=services().users, now=datetime.now(UTC))
    names = [account.username for account in accounts]
    programs = [program.username for program in services().programs.all()]
    return sorted({*names, *programs, COMMAND_LINE.username, WORKER.username})


def _one_of(label: str, choices: dict[str, Choice], *, key: str) -> Choice | None:
    """Return the chosen value, None for all; the choice is in the address."""
    chosen = st.selectbox(
        label,
        sorted(choices),
        index=None,
        key=key,
        placeholder="All",
        bind="query-params",
        on_change=_from_the_newest,
    )
    return choices[chosen] if chosen is not None else None


def _typed(label: str, example: str, *, key: str, what: str) -> str:
    return st.text_input(
        label,
        key=key,
        bind="query-params",
        max_chars=_LONGEST,
        placeholder=example,
        help=what,
        on_change=_from_the_newest,
    ).strip()
