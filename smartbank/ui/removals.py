"""Removing customers: how far it is, what came of it, and the demo data in one step."""

from datetime import UTC, datetime
from typing import Final

import streamlit as st

from smartbank.core.people import Actor, Right
from smartbank.core.removed import removal_counts, removed_sentence
from smartbank.core.work import Work, WorkKind, WorkState
from smartbank.services.removals import queue_demo_removal
from smartbank.services.works import find_work, unfinished_works
from smartbank.ui.progress import note_looking_at, watch
from smartbank.ui.resources import services
from smartbank.ui.text import plural

_WATCHED: Final = "watched_removal"
_LOOKED_AT: Final = 100


def watch_removal(work_id: str) -> None:
    """Remember the removal to be shown by `show_removal`."""
    st.session_state[_WATCHED] = work_id


def show_removal(actor: Actor) -> None:
    """Show how far the user's removal is, and once it has ended in this tab what came of it; the inbox says it too."""
    work_id = st.session_state.get(_WATCHED) or _own_under_way(actor)
    if work_id is None:
        return
    watch_removal(work_id)
    note_looking_at(work_id)
    work = find_work(work_id, by=actor, queue=services().queue)
    if not work.state.is_final:
        watch(work_id, actor)
        st.stop()
    st.cache_data.clear()
    del st.session_state[_WATCHED]
    if work.state is WorkState.DONE:
        st.success(_outcome(work), icon=":material/check_circle:")
    else:
        st.error(work.error or "It was cancelled before its end. Start it again.", title="Not all of it is done")


def show_demo_removal(actor: Actor) -> None:
    """Offer to remove the demo customers, while there are any, to those who may."""
    show_removal(actor)
    if not actor.may(Right.REMOVE_DEMO) or not _has_synthetic():
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        if st.button("Remove demo data", icon=":material/science_off:", key="remove_demo"):
            _confirm(actor)
        st.caption("The customers marked (demo) are synthetic. Remove them once you work with your own.")


@st.cache_data(ttl=60, show_spinner=False)
def _has_synthetic() -> bool:
    return services().customers.has_synthetic()


@st.dialog("Remove the demo data?")
def _confirm(actor: Actor) -> None:
    st.markdown(
        "Every customer marked (demo) is removed, with the rankings that hold one. Your own customers stay and are "
        "ranked again. `python -m smartbank demo` brings demo customers back."
    )
    if st.button("Remove them", type="primary", key="remove_demo_confirmed", icon=":material/science_off:"):
        watch_removal(
            queue_demo_removal(by=actor, queue=services().queue, audit=services().audit, now=datetime.now(UTC))
        )
        st.rerun()


def _own_under_way(actor: Actor) -> str | None:
    """Return the removal the user began that goes on, also if the page was loaded again since."""
    under_way = unfinished_works(by=actor, queue=services().queue, limit=_LOOKED_AT)
    mine = [work for work in under_way if work.kind is WorkKind.REMOVAL and work.created_by == actor.username]
    return mine[0].work_id if mine else None


def _outcome(work: Work) -> str:
    again = " Those who stay are being ranked again." if work.result.get("run_id") else ""
    return removed_sentence(removal_counts(work.request, work.result), counted=plural) + again
