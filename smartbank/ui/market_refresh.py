"""The button that has the sources of the market asked, and what came of it."""

from datetime import UTC, datetime
from typing import Final

import streamlit as st

from smartbank.core.market.indicators import Indicator
from smartbank.core.people import Actor, Right
from smartbank.core.wording import plural
from smartbank.core.work import Work, WorkState
from smartbank.services.market_work import queue_market_refresh
from smartbank.services.works import find_work
from smartbank.ui.market_words import SHORT, listed
from smartbank.ui.progress import note_looking_at, watch
from smartbank.ui.resources import services
from smartbank.ui.shortcuts import hint

_WORK: Final = "market_work"
"""Key in the session state: the refresh that was asked for here."""


def show_refresh(actor: Actor) -> None:
    """Offer to have the sources asked now, or show how far that is; in a browser that asked, what came of it."""
    if not services().configuration.market_online:
        st.info(
            "SmartBank is set not to ask any source, so figures stay as they are: SMARTBANK_MARKET_ONLINE is false.",
            icon=":material/cloud_off:",
        )
        return
    if work_id := st.session_state.get(_WORK):
        note_looking_at(work_id)
        work = find_work(work_id, by=actor, queue=services().queue)
        if not work.state.is_final:
            watch(work_id, actor)
            return
        services().market.forget()
        _outcome(work)
    if not actor.may(Right.REFRESH_MARKET):
        return
    if st.button(
        "Refresh now", type="primary", icon=":material/refresh:", key="market_refresh", help=hint("market_refresh")
    ):
        st.session_state[_WORK] = queue_market_refresh(
            by=actor, queue=services().queue, audit=services().audit, now=datetime.now(UTC)
        )
        st.rerun()


def _outcome(work: Work) -> None:
    if work.state is WorkState.FAILED:
        st.error(work.error, title="The refresh did not work", icon=":material/error:")
    elif work.state is WorkState.CANCELLED:
        st.info("The refresh was cancelled. What had come by then is kept.", icon=":material/cancel:")
    elif work.state is WorkState.DONE:
        _done(work.result["new_figures"], [Indicator(name) for name in work.result["failed"]])


def _done(new_figures: int, failed: list[Indicator]) -> None:
    said = f"{plural(new_figures, 'new figure')} came." if new_figures else "Nothing newer is published yet."
    if failed:
        names = listed([SHORT[each] for each in failed])
        st.warning(
            f"No source gave a fresh figure of: {names}; the last good one stays. Below is what was tried.",
            icon=":material/cloud_off:",
        )
    if new_figures or not failed:
        st.success(said, icon=":material/check:")
