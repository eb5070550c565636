"""Work in progress: watched where it was queued, and on every screen's sidebar."""

from datetime import UTC, datetime
from typing import Final

import streamlit as st

from smartbank.core.people import Actor, Right
from smartbank.core.removed import ERASURE, MARKS, UPLOAD
from smartbank.core.work import Work, WorkKind, WorkState
from smartbank.errors import NotFoundError, SmartBankError
from smartbank.services.housekeeping import NO_LONGER_KEPT, UNDONE
from smartbank.services.works import RIGHT_TO_CANCEL, cancel_work, find_work, unfinished_works
from smartbank.ui.resources import services
from smartbank.ui.text import count, plain
from smartbank.ui.visitor import require_still

LOOKING_AT: Final = "looking_at"
"""Key in the session state: the work the page on the screen shows; nobody is told of it once more."""
_POLL_S: Final = 1.0
_MOST_SHOWN: Final = 5
_WHAT: Final = {
    WorkKind.UPLOAD: "Reading",
    WorkKind.RUN: "Scoring",
    WorkKind.EXPORT: "Exporting",
    WorkKind.REMOVAL: "Removing",
    WorkKind.MARKET: "Refreshing",
    WorkKind.TRAINING: "Training",
    WorkKind.LIST: "Releasing",
}
_WHAT_IS_REMOVED: Final = {UPLOAD: "Undoing", MARKS: "Lifting the marks of", ERASURE: "Erasing"}


def finished_work(work_id: str, actor: Actor) -> Work:
    """Return a piece of work that is done; until then show its progress and stop the run.

    While it waits or runs, a fragment polls it and offers to cancel; when it ends, the page runs again.
    Work that failed, was cancelled or expired is explained, and the run stops.
    """
    note_looking_at(work_id)
    try:
        work = find_work(work_id, by=actor, queue=services().queue)
    except NotFoundError as exc:
        st.error(f"{exc} It may have been removed; start again.", icon=":material/link_off:")
        st.stop()
    if work.state is WorkState.DONE:
        return work
    if work.state is WorkState.FAILED:
        st.error(work.error, title=f"{work_label(work)} did not work", icon=":material/error:")
    elif work.state is WorkState.CANCELLED:
        st.info(f"{work_label(work)} was cancelled. {_left_behind(work)}", icon=":material/cancel:")
    elif work.state is WorkState.EXPIRED:
        st.info(UNDONE if work.withdrawn else NO_LONGER_KEPT[work.kind], icon=":material/auto_delete:")
    else:
        watch(work_id, actor)
    st.stop()


def _left_behind(work: Work) -> str:
    """Return what cancelling did not take back."""
    if work.kind is WorkKind.RUN and work.request["source"]["kind"] == "upload":
        return "Customers of the file that were saved by then are kept; score the file again to have all of them."
    return "Nothing was kept of it."


def work_label(work: Work) -> str:
    """Return what a piece of work does: "Scoring customers.csv"."""
    if work.kind is WorkKind.MARKET:
        return "Refreshing the market figures"
    if work.kind is WorkKind.TRAINING:
        return "Training a challenger"
    named = (work.request.get("filename"), work.request.get("list_name"), work.request.get("source", {}).get("label"))
    name = next(filter(None, named), "leads")
    what = _WHAT_IS_REMOVED.get(work.request.get("what", ""), _WHAT[work.kind])
    return f"{what} {plain(name)}"


@st.fragment(run_every=_POLL_S)
def watch(work_id: str, actor: Actor) -> None:
    """Show how far a piece of work is and let those who may cancel it, until it ends and the page runs again."""
    try:
        require_still(actor)
        work = find_work(work_id, by=actor, queue=services().queue)
    except SmartBankError as exc:
        st.caption(f":material/cloud_off: {exc}")
        return
    if work.state.is_final:
        st.rerun()
    show_progress(work)
    st.caption("This goes on in the background: you can leave this page and come back.")
    may_cancel = actor.may(RIGHT_TO_CANCEL[work.kind]) and work.request.get("what") != ERASURE
    if may_cancel and st.button("Cancel", key=f"cancel_{work_id}", icon=":material/cancel:"):
        cancel_work(work_id, by=actor, queue=services().queue, audit=services().audit, now=datetime.now(UTC))
        st.rerun()


def show_progress(work: Work) -> None:
    """Draw one piece of work as a bar with what is done, and how much."""
    progress = work.progress
    numbers = f": {count(progress.done)} of {count(progress.total)}" if progress.total else ""
    st.progress(progress.share, text=f"{work_label(work)}. {progress.step}{numbers}")


def note_looking_at(work_id: str) -> None:
    """Remember until the page is drawn anew that it shows a piece of work."""
    st.session_state.setdefault(LOOKING_AT, set()).add(work_id)


def is_looked_at(work_id: str) -> bool:
    """Whether the page shows a piece of work already."""
    return work_id in st.session_state.get(LOOKING_AT, set())


def show_background_work(actor: Actor) -> None:
    """Show what is being worked on to those who may see leads. Raises `StorageError`."""
    if not actor.may(Right.SEE_LEADS):
        return
    for work in unfinished_works(by=actor, queue=services().queue, limit=_MOST_SHOWN):
        show_progress(work)
