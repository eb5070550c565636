"""The level in force on the market page: the base rate, its source, and what the market adds to it."""

import streamlit as st

from smartbank.core.people import Actor, Right
from smartbank.ui.market_in_force import shift_in_force, shifted
from smartbank.ui.resources import bank_settings, services
from smartbank.ui.text import decimal, percent, plain


def show_level(actor: Actor) -> None:
    """Show what the mean propensity of the next whole run will be, and why."""
    settings = bank_settings()
    shift = shift_in_force(services().market.look())
    with st.container(horizontal=True):
        st.metric("Base rate", percent(settings.base_rate), border=True)
        st.metric("The market adds", f"{decimal(shift, digits=2)}", border=True, help="In log-odds, within the guard.")
        st.metric("Level in force", percent(shifted(settings.base_rate, shift)), border=True)
    st.caption(f"Base rate: {plain(settings.base_rate_source)}.")
    if actor.may(Right.SEE_ADMIN) and st.button("Settings of the bank", icon=":material/settings:", key="go_settings"):
        st.switch_page("pages/admin.py", query_params={"section": "Settings"})
