"""Overview: what needs attention today."""

import streamlit as st

from smartbank.core.people import Right
from smartbank.errors import SmartBankError
from smartbank.ui.auth import require_user
from smartbank.ui.changed_settings import show_changed_settings
from smartbank.ui.drift import show_drift_line
from smartbank.ui.drift_calls import show_calls_line
from smartbank.ui.first_run import look_at_rankings, offer_passed_over
from smartbank.ui.free_leads import free_words
from smartbank.ui.market_in_force import show_override_warnings
from smartbank.ui.overview import first_line, market_moved, show_next_steps, show_runs, show_tiles, show_without_leads
from smartbank.ui.removals import show_demo_removal
from smartbank.ui.resources import services
from smartbank.ui.today import look_at_today, show_today, today_words

actor = require_user()

try:
    n_customers = services().customers.count()
    if not actor.may(Right.SEE_LEADS):
        show_without_leads(n_customers, actor)
        st.stop()
    rankings = look_at_rankings(actor)
    run = rankings.first
    today = look_at_today(actor)
    free = free_words(run, actor) if run is not None else ""
    st.title(today_words(today) + first_line(run, n_customers, free=free, market=market_moved(run)))
    show_override_warnings(actor)
    show_today(today, actor)
    if run is not None:
        show_tiles(run, n_customers)
        offer_passed_over(rankings)
        show_drift_line(run)
        show_calls_line(actor)
        if show_changed_settings(run, actor):
            st.switch_page("pages/leads.py", query_params={"view": "Ranked leads"})
    show_next_steps(actor, has_run=run is not None)
    show_demo_removal(actor)
    show_runs(rankings.runs)
except SmartBankError as exc:
    st.error(str(exc), icon=":material/error:")
