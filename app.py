"""Entry point: page frame, navigation and sign-in. No business logic."""

import streamlit as st

from smartbank.core.people import Right
from smartbank.ui.account import show_account
from smartbank.ui.auth import require_user
from smartbank.ui.first_question import ask_base_rate
from smartbank.ui.icon import PAGE_ICON
from smartbank.ui.inbox import show_news
from smartbank.ui.print_style import put_print_style
from smartbank.ui.shortcuts import show_shortcuts
from smartbank.ui.visitor import handed_on, look_up_visitor

st.set_page_config(page_title="SmartBank", page_icon=PAGE_ICON, layout="wide")

visitor = look_up_visitor()
page = st.navigation(  # declared before anyone is asked to sign in, so that a link to a page survives it
    [
        st.Page("pages/overview.py", title="Overview", icon=":material/home:", default=True),
        st.Page("pages/leads.py", title="Leads", icon=":material/group:", visibility=visitor.sees(Right.SEE_LEADS)),
        st.Page("pages/customer.py", title="Customer", icon=":material/person:"),
        st.Page(
            "pages/my_calls.py",
            title="My calls",
            icon=":material/call:",
            visibility=visitor.sees(Right.RECORD_OUTCOMES),
        ),
        st.Page(
            "pages/call_lists.py",
            title="Call lists",
            icon=":material/playlist_add_check:",
            visibility=visitor.sees(Right.SEE_LEADS),
        ),
        st.Page(
            "pages/results.py",
            title="Results",
            icon=":material/query_stats:",
            visibility=visitor.sees(Right.SEE_LEADS),
        ),
        st.Page(
            "pages/market.py",
            title="Market",
            icon=":material/monitoring:",
            visibility=visitor.sees(Right.SEE_LEADS),
        ),
        st.Page(
            "pages/model.py",
            title="Model",
            icon=":material/verified:",
            visibility=visitor.sees(Right.SEE_LEADS),
        ),
        st.Page(
            "pages/admin.py",
            title="Admin",
            icon=":material/admin_panel_settings:",
            visibility=visitor.sees(Right.SEE_ADMIN),
        ),
    ],
    position="sidebar" if visitor.rights else "hidden",
)
with handed_on(visitor):
    actor = require_user()
    with st.sidebar:
        show_account(actor)
        show_news(actor)
        show_shortcuts(actor)
        put_print_style()
    ask_base_rate(actor)
    page.run()
