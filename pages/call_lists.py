"""Call lists: how many calls, which, and by whom; what was released; and what changed between two lists."""

import streamlit as st

from smartbank.core.people import Right
from smartbank.errors import SmartBankError
from smartbank.ui.auth import require_user
from smartbank.ui.list_comparison import show_list_comparison
from smartbank.ui.list_plan import show_list_plan
from smartbank.ui.released_lists import RELEASED, show_released_lists
from smartbank.ui.table import follow_selection

actor = require_user(Right.SEE_LEADS)
follow_selection()

VIEWS = {"Plan a list": show_list_plan, RELEASED: show_released_lists, "Compare two lists": show_list_comparison}

if opened := st.session_state.pop("show_list", None):
    st.session_state["section"] = RELEASED
    st.query_params["list"] = opened
view = st.radio("View", list(VIEWS), horizontal=True, key="section", bind="query-params", label_visibility="collapsed")
try:
    VIEWS[view](actor)
except SmartBankError as exc:
    st.error(str(exc), icon=":material/error:")
