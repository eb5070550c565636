"""Market: which market leads are scored in."""

import streamlit as st

from smartbank.core.people import Right
from smartbank.errors import SmartBankError
from smartbank.ui.auth import require_user
from smartbank.ui.market import show_indicators
from smartbank.ui.market_by_hand import show_by_hand
from smartbank.ui.market_in_force import show_first_line
from smartbank.ui.market_level import show_level
from smartbank.ui.market_sources import show_sources
from smartbank.ui.scenarios import show_scenarios

actor = require_user(Right.SEE_LEADS)

VIEWS = {
    "Indicators": show_indicators,
    "Level": show_level,
    "Scenarios": show_scenarios,
    "Sources": show_sources,
    "Set by hand": show_by_hand,
}

try:
    show_first_line(actor)
    view = st.radio(
        "View", list(VIEWS), horizontal=True, key="section", bind="query-params", label_visibility="collapsed"
    )
    VIEWS[view](actor)
except SmartBankError as exc:
    st.error(str(exc), icon=":material/error:")
