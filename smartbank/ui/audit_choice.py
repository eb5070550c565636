"""Which entries of the audit log are shown: the filters and how far back, all of it in the address."""

from collections.abc import Container, Mapping
from datetime import UTC, date, datetime
from typing import Final, TypeVar

import streamlit as st

from smartbank.core.audit import AuditAction, AuditResult
from smartbank.core.audit_filter import AuditFilter
from smartbank.core.people import COMMAND_LINE, WORKER, Actor
from smartbank.core.wording import listed
from smartbank.services.people import list_accounts
from smartbank.ui.resources import bank_settings, services
from smartbank.ui.text import plain

Choice = TypeVar("Choice")

_BEFORE: Final = "before"
_UNKNOWN: Final = "audit_unknown"
"""Key in the session state: what the address asked for that is not known."""
_LONGEST: Final = 200
"""Characters somebody may type into a filter."""


def choose_entries(actor: Actor) -> AuditFilter:
    """Draw the filters and return what they mean; say which of the address are not known."""
    _show_unknown()
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
        action = _one_of("Action", _ACTIONS, key="action")
        result = _one_of("Result", _RESULTS, key="result")
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


_ACTIONS: Final = {words(each): each for each in AuditAction}
_RESULTS: Final = {str(each): each for each in AuditResult}
_CHOICES: Final[Mapping[str, Container[str]]] = {"action": _ACTIONS, "result": _RESULTS}
_DAYS: Final = ("from_day", "until_day")
_OF_THE_PAGE: Final = ("section", "user", "program")
"""What else the address of the admin page may hold."""


def _show_unknown() -> None:
    """Say which filters of the address are not known, until somebody chooses others, and take them out of it."""
    if found := unknown_filters(st.query_params.to_dict()):
        st.session_state[_UNKNOWN] = [f"{words(name).lower()} “{value}”" for name, value in found.items()]
        for name in found:
            del st.query_params[name]
    if said := st.session_state.get(_UNKNOWN):
        st.warning(
            f"The address asks for what the audit log cannot look for: {plain(listed(said))}. It is left out, so there "
            "are more entries below than were meant. Choose the filters anew.",
            title="A filter of this link is not known",
            icon=":material/link_off:",
        )


def unknown_filters(query: Mapping[str, str]) -> dict[str, str]:
    """Return what an address asks for that is no filter, or no value of one: {"action": "Sing", "colour": "red"}."""
    known = (*_CHOICES, *_DAYS, _BEFORE, "who", "kind", "object", "place", *_OF_THE_PAGE)
    return {name: value for name, value in query.items() if name not in known or _is_no(name, value)}


def _is_no(name: str, value: str) -> bool:
    """Whether a filter of a name cannot have a value; an empty one means all."""
    if not value:
        return False
    if name in _CHOICES:
        return value not in _CHOICES[name]
    if name == _BEFORE:
        return not value.isdecimal()
    if name in _DAYS:
        try:
            date.fromisoformat(value)
        except ValueError:
            return True
    return False


def _look_before(number: int) -> None:
    st.session_state[_BEFORE] = number


def _from_the_newest() -> None:
    st.session_state[_BEFORE] = None
    st.session_state.pop(_UNKNOWN, None)


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
