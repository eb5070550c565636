"""The audit log on the admin page: entries in plain words, as far as they match, and the check of the chain."""

from collections.abc import Mapping
from typing import Final
from urllib.parse import urlencode

import pandas as pd
import streamlit as st

from smartbank.core.audit import AuditEntry
from smartbank.core.audit_chain import ChainCheck
from smartbank.core.audit_filter import AuditFilter
from smartbank.core.exports import harmless
from smartbank.core.people import Actor
from smartbank.core.wording import agreeing
from smartbank.services.audit_log import verify_log
from smartbank.services.audit_search import FoundEntries, find_entries
from smartbank.ui.audit_choice import choose_entries, entries_before, offer_older, words
from smartbank.ui.print_style import on_screen_only
from smartbank.ui.resources import services
from smartbank.ui.text import count, plural, when

SHOWN: Final = 100
"""Faults shown of a check."""


def show_audit_log(actor: Actor) -> None:
    """Show the entries that pass the filters in pages, newest first, and offer them as files and to check the log."""
    _show_check(actor)
    wanted = choose_entries(actor)
    found = find_entries(
        wanted, before=entries_before(), by=actor, audit=services().audit, settings=services().settings
    )
    for broken in found.broken:
        st.error(f"Entry {broken.number} cannot be read: {broken.why}", icon=":material/broken_image:")
    if found.entries:
        st.dataframe(
            pd.DataFrame([_row(entry) for entry in found.entries]),
            hide_index=True,
            key="audit_table",
            alt="Audit log: number, when, who, from where, what was done to what, result, details",
        )
        st.caption(_standing(found))
    else:
        st.info(_nothing(found), icon=":material/filter_alt_off:")
    offer_older(found.older)
    _offer_files(wanted)


def _offer_files(wanted: AuditFilter) -> None:
    query = urlencode(wanted.to_query())
    with on_screen_only("take_audit_away"), st.container(horizontal=True, vertical_alignment="center"):
        for label, ending in (("CSV", "csv"), ("JSON lines", "jsonl")):
            st.link_button(
                label, f"/exports/audit.{ending}?{query}", icon=":material/download:", key=f"export_audit_{ending}"
            )
        st.caption(
            "All entries that match, from the first to the newest, with their hashes. The file is on record; "
            "JSON lines can be checked outside of SmartBank."
        )


def _standing(found: FoundEntries) -> str:
    n, newest, oldest = len(found.entries), count(found.newest), count(found.oldest)
    looked = f"looked for among No. {newest} to {oldest}"
    cut = " One search looks no further back." if found.is_cut else ""
    return (
        f"{plural(n, 'entry')} that {agreeing(n, 'matches', 'match')}, newest first, {looked}.{cut} "
        "Customers are named by id alone."
    )


def _nothing(found: FoundEntries) -> str:
    if found.is_cut:
        return (
            f"No entry matches among No. {count(found.newest)} to {count(found.oldest)}. One search looks no further "
            "back: go on with the older ones, or choose fewer filters."
        )
    return "No entry matches. Choose fewer filters."


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
    if isinstance(value, Mapping):
        return ", ".join(f"{words(str(name)).lower()} {_value(each)}" for name, each in value.items())
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
