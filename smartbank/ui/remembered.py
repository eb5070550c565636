"""What this process remembers of lists and rankings is forgotten once a customer was erased, wherever that was done."""

import streamlit as st

from smartbank.errors import SmartBankError
from smartbank.ui.resources import services
from smartbank.ui.run_order import order_of


@st.cache_resource(show_spinner=False)
def _seen() -> dict[str, int]:
    """Return the number of ended erasures as of the last look; shared by every session."""
    return {}


def forget_erased() -> None:
    """Look whether an erasure has ended since the last look, and forget everything remembered if so."""
    try:
        ended = services().erased.ended()
    except SmartBankError:  # the page says so itself
        return
    if _seen().get("ended", ended) != ended:
        st.cache_data.clear()
        order_of.clear()
    _seen()["ended"] = ended
