"""The button that has the sources of the market asked, and what came of it."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

import streamlit as st

from smartbank.core.market.hops import HopOutcome, Refreshed
from smartbank.core.people import Actor, Right
from smartbank.core.wording import plural
from smartbank.core.work import Work, WorkState
from smartbank.services.market_work import queue_market_refresh
from smartbank.services.works import find_work
from smartbank.ui.market_words import SHORT, listed
from smartbank.ui.progress import note_looking_at, watch
from smartbank.ui.resources import services
from smartbank.ui.shortcuts import hint
from smartbank.ui.text import when

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
        _done([Refreshed.from_json(each) for each in work.result["refreshed"]], queued_at=work.created_at)


def _done(refreshed: Sequence[Refreshed], *, queued_at: datetime) -> None:
    """Say what is new, of what no source gave a figure, what nobody was asked for, and of what nothing is newer."""
    new_figures = sum(each.new_figures for each in refreshed)
    failed = [each for each in refreshed if each.has_failed]
    unasked = [each for each in refreshed if not each.was_asked]
    before = [each for each in refreshed if each.was_asked and _was_before(each, queued_at)]
    quiet = [each for each in refreshed if each.is_good and each not in before and not each.new_figures]
    if failed:
        st.warning(
            f"No source gave a fresh figure of: {_names(failed)}; the last good one stays. Below is what was tried.",
            icon=":material/cloud_off:",
        )
    for said in sorted({hop.said for each in unasked for hop in each.hops}):
        held = [each for each in unasked if any(hop.said == said for hop in each.hops)]
        st.info(f"Nobody was asked for: {_names(held)}. {said}", icon=":material/hourglass_empty:")
    if before:
        at = when(max(each.asked_at for each in before))
        st.info(
            f"The sources had just been asked for: {_names(before)} ({at}), so nobody was asked again. "
            "Below is what came of it.",
            icon=":material/history:",
        )
    if new_figures:
        st.success(f"{plural(new_figures, 'new figure')} came.", icon=":material/check:")
    elif quiet:
        what = "" if quiet == list(refreshed) else f" of: {_names(quiet)}"
        st.success(f"Nothing newer is published yet{what}.", icon=":material/check:")


def _was_before(refreshed: Refreshed, queued_at: datetime) -> bool:
    """Whether another refresh asked: it began before this one was wished for, or what it brought is not this one's."""
    brought = any(hop.outcome is HopOutcome.KEPT for hop in refreshed.hops)
    return refreshed.asked_at < queued_at or (brought and not refreshed.new_figures)


def _names(refreshed: Sequence[Refreshed]) -> str:
    return listed([SHORT[each.indicator] for each in refreshed])
