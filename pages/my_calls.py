"""My calls: whom to call now."""

import streamlit as st

from smartbank.core.people import Right
from smartbank.errors import SmartBankError
from smartbank.ui.auth import require_user
from smartbank.ui.my_calls import show_my_calls

actor = require_user(Right.RECORD_OUTCOMES)

try:
    show_my_calls(actor)
except SmartBankError as exc:
    st.error(str(exc), icon=":material/error:")
