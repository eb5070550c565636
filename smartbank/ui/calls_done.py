"""What was recorded: the last call with its undo, and the calls of today with their corrections."""

from collections.abc import Mapping
from datetime import UTC, datetime

import pandas as pd
import streamlit as st

from smartbank.bootstrap import call_ports
from smartbank.core.calling_times import CallingTimes
from smartbank.core.outcomes import OUTCOME_NAMES, Outcome, OutcomeKind
from smartbank.core.people import Actor
from smartbank.errors import SmartBankError
from smartbank.services.my_calls import correct_outcome, take_back_outcome
from smartbank.services.my_work import MyWork
from smartbank.ui.call_back import choose_moment
from smartbank.ui.my_work import clock, done_words
from smartbank.ui.outcome_buttons import CHOOSES_TIME, CURRENT, LAST, call_of, say_next
from smartbank.ui.resources import services
from smartbank.ui.text import plain

_TAKE_BACK = "take it back: the call was not made"


def show_last(names: Mapping[str, str], actor: Actor) -> None:
    """Say what was recorded last, with a button that takes it back and has the customer on the screen again."""
    last: Outcome | None = st.session_state.get(LAST)
    if last is None or last.by != actor.username:
        return
    with st.container(horizontal=True, vertical_alignment="center", key="last_call_line"):
        st.markdown(f":material/check: {_recorded(last, names)}", width="content")
        if st.button("Undo", key="undo_call", icon=":material/undo:", type="tertiary"):
            if _taken_back(last, actor):
                st.session_state[CURRENT] = call_of(last)
            st.rerun()


def show_today(work: MyWork, names: Mapping[str, str], actor: Actor, times: CallingTimes) -> None:
    """Show how many calls were made today, each of them, and a way to correct one."""
    st.markdown(f"**Today:** {done_words(work)}")
    if not work.done:
        return
    with st.expander("My calls today, and correct one", icon=":material/history:"):
        st.dataframe(
            pd.DataFrame(
                {
                    "Time": [clock(each.at) for each in work.done],
                    "Customer": [names[each.customer_id] for each in work.done],
                    "Outcome": [_words(each) for each in work.done],
                }
            ),
            hide_index=True,
            key="calls_today",
            alt="Calls of today, newest first: time, customer, outcome",
        )
        _show_correction(work, names, actor, times)


def _show_correction(work: MyWork, names: Mapping[str, str], actor: Actor, times: CallingTimes) -> None:
    by_id = {each.outcome_id: each for each in work.done}
    chosen = st.selectbox(
        "Which call was it?",
        list(by_id),
        None,
        format_func=lambda key: f"{clock(by_id[key].at)} {names[by_id[key].customer_id]}: {_words(by_id[key])}",
        placeholder="choose",
        key=f"correct_which_{len(by_id)}_{sum(each.version for each in work.done)}",  # anew once something was recorded
    )
    if chosen is None:
        return
    outcome = by_id[chosen]
    options = [
        *(str(kind) for kind in OutcomeKind if kind is not outcome.outcome or kind is OutcomeKind.CALLBACK),
        _TAKE_BACK,
    ]
    wanted = st.selectbox(
        "What is right?",
        options,
        None,
        format_func=_option,
        placeholder="choose",
        key=f"correct_to_{chosen}_{outcome.version}",
    )
    again = choose_moment(times, key="correct_again") if wanted == OutcomeKind.CALLBACK else None
    if st.button("Correct", key="correct_call", icon=":material/edit:", disabled=wanted is None) and wanted:
        if wanted == _TAKE_BACK:
            _taken_back(outcome, actor)
        else:
            _correct(outcome, OutcomeKind(wanted), again, actor)
        st.rerun()


def _option(value: str) -> str:
    return value if value == _TAKE_BACK else OUTCOME_NAMES[OutcomeKind(value)]


def _correct(outcome: Outcome, kind: OutcomeKind, again: datetime | None, actor: Actor) -> None:
    ports, now = call_ports(services()), datetime.now(UTC)
    try:
        corrected = correct_outcome(outcome, kind, call_again_at=again, by=actor, ports=ports, now=now)
    except SmartBankError as exc:
        say_next(str(exc))
        return
    st.session_state[LAST] = corrected


def _taken_back(outcome: Outcome, actor: Actor) -> bool:
    """Take an outcome back, and return whether that worked."""
    try:
        take_back_outcome(outcome, by=actor, ports=call_ports(services()), now=datetime.now(UTC))
    except SmartBankError as exc:
        say_next(str(exc))
        return False
    last: Outcome | None = st.session_state.get(LAST)
    if last is not None and last.outcome_id == outcome.outcome_id:
        del st.session_state[LAST]
    st.session_state.pop(CHOOSES_TIME, None)
    say_next("Taken back, as if the call had not been made.", is_bad=False)
    return True


def _recorded(outcome: Outcome, names: Mapping[str, str]) -> str:
    said = f"{plain(names[outcome.customer_id])}: {_words(outcome)}."
    if outcome.outcome is OutcomeKind.OBJECTED:
        return f"{said} Nobody calls them any more: they are off all lists and files at once."
    return said


def _words(outcome: Outcome) -> str:
    name = OUTCOME_NAMES[outcome.outcome]
    again = outcome.call_again_at
    return f"{name}, {clock(again)}" if outcome.outcome is OutcomeKind.CALLBACK and again else name
