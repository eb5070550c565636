"""From one customer to another: the ones looked at before, and the next and previous of the list at hand."""

from collections.abc import Mapping
from typing import Any, Final

import streamlit as st

from smartbank.core.fields import CUSTOMER_ID
from smartbank.core.people import Actor
from smartbank.errors import NotFoundError
from smartbank.ui.run_order import order_of
from smartbank.ui.text import count, plain

CHOSEN: Final = "customer"
"""Key of the field that names the customer, and its name in the address."""
_RECENT: Final = "recent_customers"
_MOST_RECENT: Final = 8


def note_looked_at(customer_id: str, name: str) -> None:
    """Remember for this session that a customer was looked at, the newest first."""
    seen: dict[str, str] = st.session_state.get(_RECENT, {})
    others = {each: said for each, said in seen.items() if each != customer_id}
    st.session_state[_RECENT] = dict(list(({customer_id: name} | others).items())[:_MOST_RECENT])


def forget_looked_at(customer_id: str) -> None:
    """Forget in this session that a customer was looked at."""
    st.session_state.get(_RECENT, {}).pop(customer_id, None)


def show_recent() -> None:
    """Offer the customers that were looked at in this session."""
    seen: dict[str, str] = st.session_state.get(_RECENT, {})
    if not seen:
        return
    st.markdown("**Looked at before**")
    with st.container(horizontal=True):
        for customer_id, name in seen.items():
            st.button(plain(name), key=f"recent_{customer_id}", on_click=_open, args=(customer_id,))


def show_neighbours(newest: Mapping[str, Any], actor: Actor) -> None:
    """Offer who is one rank better and one worse in the list the newest score is of; nobody where it is gone."""
    try:
        order = order_of(str(newest["run_id"]), actor)
    except NotFoundError:
        return
    here = order.place(str(newest[CUSTOMER_ID]), int(newest["rank"]))
    if here is None:
        return
    with st.container(horizontal=True):
        for place, icon, key, end in ((here - 1, "left", "better", "Start"), (here + 1, "right", "worse", "End")):
            is_there = 0 <= place < len(order)
            st.button(
                f"Rank {count(int(order.ranks[place]))}" if is_there else f"{end} of the list",
                key=f"neighbour_{key}",
                icon=f":material/chevron_{icon}:",
                disabled=not is_there,
                on_click=_open,
                args=(str(order.customer_ids[place]) if is_there else "",),
            )


def _open(customer_id: str) -> None:
    st.session_state[CHOSEN] = customer_id
