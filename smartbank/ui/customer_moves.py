"""From one customer to another: the ones looked at before, and the next and previous of the list at hand."""

from typing import Final

import streamlit as st

from smartbank.core.people import Actor
from smartbank.errors import NotFoundError
from smartbank.ui.text import count, plain
from smartbank.ui.what_if import load_order_of

CHOSEN: Final = "customer"
"""Key of the field that names the customer, and its name in the address."""
_RECENT: Final = "recent_customers"
_MOST_RECENT: Final = 8


def note_looked_at(customer_id: str, name: str) -> None:
    """Remember for this session that a customer was looked at, the newest first."""
    seen: dict[str, str] = st.session_state.get(_RECENT, {})
    others = {each: said for each, said in seen.items() if each != customer_id}
    st.session_state[_RECENT] = dict(list(({customer_id: name} | others).items())[: _MOST_RECENT + 1])


def show_recent() -> None:
    """Offer the customers that were looked at in this session."""
    seen: dict[str, str] = st.session_state.get(_RECENT, {})
    if not seen:
        return
    st.markdown("**Looked at before**")
    with st.container(horizontal=True):
        for customer_id, name in list(seen.items())[:_MOST_RECENT]:
            st.button(plain(name), key=f"recent_{customer_id}", on_click=_open, args=(customer_id,))


def show_neighbours(customer_id: str, run_id: str, rank: int, actor: Actor) -> None:
    """Offer who is one rank better and one worse in the list the newest score is of; nobody where it is gone."""
    try:
        order = load_order_of(run_id, actor)
    except NotFoundError:
        return
    here = order.place(customer_id, rank)
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
