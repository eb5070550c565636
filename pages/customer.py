"""Customer: why this one, and what is known before the call."""

import streamlit as st

from smartbank.core.people import Right
from smartbank.errors import NotFoundError, SmartBankError
from smartbank.services.customer_view import view_customer
from smartbank.ui.auth import require_user
from smartbank.ui.customer import show_customer, show_search
from smartbank.ui.customer_moves import CHOSEN, show_recent
from smartbank.ui.erasing import show_erased, show_erasure
from smartbank.ui.notes import take_back_note
from smartbank.ui.notice import show_notice
from smartbank.ui.resources import services
from smartbank.ui.table import follow_selection

actor = require_user(Right.SEE_CUSTOMER)
follow_selection()

customer_id = st.text_input(
    "Customer id, name or phone",
    key=CHOSEN,
    bind="query-params",
    icon=":material/search:",
    max_chars=100,
    placeholder="DEMO-000012, a name, or a phone number",
).strip()
try:
    show_notice(lambda undo: take_back_note(undo, actor))
    show_erasure(actor)
    if not customer_id:
        st.info(
            "Type an id, a name or a phone number above, or select a row on the Leads page.",
            icon=":material/person_search:",
        )
        show_recent()
        st.stop()
    try:
        view = view_customer(
            customer_id,
            by=actor,
            customers=services().customers,
            predictions=services().predictions,
            outcomes=services().outcomes,
            frames=services().frames,
            writer_of=services().writer_of,
            snapshots=services().snapshots,
        )
    except NotFoundError:
        if not show_erased(customer_id, actor):
            show_search(customer_id, actor)
        st.stop()
    show_customer(view, actor)
except SmartBankError as exc:
    st.error(str(exc), icon=":material/error:")
