"""What would change it: only what the bank can do, and what that went with in past calls."""

from typing import Final

import pandas as pd
import streamlit as st

from smartbank.core.actions import Option, options, smallest_change
from smartbank.ui.text import percent

_ASSOCIATION: Final = (
    "Taken from 41,188 past calls, compared within the month they were made in. It is association: who is called on a "
    "mobile phone, or on a Wednesday, may differ in other ways. Month, age, job and marital status are nothing a bank "
    "can change, so they are not offered."
)


def show_actions(propensity: float, contact: str | None, *, threshold: float) -> None:
    """Show the smallest change that makes a call pay, and every other thing the bank could do."""
    st.markdown("**What would change it**")
    st.markdown(change_sentence(propensity, contact, threshold=threshold))
    table = _table(options(propensity, contact), threshold)
    st.dataframe(table, hide_index=True, key="actions_table", alt="What the bank can do")
    st.caption(_ASSOCIATION)


def change_sentence(propensity: float, contact: str | None, *, threshold: float) -> str:
    """Return the smallest change that crosses the threshold, or that there is none."""
    if propensity >= threshold:
        return f"A call pays already: {percent(propensity)} is at least {percent(threshold)}."
    found = smallest_change(propensity, contact, threshold=threshold)
    if found is None:
        said = f"no channel and no weekday lifts {percent(propensity)} to {percent(threshold)}"
        return f"There is nothing the bank can do: {said}."
    low, high = percent(found.propensity.low), percent(found.propensity.high)
    return (
        f"{_capital(found.words)}: {percent(found.propensity.value)} ({low} to {high}) instead of "
        f"{percent(propensity)}. From {percent(threshold)} on a call pays."
    )


def _capital(words: str) -> str:
    return words[0].upper() + words[1:]


def _table(found: list[Option], threshold: float) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "What": [_capital(each.words) for each in found],
            "Propensity": [percent(each.propensity.value) for each in found],
            "95 % interval": [f"{percent(each.propensity.low)} to {percent(each.propensity.high)}" for each in found],
            "Pays": ["yes" if each.propensity.value >= threshold else "no" for each in found],
        }
    )
