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
from smartbank.ui.progress import finished_work
from smartbank.ui.resources import services
from smartbank.ui.text import count, plain, plural

_RELEASING: Final = "releasing"
"""Key in the session state: the list being released."""


def show_release(request: ListRequest, planned: PlannedList, actor: Actor) -> None:
    """Show what a release means, ask for a confirmation, and follow the release until the list opens."""
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
        sure = st.checkbox("I have looked at it", key="release_sure")
        if st.button("Release the list", type="primary", icon=":material/send:", key="release_list", disabled=not sure):
            _release(request, actor)


def _without_number(planned: PlannedList) -> str:
    lacking = planned.without_number
    return f" **{count(lacking)} of them {agreeing(lacking, 'has', 'have')} no phone number.**" if lacking else ""


def _release(request: ListRequest, actor: Actor) -> None:
    held = services()
    try:
        list_id = queue_release(
            request, by=actor, ports=list_ports(held), users=held.users, audit=held.audit, now=datetime.now(UTC)
        )
    except SmartBankError as exc:
        st.error(str(exc), icon=":material/error:")
        return
    st.session_state[_RELEASING] = list_id
    st.rerun()


def _follow(list_id: str, actor: Actor) -> None:
    """Show how far a release is; open the list once it is released."""
    work = services().queue.find(list_id)
    if work.state.is_final:
        del st.session_state[_RELEASING]
    finished_work(list_id, actor)
    st.session_state["show_list"] = list_id
    st.rerun()
