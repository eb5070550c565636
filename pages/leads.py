"""Leads: whom to call first, from a file or from the customers you have."""

import streamlit as st

from smartbank.core.people import Right
from smartbank.errors import SmartBankError
from smartbank.ui.auth import require_user
from smartbank.ui.bring_in import show_bring_in
from smartbank.ui.ranked_leads import show_ranked_leads
from smartbank.ui.run_choice import show_run_next
from smartbank.ui.stored_customers import show_stored_customers
from smartbank.ui.table import follow_selection

actor = require_user(Right.SEE_LEADS)
follow_selection()

RANKED, STORED, BRING_IN = "Ranked leads", "Stored customers", "Bring customers in"
VIEWS = {RANKED: show_ranked_leads, STORED: show_stored_customers}
if actor.may(Right.BRING_IN):
    VIEWS[BRING_IN] = show_bring_in

if run_id := st.session_state.pop("show_run", None):
    st.session_state["view"] = RANKED
    show_run_next(run_id)
elif st.query_params.get("view") == BRING_IN and BRING_IN not in VIEWS:
    st.caption(f"The link leads to **{BRING_IN}**, which your role ({actor.role}) does not include.")
view = st.radio("View", list(VIEWS), horizontal=True, key="view", bind="query-params", label_visibility="collapsed")
try:
    VIEWS[view](actor)
except SmartBankError as exc:
    st.error(str(exc), icon=":material/error:")
