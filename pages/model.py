"""Model: how far the ranking can be trusted."""

import streamlit as st

from smartbank.core.people import Right
from smartbank.errors import SmartBankError
from smartbank.ui.auth import require_user
from smartbank.ui.drift import show_drift
from smartbank.ui.fairness import show_fairness
from smartbank.ui.model_calibration import show_calibration
from smartbank.ui.model_card import show_card
from smartbank.ui.model_effects import show_effects
from smartbank.ui.model_first_line import show_first_line
from smartbank.ui.model_how_good import show_how_good
from smartbank.ui.model_next_list import show_next_list
from smartbank.ui.model_ranking import show_ranking
from smartbank.ui.model_versions import show_versions

actor = require_user(Right.SEE_LEADS)

VIEWS = {
    "Next list": show_next_list,
    "How good": show_how_good,
    "Ranking": show_ranking,
    "Calibration": show_calibration,
    "What it looks at": show_effects,
    "Fairness": show_fairness,
    "Drift": show_drift,
    "Card": show_card,
    "Versions": show_versions,
}

try:
    show_first_line()
    view = st.radio(
        "View", list(VIEWS), horizontal=True, key="section", bind="query-params", label_visibility="collapsed"
    )
    VIEWS[view](actor)
except SmartBankError as exc:
    st.error(str(exc), icon=":material/error:")
