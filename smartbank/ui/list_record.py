"""What vouches for a released list, folded away and in plain words: its fingerprint, and what it was made with."""

from dataclasses import replace

import streamlit as st

from smartbank.core.call_lists import CallList, ListFigures, ListGround
from smartbank.core.settings_text import money_text
from smartbank.ui.resources import bank_settings
from smartbank.ui.text import count, plain


def show_list_record(call_list: CallList) -> None:
    """Show what an auditor asks for of a list; draws nothing of one that was not released."""
    figures, ground = call_list.figures, call_list.ground
    if figures is None or ground is None:
        return
    with st.expander("For the record", icon=":material/fingerprint:"):
        st.caption("Nobody needs this to call. It lets an auditor check later what the list was made of.")
        st.markdown("\n".join(f"* {each}" for each in record_lines(call_list, figures, ground)))


def record_lines(call_list: CallList, figures: ListFigures, ground: ListGround) -> list[str]:
    """Return what is on record of a list, one thing a line, in Markdown."""
    priced = replace(bank_settings(), currency=ground.currency)
    call, sale = (money_text(amount, settings=priced) for amount in (ground.cost_of_call, ground.value_of_sale))
    return [
        f"**Fingerprint** `{figures.data_hash}` of who is on the list, in which order, for which agent, and how likely "
        "to buy (SHA-256). Another entry would give another one. Every exported row has it as “Data hash”.",
        f"**Model** {plain(ground.model_version)} ranked these leads. What it learned from stands on the page Model.",
        f"**Rules on calling**: {_version(ground.rules_version)}. **Settings**: {_version(ground.settings_version)}. "
        "Auditors and administrators see on the page Admin what each version said.",
        f"**Money**: a call counted as {plain(call)} and a sale as {plain(sale)} when the list was released.",
        f"**Names in the audit log** and for other programs: list `{call_list.list_id}`, ranking "
        f"`{call_list.request.run_id}`.",
    ]


def _version(number: int) -> str:
    return f"version {count(number)}" if number else "as SmartBank brings them, never changed"
