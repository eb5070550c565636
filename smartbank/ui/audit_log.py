"""The audit log on the admin page: the newest entries in plain words, filters, and the check of the chain."""

from collections.abc import Iterable, Sequence
from typing import Final

import pandas as pd
import streamlit as st

from smartbank.core.audit import AuditEntry, AuditResult, BrokenEntry
from smartbank.core.audit_chain import ChainCheck
from smartbank.core.exports import harmless
from smartbank.core.people import Actor
from smartbank.core.wording import agreeing
from smartbank.services.audit_log import newest_entries, verify_log
from smartbank.ui.resources import services
from smartbank.ui.text import count, plural, when

LOOKED_THROUGH: Final = 1_000
"""How many of the newest entries are filtered."""
SHOWN: Final = 100


def show_audit_log(actor: Actor) -> None:
    """Show the newest entries that pass the filters, and offer to check the whole log."""
    _show_check(actor)
    found = newest_entries(limit=LOOKED_THROUGH, by=actor, audit=services().audit)
    for broken in [entry for entry in found if isinstance(entry, BrokenEntry)]:
        st.error(f"Entry {broken.number} cannot be read: {broken.why}", icon=":material/broken_image:")
    entries = [entry for entry in found if isinstance(entry, AuditEntry)]
    passed = _filtered(entries)
    if not passed:
        st.info("No entry matches. Choose fewer filters.", icon=":material/filter_alt_off:")
        return
    st.dataframe(
        pd.DataFrame([_row(entry) for entry in passed[:SHOWN]]),
        hide_index=True,
        key="audit_table",
        alt="Audit log: number, when, who, from where, what was done to what, result, details",
    )
    st.caption(
        f"The newest {count(len(passed[:SHOWN]))} of {plural(len(passed), 'entry')} that "
        f"{agreeing(len(passed), 'matches', 'match')}, among the newest {count(len(entries))}. "
        "Customers are named by id alone."
    )


def _filtered(entries: Sequence[AuditEntry]) -> list[AuditEntry]:
    with st.container(horizontal=True):
        person = _choose("Person", (entry.event.who for entry in entries), key="who")
        action = _choose("Action", (words(entry.event.action) for entry in entries), key="action")
        result = _choose("Result", list(AuditResult), key="result")
    return [
        entry
        for entry in entries
        if person in (None, entry.event.who)
        and action in (None, words(entry.event.action))
        and result in (None, entry.event.result)
    ]


def words(name: str) -> str:
    """Return a stored name as words: "change_password" is "Change password"."""
    return str(name).replace("_", " ").capitalize()


def _show_check(actor: Actor) -> None:
    if not st.button("Check the audit log", key="check_audit", icon=":material/verified:"):
        return
    with st.spinner("Reading every entry…"):
        check = verify_log(by=actor, audit=services().audit)
    _show_outcome(check)


def _show_outcome(check: ChainCheck) -> None:
    if not check.is_intact:
        st.error("\n".join(f"* {fault}" for fault in check.faults[:SHOWN]), title="The audit log is not intact")
        return
    there = agreeing(check.entries, "The 1 entry is", f"All {plural(check.entries, 'entry')} are")
    st.success(
        f"{there} there, in order and unchanged. Note number and hash of the newest one "
        "where nobody who can write to the database can change them: a log that was made anew has others.",
        icon=":material/verified:",
    )
    st.code(f"{check.number}:{check.head}", language=None)


def _choose(label: str, values: Iterable[str], *, key: str) -> str | None:
    """Return the chosen value, None for all; the choice is in the address."""
    return st.selectbox(
        label, sorted({str(value) for value in values}), index=None, key=key, placeholder="All", bind="query-params"
    )


def _row(entry: AuditEntry) -> dict[str, str]:
    event = entry.event
    details = "; ".join(f"{words(name).lower()}: {_value(value)}" for name, value in event.details.items())
    return {
        "No.": count(entry.number),
        "When": when(event.at),
        "Who": harmless(event.who),
        "From": harmless(event.place),
        "What": words(event.action),
        "On": harmless(f"{words(event.object_kind).lower()} {event.object_id}".strip()),
        "Result": words(event.result),
        "Details": harmless(details),
    }


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
