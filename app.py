"""Entry point: page frame, navigation and sign-in. No business logic."""

import streamlit as st

from smartbank.core.people import Right
from smartbank.ui.account import show_account
from smartbank.ui.auth import signed_in
from smartbank.ui.first_question import ask_base_rate
from smartbank.ui.icon import PAGE_ICON
from smartbank.ui.inbox import show_news
from smartbank.ui.print_style import put_print_style
from smartbank.ui.shortcuts import show_shortcuts
from smartbank.ui.visitor import handed_on, look_up_visitor

st.set_page_config(page_title="SmartBank", page_icon=PAGE_ICON, layout="wide")

PAGES = (  # file, what the navigation calls it, its icon, and the right it asks for
    ("leads", "Leads", "group", Right.SEE_LEADS),
    ("customer", "Customer", "person", None),
    ("call_lists", "Call lists", "playlist_add_check", Right.SEE_LEADS),
    ("my_calls", "My calls", "call", Right.RECORD_OUTCOMES),
    ("results", "Results", "query_stats", Right.SEE_LEADS),
    ("market", "Market", "monitoring", Right.SEE_LEADS),
    ("model", "Model", "verified", Right.SEE_LEADS),
    ("admin", "Admin", "admin_panel_settings", Right.SEE_ADMIN),
)
visitor = look_up_visitor()
others = [
    st.Page(
        f"pages/{file}.py",
        title=title,
        icon=f":material/{icon}:",
        visibility="visible" if right is None else visitor.sees(right),
    )
    for file, title, icon, right in PAGES
]
page = st.navigation(  # declared before anyone is asked to sign in, so that a link to a page survives it
    [st.Page("pages/overview.py", title="Overview", icon=":material/home:", default=True), *others],
    position="sidebar" if visitor.rights else "hidden",
)
with handed_on(visitor):
    actor = signed_in()
    if actor is not None:
        with st.sidebar:
            show_account(actor)
            show_news(actor)
            show_shortcuts(actor)
            put_print_style()
        ask_base_rate(actor)
        page.run()
