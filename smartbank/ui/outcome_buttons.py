"""Six buttons for what came of a call, each of them good for that one call."""

from datetime import UTC, datetime, timedelta
from typing import Final

import streamlit as st

from smartbank.bootstrap import call_ports
from smartbank.core.call_lists import CallList
from smartbank.core.outcomes import Outcome, OutcomeKind
from smartbank.core.people import Actor
from smartbank.errors import SmartBankError
from smartbank.services.calling import Call
from smartbank.services.my_calls import record_outcome
from smartbank.ui.resources import services

BUTTONS: Final = {
    OutcomeKind.SUBSCRIBED: ("Subscribed", ":material/check_circle:"),
    OutcomeKind.DECLINED: ("Declined", ":material/thumb_down:"),
    OutcomeKind.NO_ANSWER: ("No answer", ":material/phone_missed:"),
    OutcomeKind.CALLBACK: ("Call back at …", ":material/schedule:"),
    OutcomeKind.OBJECTED: ("Objected", ":material/do_not_disturb_on:"),
    OutcomeKind.WRONG_NUMBER: ("Wrong number", ":material/wrong_location:"),
}
"""In the order of their keys, 1 to 6."""
TOO_QUICK: Final = timedelta(seconds=1)
"""Nobody has called a customer so soon after seeing who it is: that was the second half of a double click."""
CURRENT: Final = "call_at_hand"
LAST: Final = "last_call"
CHOOSES_TIME: Final = "call_back_of"
_SAID: Final = "said_of_call"
_SHOWN: Final = "call_shown"
_WIDTH: Final = 168
"""Two buttons fit beside each other on a screen of 390 pixels."""
_ROW: Final = 560
"""Three buttons fit on a wider one."""


def say_next(text: str, *, is_bad: bool = True) -> None:
    """Have something said above the call that is drawn next."""
    st.session_state[_SAID] = (text, is_bad)


def show_said() -> None:
    """Say what there is to say, once."""
    text, is_bad = st.session_state.pop(_SAID, ("", False))
    if text and is_bad:
        st.error(text, icon=":material/error:")
    elif text:
        st.success(text, icon=":material/check:")


def button_key(kind: OutcomeKind, call: Call) -> str:
    """Return the key of a button: no click on one call's button is ever one on another call's."""
    return f"outcome_{kind}_{call.customer_id}_{call.attempt}_{call.list_id}"


def pressed(call: Call) -> OutcomeKind | None:
    """Return which of a call's buttons brought this run about; known before they are drawn again."""
    return next((kind for kind in BUTTONS if st.session_state.get(button_key(kind, call))), None)


def show_outcome_buttons(call: Call, *, is_open: bool) -> None:
    """Draw the buttons; `pressed` says in the next run which one it was."""
    known: tuple[Call, datetime] | None = st.session_state.get(_SHOWN)
    if known is None or known[0] != call:
        st.session_state[_SHOWN] = (call, datetime.now(UTC))
    with st.container(horizontal=True, gap="small", width=_ROW, key="outcomes"):
        for number, (kind, (label, icon)) in enumerate(BUTTONS.items(), start=1):
            st.button(
                label,
                key=button_key(kind, call),
                icon=icon,
                type="primary" if kind is OutcomeKind.SUBSCRIBED else "secondary",
                shortcut=str(number),
                width=_WIDTH,
                disabled=not is_open,
            )


def came_too_soon(call: Call) -> bool:
    """Whether a call was on the screen for less than `TOO_QUICK`; a key that is held down starts the time anew."""
    known: tuple[Call, datetime] | None = st.session_state.get(_SHOWN)
    now = datetime.now(UTC)
    if known is None or known[0] != call or now - known[1] >= TOO_QUICK:
        return False
    st.session_state[_SHOWN] = (call, now)
    return True


def record(call: Call, kind: OutcomeKind, actor: Actor, *, call_again_at: datetime | None = None) -> bool:
    """Record what came of a call, and return whether that worked; what there is to say is said in this run."""
    try:
        kept = record_outcome(
            call, kind, call_again_at=call_again_at, by=actor, ports=call_ports(services()), now=datetime.now(UTC)
        )
    except SmartBankError as exc:
        say_next(str(exc))
        return False
    st.session_state[LAST] = kept
    for name in (CURRENT, CHOOSES_TIME):
        st.session_state.pop(name, None)
    return True


def call_of(outcome: Outcome) -> Call:
    """Return the call an outcome is of."""
    return Call(outcome.list_id, outcome.customer_id, outcome.attempt)


def model_of(call_list: CallList) -> str:
    """Return the version of the model a list's reasons are of; empty for a list that was not released."""
    return call_list.ground.model_version if call_list.ground else ""
