"""The release of a planned list: said in numbers, confirmed, queued, and watched."""

from datetime import UTC, datetime
from typing import Final

import streamlit as st

from smartbank.bootstrap import list_ports
from smartbank.core.call_lists import ListRequest
from smartbank.core.people import Actor
from smartbank.core.wording import agreeing
from smartbank.errors import SmartBankError
from smartbank.services.list_planning import PlannedList
from smartbank.services.list_release import queue_release
from smartbank.ui.meant import note_meant, what_was_meant
from smartbank.ui.progress import finished_work
from smartbank.ui.resources import services
from smartbank.ui.text import count, plain, plural

_RELEASING: Final = "releasing"
"""Key in the session state: the list being released."""
_LOOKED_AT: Final = "looked_at_plan"
"""Key in the session state: when it was looked up who is on the plan that somebody says to have looked at."""


def release_what_was_meant(actor: Actor) -> None:
    """Queue the release of the list that stood on the screen when its button was pressed; show why it cannot be.

    Ask before a plan is drawn: there may be none by now.
    """
    if meant := what_was_meant("release_list"):
        request, seen_at = meant
        _release(request, seen_at, actor)


def show_release(request: ListRequest, planned: PlannedList, actor: Actor, *, seen_at: datetime) -> None:
    """Show what a release means, ask for a confirmation, and follow the release until the list opens.

    Parameters
    ----------
    seen_at : datetime
        When it was looked up who may come on the list that is shown.
    """
    if list_id := st.session_state.get(_RELEASING):
        _follow(list_id, actor)
    plan = planned.plan
    with st.container(border=True):
        whom = f"for {plural(len(request.agents), 'agent')}" if request.agents else "outside of SmartBank"
        held = f" {count(plan.n_control)} more are on the list and not called." if plan.n_control else ""
        st.markdown(
            f"**Release “{plain(request.name)}”** in your name: {plural(plan.n_called, 'customer')} to call {whom}."
            f"{_without_number(planned)}{held} None of them can come on another list until this one ends. "
            "The list cannot be changed any more."
        )
        sure = st.checkbox("I have looked at it", key="release_sure", on_change=_note_look, args=(seen_at,))
        st.button(
            "Release the list",
            type="primary",
            icon=":material/send:",
            key="release_list",
            disabled=not sure,
            on_click=note_meant,
            args=("release_list", request, st.session_state.get(_LOOKED_AT, seen_at)),
        )


def _without_number(planned: PlannedList) -> str:
    lacking = planned.without_number
    return f" **{count(lacking)} of them {agreeing(lacking, 'has', 'have')} no phone number.**" if lacking else ""


def _note_look(seen_at: datetime) -> None:
    st.session_state[_LOOKED_AT] = seen_at


def _release(request: ListRequest, seen_at: datetime, actor: Actor) -> None:
    held = services()
    try:
        list_id = queue_release(
            request,
            by=actor,
            ports=list_ports(held),
            users=held.users,
            audit=held.audit,
            now=datetime.now(UTC),
            seen_at=seen_at,
        )
    except SmartBankError as exc:
        st.error(str(exc), icon=":material/error:")
        return
    st.session_state[_RELEASING] = list_id
    st.session_state.pop(_LOOKED_AT, None)
    st.rerun()


def _follow(list_id: str, actor: Actor) -> None:
    """Show how far a release is; open the list once it is released."""
    work = services().queue.find(list_id)
    if work.state.is_final:
        del st.session_state[_RELEASING]
    finished_work(list_id, actor)
    st.session_state["show_list"] = list_id
    st.rerun()
