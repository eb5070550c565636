"""Who calls for a released list, how far each is, and what one hands over to others."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

import pandas as pd
import streamlit as st

from smartbank.bootstrap import call_ports
from smartbank.core.call_lists import CallList
from smartbank.core.hand_over import HandOver
from smartbank.core.list_progress import LEFT, Standing
from smartbank.core.outcomes import OutcomeKind
from smartbank.core.people import Actor, Right
from smartbank.core.wording import agreeing
from smartbank.errors import SmartBankError
from smartbank.services.agents import calling_agents
from smartbank.services.hand_over import hand_over
from smartbank.ui.meant import note_meant, what_was_meant
from smartbank.ui.notice import Notice, leave_notice
from smartbank.ui.resources import services
from smartbank.ui.text import count, decimal, percent, plain, plural, when


def show_list_agents(call_list: CallList, progress: pd.DataFrame, actor: Actor) -> None:
    """Show how far each agent is, what was handed over, and to whom the rest of somebody's calls could go."""
    if meant := what_was_meant("hand_over"):
        list_id, agent, to = meant
        _hand_over(list_id, agent, to, actor)
    called = progress[(progress["place"] > 0) & (progress["agent"] != "")]
    if called.empty:
        return
    left = Counter(map(str, called.loc[called["standing"].isin(LEFT), "agent"]))
    st.markdown("**By agent**")
    _show_table(called)
    st.caption(
        "Each customer, with all calls to them, counts with the agent who has them now. Who made a call is on the page "
        "Results."
    )
    for each in call_list.handed_over:
        st.caption(f":material/move_down: {handed_over_words(each)}")
    if left and call_list.state.is_running:
        _offer(call_list, left, actor)


def handed_over_words(handed: HandOver) -> str:
    """Return "mia handed 12 customers of ana over to rui and eva, 27 Nov 2026, 14:03."."""
    return (
        f"{plain(handed.by)} handed {plural(len(handed.places), 'customer')} of {plain(handed.agent)} over to "
        f"{plain(_names(handed.to))}, {when(handed.at)}."
    )


def _names(names: Sequence[str]) -> str:
    """Return "eva, lia and rui"."""
    *others, last = names
    return f"{', '.join(others)} and {last}" if others else last


def _show_table(called: pd.DataFrame) -> None:
    groups = called.groupby("agent", sort=True)
    st.dataframe(
        pd.DataFrame(
            {
                "Agent": list(groups.groups),
                "Customers": [count(len(group)) for _, group in groups],
                "Done": [percent((group["standing"] == Standing.DONE).mean(), digits=0) for _, group in groups],
                "Sold": [count((group["outcome"] == OutcomeKind.SUBSCRIBED).sum()) for _, group in groups],
                "Call-backs due now": [count((group["standing"] == Standing.CALL_BACK).sum()) for _, group in groups],
                "Calls to them so far": [count(group["calls"].sum()) for _, group in groups],
                "Expected sales": [decimal(group["propensity"].sum(), digits=1) for _, group in groups],
            }
        ),
        hide_index=True,
        key="list_agents",
        alt="Agents of the list: customers, done, sold, call-backs due, calls to them so far, expected sales",
    )


def _offer(call_list: CallList, left: Mapping[str, int], actor: Actor) -> None:
    able = calling_agents(by=actor, users=services().users)
    gone = [name for name in left if name not in able]
    for name in gone:
        n_left = left[name]
        st.warning(
            f"{plain(name)} cannot sign in as an agent any more: {plural(n_left, 'customer')} "
            f"{agreeing(n_left, 'waits', 'wait')} for a call nobody makes.",
            icon=":material/person_off:",
        )
    if not actor.may(Right.RELEASE_LISTS):
        return
    with st.expander("Hand calls over to other agents", expanded=bool(gone), icon=":material/move_down:"):
        with st.container(horizontal=True, vertical_alignment="bottom"):
            agent = st.selectbox(
                "Calls of",
                sorted(left, key=lambda name: (name in able, name)),
                key=f"hand_over_from_{call_list.list_id}",
                width=300,
            )
            to = st.multiselect(
                "Go to",
                [name for name in able if name != agent],
                key=f"hand_over_to_{call_list.list_id}",
                placeholder="agents",
                width=300,
            )
        st.caption(
            f"{plain(agent)} has {plural(left[agent], 'customer')} left on this list. They go over in turn, by the "
            "order of calling, call-backs agreed on included."
        )
        st.button(
            "Hand over",
            key="hand_over",
            icon=":material/move_down:",
            disabled=not to,
            on_click=note_meant,
            args=("hand_over", call_list.list_id, agent, tuple(to)),
        )


def _hand_over(list_id: str, agent: str, to: Sequence[str], actor: Actor) -> None:
    ports, users = call_ports(services()), services().users
    try:
        handed = hand_over(list_id, agent, to, by=actor, ports=ports, users=users, now=datetime.now(UTC))
    except SmartBankError as exc:
        st.error(str(exc), title="Nothing was handed over", icon=":material/error:")
        return
    leave_notice(Notice(handed_over_words(handed)))
