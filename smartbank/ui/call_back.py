"""When to call back: quick choices, and a day and a time of one's own."""

from datetime import UTC, datetime, timedelta

import streamlit as st

from smartbank.core.calling_times import CallingTimes
from smartbank.core.outcomes import LATEST_CALL_BACK, OutcomeKind
from smartbank.core.people import Actor
from smartbank.services.calling import Call
from smartbank.ui.my_work import clock
from smartbank.ui.outcome_buttons import CHOOSES_TIME, record
from smartbank.ui.text import zone

_MOST_DAYS = LATEST_CALL_BACK.days - 1


def show_call_back(call: Call, actor: Actor, times: CallingTimes) -> None:
    """Ask when to call back, in place of the buttons, so that no key of theirs is pressed by mistake."""
    st.markdown("**When shall we call back?**")
    chosen = None
    with st.container(horizontal=True, key="call_back_choices"):
        for name, moment in times.call_back_choices(datetime.now(UTC)).items():
            if st.button(f"{name}, {clock(moment)}", key=f"call_back_{name}", icon=":material/schedule:"):
                chosen = moment
    own = choose_moment(times, key="call_back")
    with st.container(horizontal=True):
        if st.button("Save this time", key="call_back_save", icon=":material/check:", type="primary"):
            chosen = own
        if st.button("Back to the outcomes", key="call_back_leave", icon=":material/arrow_back:"):
            del st.session_state[CHOOSES_TIME]
            st.rerun()
    if chosen is not None:
        record(call, OutcomeKind.CALLBACK, actor, call_again_at=chosen)
        st.rerun()


def choose_moment(times: CallingTimes, *, key: str) -> datetime:
    """Ask for a day and a time in the zone of the reader, and say where no calls are made then."""
    now = datetime.now(zone())
    proposed = next(iter(times.call_back_choices(now).values()), now + timedelta(days=1)).astimezone(zone())
    with st.container(horizontal=True):
        last = now.date() + timedelta(days=_MOST_DAYS)
        day = st.date_input("Day", proposed.date(), now.date(), last, key=f"{key}_day", width=168)
        hour = st.time_input("Time", proposed.time(), key=f"{key}_time", step=900, width=168)
    moment = datetime.combine(day or proposed.date(), hour or proposed.time(), zone()).astimezone(UTC)
    if moment <= now:
        st.warning("This time has passed. Choose a later one.", icon=":material/history:")
    elif why := times.closed_because(moment):
        opens = times.opens_at(moment)
        then = f"The customer comes up on {clock(opens)}" if opens else "The customer would never come up"
        st.warning(f"No calls are made then: {why}. {then}.", icon=":material/event_busy:")
    return moment
