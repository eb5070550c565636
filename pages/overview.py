"""Overview: what needs attention today."""

import streamlit as st

from smartbank.core.people import Right
from smartbank.errors import SmartBankError
from smartbank.services.runs import newest_finished, recent_runs
from smartbank.ui.auth import require_user
from smartbank.ui.overview import first_line, show_next_steps, show_runs, show_tiles
from smartbank.ui.resources import services

user = require_user()

try:
    runs = recent_runs(queue=services().queue)
    newest = newest_finished(runs)
    n_customers = services().customers.count()
    st.title(first_line(newest, n_customers))
    if newest is not None:
        show_tiles(newest, n_customers)
    if user.may(Right.SEE_LEADS):
        show_next_steps(user, has_run=newest is not None)
        show_runs(runs)
except SmartBankError as exc:
    st.error(str(exc), icon=":material/error:")
