"""Next attempts: what this call and the next two are worth, and when to stop."""

from typing import Final

import pandas as pd
import streamlit as st

from smartbank.core.fields import FIELD
from smartbank.core.next_attempts import Attempt, next_attempts, stop_after
from smartbank.core.people import Actor
from smartbank.core.rules import ScoringRules
from smartbank.core.what_if import WhatIf
from smartbank.services.what_if import Ground, imagine
from smartbank.ui.actions import show_actions
from smartbank.ui.resources import bank_settings
from smartbank.ui.run_order import order_of
from smartbank.ui.text import count, decimal, money, percent

SHOWN: Final = 3
"""This call and the next two."""
_LOOKED_AT: Final = 12
"""Calls that are looked at for the one from which it no longer pays."""


def show_next_attempts(ground: Ground, actor: Actor) -> None:
    """Show the propensity of this call and the next two, what each is worth, and after which one to stop."""
    rules, propensity = bank_settings().rules, float(ground.prediction["propensity"])
    contact = None if pd.isna(ground.lead["contact"]) else str(ground.lead["contact"])
    if pd.isna(ground.lead["attempt"]):
        st.info(
            "It is not known how often this customer was called in this campaign. Bring the number in with the "
            "customer's data to see what another call is worth.",
            icon=":material/info:",
        )
    else:
        _show_attempts(_attempts(ground, actor), rules)
    show_actions(propensity, contact, threshold=rules.threshold)


def _attempts(ground: Ground, actor: Actor) -> list[Attempt]:
    first = int(ground.lead["attempt"])
    numbers = range(first, min(first + _LOOKED_AT, int(FIELD["attempt"].high) + 1))
    asked = [WhatIf({} if number == first else {"attempt": float(number)}) for number in numbers]
    imagined = imagine(asked, by=actor, ground=ground, order=order_of(ground.run_id, actor))
    return next_attempts(first, [each.propensity for each in imagined], bank_settings().rules)


def _show_attempts(attempts: list[Attempt], rules: ScoringRules) -> None:
    st.subheader(stop_sentence(attempts))
    st.markdown(
        f"A call costs {money(rules.cost_of_call)} and a sale brings {money(rules.value_of_sale)}: it pays from "
        f"{percent(rules.threshold)} on."
    )
    st.dataframe(_table(attempts[:SHOWN]), hide_index=True, width=560, key="attempts_table", alt="The next three calls")
    st.caption(
        "Each line is the propensity were that the call made next, all else as it is. In past calls who was called "
        "more often bought less often; that is association, not proof that calling drives customers away."
    )


def stop_sentence(attempts: list[Attempt]) -> str:
    """Return after which call to stop, in words."""
    last = stop_after(attempts)
    if last is None:
        return f"Every call up to attempt {count(attempts[-1].number)} is expected to pay."
    if last == 0:
        return "Not even the next call is expected to pay."
    return f"Stop after attempt {count(last)}: the next one would no longer pay."


def _table(attempts: list[Attempt]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "Attempt": [count(each.number) for each in attempts],
            "Propensity": [percent(each.propensity) for each in attempts],
            "Expected profit": [f"{decimal(each.profit, digits=2)} {bank_settings().currency}" for each in attempts],
            "Pays": ["yes" if each.pays else "no" for each in attempts],
        }
    )
