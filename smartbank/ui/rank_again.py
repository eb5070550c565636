"""Ranking customers again: whether that waits for others, and queueing it so that its list is shown next."""

from datetime import UTC, datetime

import streamlit as st

from smartbank.core.people import Actor
from smartbank.core.work import WorkKind
from smartbank.services.runs import RunSource, queue_run
from smartbank.ui.progress import is_looked_at, note_looking_at, watch
from smartbank.ui.resources import services


def says_it_waits(actor: Actor) -> bool:
    """Say once a page that leads are being ranked right now, and how far that is; return whether they are."""
    ranking = [work.work_id for work in services().queue.unfinished() if work.kind is WorkKind.RUN]
    if not ranking:
        return False
    if not is_looked_at(ranking[0]):
        note_looking_at(ranking[0])
        st.caption("Leads are being ranked right now; the new list is here once that is done.")
        watch(ranking[0], actor)
    return True


def rank_next(source: RunSource, actor: Actor) -> None:
    """Queue a ranking in the market in force, and have the page of ranked leads show it at its next run."""
    st.session_state["show_run"] = queue_run(
        source,
        market="snapshot",
        by=actor,
        queue=services().queue,
        audit=services().audit,
        now=datetime.now(UTC),
    )
