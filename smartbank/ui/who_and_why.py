"""Who was left out and why, on demand: a choice of the reason, and the customers by name."""

from collections.abc import Callable, Mapping
from typing import Final

import pandas as pd
import streamlit as st

from smartbank.core.fields import CUSTOMER_ID
from smartbank.core.people import Actor
from smartbank.services.customers import contact_details
from smartbank.ui.print_style import on_screen_only
from smartbank.ui.resources import services
from smartbank.ui.table import names_or_ids, page_of, show_customer_table
from smartbank.ui.text import count

_COLUMNS: Final = {"Name": st.column_config.TextColumn(width=140), "Why": st.column_config.TextColumn(width=230)}
"""Widths at which a screen of 390 pixels shows who, and most of why."""


def show_who_and_why(
    title: str,
    look_up: Callable[[], pd.DataFrame],
    words: Mapping[str, str],
    actor: Actor,
    *,
    key: str,
    label: str,
    unknown: str,
) -> None:
    """Show a closed box that lists customers by reason once it is opened; nothing is read before.

    Parameters
    ----------
    look_up : callable
        Returns `customer_id` and a reason, one row a customer, in these two columns.
    words : mapping of str to str
        What each reason is called, in the order of the choice; a reason without is called `unknown`.
    key : str
        Begins the keys of the controls.
    label : str
        What a reason is called: "Rule".
    """
    with on_screen_only(key):
        box = st.expander(title, icon=":material/rule:", key=f"{key}_who", on_change="rerun")
        if box.open:
            with box:
                _show(look_up(), words, actor, key=key, label=label, unknown=unknown)


def _show(who: pd.DataFrame, words: Mapping[str, str], actor: Actor, *, key: str, label: str, unknown: str) -> None:
    reasons = who.iloc[:, 1]
    numbers = reasons.value_counts()
    known = {reason: f"{count(numbers[reason])} {said}" for reason, said in words.items() if reason in numbers}
    chosen = st.selectbox(
        label, ["", *known], format_func=lambda reason: known.get(reason, f"All {label.lower()}s"), key=f"{key}_rule"
    )
    page = page_of((who[reasons == chosen] if chosen else who).reset_index(drop=True), key=f"{key}_page")
    contacts = contact_details(page[CUSTOMER_ID].tolist(), by=actor, customers=services().customers)
    show_customer_table(
        pd.DataFrame(
            {
                "Name": names_or_ids(contacts, page[CUSTOMER_ID]),
                "Why": [words.get(reason, unknown) for reason in page.iloc[:, 1]],
                "Customer": page[CUSTOMER_ID],
            }
        ),
        page[CUSTOMER_ID].tolist(),
        key=f"{key}_table",
        alt=f"Customers who were left out, page of {len(page)}: name, why, customer",
        columns=_COLUMNS,
    )
