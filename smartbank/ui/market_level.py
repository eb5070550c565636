"""The level in force on the market page: the base rate, the market since it was measured, and the bank's outcomes."""

from datetime import UTC, datetime

import streamlit as st

from smartbank.core.level_in_force import level_reasons
from smartbank.core.people import Actor, Right
from smartbank.services.level_in_force import level_in_force
from smartbank.ui.resources import bank_settings, services
from smartbank.ui.text import decimal, percent


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
    with st.container(horizontal=True):
        st.metric("Base rate", percent(level.base_rate), border=True)
        st.metric(
            "The market adds", decimal(level.market_shift, digits=2), border=True, help="In log-odds, within the guard."
        )
        st.metric("Outcomes add", decimal(level.correction.shift, digits=2), border=True, help="In log-odds.")
        st.metric("Level in force", percent(level.rate), border=True)
    st.markdown("\n\n".join(level_reasons(level, numbers=settings.numbers)))
    if actor.may(Right.SEE_ADMIN) and st.button("Settings of the bank", icon=":material/settings:", key="go_settings"):
        st.switch_page("pages/admin.py", query_params={"section": "Settings"})
