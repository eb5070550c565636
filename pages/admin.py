"""Admin: who may do what, under which rules."""

import streamlit as st

from smartbank.core.people import Right
from smartbank.errors import SmartBankError
from smartbank.ui.admin_first_line import admin_first_line
from smartbank.ui.audit_log import show_audit_log
from smartbank.ui.auth import require_user
from smartbank.ui.backups import show_backups
from smartbank.ui.programs import show_programs
from smartbank.ui.rules import show_rules
from smartbank.ui.sessions import show_sessions
from smartbank.ui.settings import show_settings
from smartbank.ui.users import show_users

actor = require_user(Right.SEE_ADMIN)

VIEWS = {
    "Users": show_users,
    "Sessions": show_sessions,
    "Programs": show_programs,
    "Settings": show_settings,
    "Rules": show_rules,
    "Audit log": show_audit_log,
    "Backups": show_backups,
}

try:
    headline = st.container()
    view = st.radio(
        "View", list(VIEWS), horizontal=True, key="section", bind="query-params", label_visibility="collapsed"
    )
    with headline:
        st.title(admin_first_line(view, actor))
    VIEWS[view](actor)
except SmartBankError as exc:
    st.error(str(exc), icon=":material/error:")
