"""Results: did calling pay, and did calls sell as often as was said."""

import streamlit as st

from smartbank.core.people import Right
from smartbank.errors import SmartBankError
from smartbank.ui.auth import require_user
from smartbank.ui.results import show_results

actor = require_user(Right.SEE_LEADS)

try:
    show_results(actor)
except SmartBankError as exc:
    st.error(str(exc), icon=":material/error:")
