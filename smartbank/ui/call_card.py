"""The customer to call now: who, which attempt, the number, what to open with, and what came of the last call."""

from collections.abc import Mapping
from typing import Any, Final

import pandas as pd
import phonenumbers
import streamlit as st

from smartbank.core.card_figures import card_number
from smartbank.core.fields import CUSTOMER_ID
from smartbank.core.list_progress import Standing
from smartbank.core.outcomes import OUTCOME_NAMES
from smartbank.services.call_briefing import Briefing
from smartbank.ui.my_work import clock
from smartbank.ui.resources import card_of
from smartbank.ui.text import count, plain, plural, when

_ORDINALS: Final = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
_NOTES_SHOWN: Final = 3


def first_line(entry: pd.Series, name: str) -> str:
    """Return who is next: "Next: Ana Silva, third call for this list, call-back due at 11:30."."""
    made = int(entry["calls"])
    attempt = f"{_ORDINALS[made] if made < len(_ORDINALS) else f'{count(made + 1)}th'} call for this list"
    agreed = f", call-back due at {clock(entry['due_at'])}" if entry["standing"] == Standing.CALL_BACK.value else ""
    return f"Next: {plain(name)}, {attempt}{agreed}."


def readable(phone: str) -> str:
    """Return a phone number in E.164 with spaces: "+44 20 7946 0021"."""
    try:
        number = phonenumbers.parse(phone)
    except phonenumbers.NumberParseException:
        return phone
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def show_number(briefing: Briefing, *, is_open: bool) -> None:
    """Show the number in large type, and dial it where the device does that."""
    if not briefing.phone:
        st.warning("No phone number is known of this customer. Press “Wrong number”.", icon=":material/phone_disabled:")
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.header(readable(briefing.phone), anchor=False, width="content")
        st.link_button(
            "Call", f"tel:{briefing.phone}", icon=":material/call:", type="primary", disabled=not is_open, key="dial"
        )


def show_opening(briefing: Briefing) -> None:
    """Show a sentence to open the talk with, where there is one."""
    if briefing.opening:
        st.caption("To open the talk with")
        st.markdown(f":material/chat: “{plain(briefing.opening)}”")


def show_background(briefing: Briefing, model_version: str) -> None:
    """Show what past calls say for this customer, marked as nothing to be read out, with whose calls they were."""
    if not briefing.background:
        return
    st.caption(f"For you alone, not to be read out: {past_calls_words(card_of(model_version))}")
    for fact in briefing.background:
        st.caption(f":material/visibility_lock: {plain(fact)}.")


def past_calls_words(card: Mapping[str, Any]) -> str:
    """Return whose past calls the facts of a model's card are of, to begin a list of them."""
    own = card_number(card, "data", "own_calls")
    ours = f", and {plural(int(own), 'call')} of your own bank" if own else ""
    return f"past calls of another bank, in Portugal, 2008 to 2010{ours}."


def show_last_contact(entry: pd.Series, briefing: Briefing) -> None:
    """Say when the customer was called last and what came of it, as far as anybody knows."""
    if last := briefing.last:
        by = f", by {plain(last.by)}" if last.by else ""
        st.caption(f"Last contact: {when(last.at)}, {OUTCOME_NAMES[last.outcome]}{by}.")
    elif pd.notna(entry["days_since_contact"]):
        st.caption(
            f"Last contact: {plural(int(entry['days_since_contact']), 'day')} before the list, as your data says."
        )
    else:
        st.caption("Never contacted before, as far as your data says.")


def show_more(entry: pd.Series, briefing: Briefing) -> None:
    """Show the newest notes, and the way to everything else that is known of the customer."""
    for note in briefing.notes[:_NOTES_SHOWN]:
        with st.container(border=True):
            st.markdown(plain(note.text))
            st.caption(f"{plain(note.by)}, {when(note.at)}")
    if st.button("Open the customer", key="open_customer", icon=":material/person:", type="tertiary"):
        st.switch_page("pages/customer.py", query_params={"customer": str(entry[CUSTOMER_ID])})
