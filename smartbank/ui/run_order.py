"""The order of a run's leads, kept for minutes: moving a control, or on to the next customer, loads no list again."""

import streamlit as st

from smartbank.core.people import Actor
from smartbank.core.run_order import RunOrder
from smartbank.services.what_if import load_order
from smartbank.ui.resources import services


@st.cache_resource(max_entries=4, ttl=600, show_spinner=False)
def order_of(run_id: str, _actor: Actor) -> RunOrder:
    """Return the order of a run's leads. Raises `NotFoundError` where it is no longer kept."""
    return load_order(run_id, by=_actor, frames=services().frames)
