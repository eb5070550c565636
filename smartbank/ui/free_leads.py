"""Which leads are free: looked up again when a list begins or ends, and after half a minute."""

from collections.abc import Set as AbstractSet

import streamlit as st

from smartbank.core.people import Actor
from smartbank.services.free_leads import free_and_worth_calling, on_lists
from smartbank.services.list_names import names_in_use
from smartbank.services.runs import Run
from smartbank.ui.resources import services
from smartbank.ui.text import count


def customers_on_lists(actor: Actor) -> AbstractSet[str]:
    """Return the ids of all customers on running lists."""
    running = _running(actor)
    return _on_lists(running, actor) if running else frozenset()


def free_words(run: Run, actor: Actor) -> str:
    """Return how many leads worth a call are on no list: ", 225 of them on no list". Empty where no list runs."""
    running = _running(actor)
    return f", {count(_free_and_worth_calling(run.run_id, running, actor))} of them on no list" if running else ""


def _running(actor: Actor) -> tuple[str, ...]:
    return tuple(sorted(names_in_use(by=actor, lists=services().lists)))


@st.cache_resource(max_entries=2, ttl=30, show_spinner=False)
def _on_lists(running: tuple[str, ...], _actor: Actor) -> frozenset[str]:  # noqa: ARG001  the key
    return on_lists(by=_actor, lists=services().lists)


@st.cache_data(max_entries=8, ttl=30, show_spinner=False)
def _free_and_worth_calling(run_id: str, running: tuple[str, ...], _actor: Actor) -> int:  # noqa: ARG001  the key
    return free_and_worth_calling(
        run_id,
        by=_actor,
        frames=services().frames,
        customers=services().customers,
        settings=services().settings,
        lists=services().lists,
    )
