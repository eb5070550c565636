"""The level in force on the market page: the base rate, the market since it was measured, and the bank's outcomes."""

from datetime import UTC, datetime
from typing import Final

import pandas as pd
import streamlit as st

from smartbank.core.level import MAX_MARKET_SHIFT
from smartbank.core.level_in_force import LevelInForce, level_reasons
from smartbank.core.people import Actor, Right
from smartbank.services.level_in_force import level_in_force
from smartbank.ui.resources import bank_settings, services
from smartbank.ui.text import decimal, percent, signed

_SHOWN: Final = 3
"""Decimals of a share on the screen: what the market and outcomes add is told so that the figures shown add up."""


def show_level(actor: Actor) -> None:
    """Show what the mean propensity of the next whole run will be, and why."""
    settings = bank_settings()
    level = level_in_force(
        settings.rules,
        by=actor,
        scorer=services().scorer,
        market=services().market,
        outcomes=services().outcomes,
        now=datetime.now(UTC),
    )
    base, moved, rate = (round(each, _SHOWN) for each in (level.base_rate, level.market_rate, level.rate))
    with st.container(horizontal=True):
        st.metric("Base rate", percent(base), border=True)
        st.metric("The market since then", f"{signed(100 * (moved - base))} points", border=True)
        st.metric("Your own outcomes", f"{signed(100 * (rate - moved))} points", border=True)
        st.metric("Level in force", percent(rate), border=True)
    st.caption("The level is the share of all leads expected to say yes. Whole runs have it on average.")
    st.markdown("\n\n".join(level_reasons(level, numbers=settings.numbers)))
    _details(level)
    if actor.may(Right.SEE_ADMIN) and st.button("Settings of the bank", icon=":material/settings:", key="go_settings"):
        st.switch_page("pages/admin.py", query_params={"section": "Settings"})


def _details(level: LevelInForce) -> None:
    log_odds = {
        "The market, by the model alone": level.model_shift,
        "The market, within the guard": level.market_shift,
        "The guard, either way": MAX_MARKET_SHIFT,
        "Your own outcomes": level.correction.shift,
    }
    with st.expander("Details"):
        said = {"What": list(log_odds), "Log-odds": [decimal(each, digits=2) for each in log_odds.values()]}
        st.table(pd.DataFrame(said).set_index("What"))
