"""Which leads are free to call: looked up again when a list begins or ends, and after half a minute."""

from collections.abc import Set as AbstractSet
from datetime import UTC, datetime

import streamlit as st

from smartbank.core.fields import CUSTOMER_ID
from smartbank.core.people import Actor
from smartbank.services.callable_leads import callable_leads
from smartbank.services.free_leads import leads_not_free
from smartbank.services.list_names import names_in_use
from smartbank.services.runs import Run
from smartbank.ui.resources import services
from smartbank.ui.text import count


def not_free(run: Run, actor: Actor) -> AbstractSet[str]:
    """Return the ids of a run's leads who are not free to call now: on a running list, or left out by a rule."""
    return _not_free(run.run_id, _running(actor), run, actor)


def free_words(run: Run, actor: Actor) -> str:
    """Return how many leads worth a call are free: ", 225 of them free to call now". Empty where all of them are."""
    free = _free_and_worth_calling(run.run_id, _running(actor), run, actor)
    return f", {count(free)} of them free to call now" if free < run.summary.worth_calling else ""


def _running(actor: Actor) -> tuple[str, ...]:
    return tuple(sorted(names_in_use(by=actor, lists=services().lists)))


@st.cache_resource(max_entries=4, ttl=30, show_spinner=False)
def _not_free(
    run_id: str,  # noqa: ARG001  these two are the key
    running: tuple[str, ...],  # noqa: ARG001
    _run: Run,
    _actor: Actor,
) -> frozenset[str]:
    held = services()
    return leads_not_free(
        _run,
        by=_actor,
        frames=held.frames,
        lists=held.lists,
        rules=held.rules,
        outcomes=held.outcomes,
        now=datetime.now(UTC),
    )


@st.cache_data(max_entries=8, ttl=30, show_spinner=False)
def _free_and_worth_calling(run_id: str, running: tuple[str, ...], _run: Run, _actor: Actor) -> int:
    held = services()
    leads = callable_leads(
        run_id, ["call"], by=_actor, frames=held.frames, customers=held.customers, settings=held.settings
    )
    worth = leads.loc[leads["call"].astype(bool), CUSTOMER_ID]
    return int((~worth.isin(_not_free(run_id, running, _run, _actor))).sum())
