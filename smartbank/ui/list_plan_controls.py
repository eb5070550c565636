"""The controls of a plan: team and hours, objective, shares, hold-out, and how the list is worked."""

from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

import streamlit as st

from smartbank.core.assignment import Assignment
from smartbank.core.call_lists import MOST_ATTEMPTS, MOST_DAYS_TO_WAIT, NAME_CHARACTERS, ListRequest
from smartbank.core.capacity import MOST_DAYS, Capacity
from smartbank.core.fair_list import ShareBounds
from smartbank.core.fairness import group_names
from smartbank.core.hold_out import MOST_HELD_OUT, HoldOut
from smartbank.core.list_plan import Objective
from smartbank.core.people import Actor
from smartbank.services.agents import calling_agents
from smartbank.services.list_names import free_name, names_in_use
from smartbank.services.list_planning import next_seed
from smartbank.ui.fairness import BY_NAMES
from smartbank.ui.resources import bank_settings, services
from smartbank.ui.text import level_name

OBJECTIVES: Final = {"Most sales": Objective.SALES, "Only calls that pay": Objective.PROFIT}
ASSIGNMENTS: Final = {
    "Even sales": Assignment.EVEN_SALES,
    "In turn": Assignment.IN_TURN,
    "Who called last keeps the customer": Assignment.BY_OWNER,
}
_NO_SHARES: Final = "None"


def asked_request(run_id: str, actor: Actor) -> ListRequest:
    """Draw the controls and return the list they ask for; most of them are in the address.

    Raises
    ------
    ListConstraintError
        A value is not possible; the message says what to change.
    """
    agents, capacity = _team(actor)
    objective, field, bounds = _aim()
    only_with_number = _numbers(has_agents=bool(agents))
    hold_out = _hold_out()
    assignment, attempts, wait_days, name = _work(actor, has_agents=bool(agents))
    return ListRequest(
        run_id,
        name,
        capacity,
        next_seed(by=actor, lists=services().lists),
        objective=objective,
        hold_out=hold_out,
        agents=agents,
        assignment=assignment,
        share_field=field,
        bounds=bounds,
        attempts=attempts,
        wait_days=wait_days,
        only_with_number=only_with_number,
    )


def _team(actor: Actor) -> tuple[tuple[str, ...], Capacity]:
    known = calling_agents(by=actor, users=services().users)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        agents: list[str] = []
        if known:
            agents = st.multiselect(
                "Agents", known, default=known, key="plan_agents", bind="query-params", width=320, placeholder="None"
            )
        number = len(agents)
        if not agents:
            number = int(
                st.number_input("Agents, how many", 1, 10_000, 4, key="plan_number", bind="query-params", width=160)
            )
        hours = st.number_input(
            "Hours a day, each", 0.5, 24.0, 5.0, 0.5, key="plan_hours", bind="query-params", width=160
        )
        minutes = st.number_input(
            "Minutes a call",
            0.5,
            240.0,
            5.0,
            0.5,
            key="plan_minutes",
            bind="query-params",
            width=150,
            help="From one call to the next, with dialling, notes, and calls nobody answers.",
        )
        days = int(st.number_input("Days", 1, MOST_DAYS, 1, key="plan_days", bind="query-params", width=140))
    if not known:
        st.caption(
            "No user is an agent yet, so calls are made elsewhere. An administrator adds agents on the page Admin."
        )
    return tuple(agents), Capacity(number, float(hours), float(minutes), days)


def _aim() -> tuple[Objective, str, dict[str, ShareBounds]]:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        aim = st.selectbox("Aim", list(OBJECTIVES), key="plan_aim", bind="query-params", width=220)
        by = st.selectbox("Least shares by", [_NO_SHARES, *BY_NAMES], key="plan_by", bind="query-params", width=200)
        field = BY_NAMES.get(by, "")
        bounds: dict[str, ShareBounds] = {}
        if field:
            labels = {level_name(group): group for group in group_names(field)}
            chosen = st.multiselect(
                "Groups", list(labels), key=f"plan_groups_{field}", bind="query-params", width=320, placeholder="None"
            )
            for label in chosen:
                least = st.number_input(
                    f"{label}: at least, %",
                    0.0,
                    100.0,
                    10.0,
                    1.0,
                    format="%.1f",
                    key=f"plan_least_{field}_{list(labels).index(label)}",
                    bind="query-params",
                    width=220,
                )
                bounds[labels[label]] = ShareBounds(least / 100, 1.0)
    return OBJECTIVES[aim], field if bounds else "", bounds


def _numbers(*, has_agents: bool) -> bool:
    """Return whether only customers with a number come on the list: so it is, unless said otherwise, for agents."""
    return st.checkbox(
        "Only customers with a phone number",
        has_agents,
        key="plan_numbers" if has_agents else "plan_numbers_elsewhere",
        bind="query-params",
        help="Agents call the number SmartBank has. A dialler may have its own, by customer id.",
    )


def _hold_out() -> HoldOut:
    most = 100 * MOST_HELD_OUT
    with st.expander("What is left to chance"):
        st.markdown(
            "A part of the list is **not called**: only beside these customers can anybody say what calling brings. "
            "Another part of the calls goes to customers **drawn from all others**: only so does the model learn of "
            "those it ranks low. Agents do not see who is who."
        )
        with st.container(horizontal=True):
            control = st.number_input(
                "Not called, % of the list",
                0.0,
                most,
                5.0,
                1.0,
                format="%.1f",
                key="plan_control",
                bind="query-params",
                width=220,
            )
            exploration = st.number_input(
                "Drawn from all others, % of calls",
                0.0,
                most,
                2.0,
                1.0,
                format="%.1f",
                key="plan_exploration",
                bind="query-params",
                width=260,
            )
    return HoldOut(control / 100, exploration / 100)


def _work(actor: Actor, *, has_agents: bool) -> tuple[Assignment, int, int, str]:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        shared = "Even sales"
        if has_agents:
            shared = st.selectbox("Share out", list(ASSIGNMENTS), key="plan_share_out", bind="query-params", width=300)
        attempts = st.number_input(
            "Calls where nobody answers", 1, MOST_ATTEMPTS, 3, key="plan_attempts", bind="query-params", width=210
        )
        wait = st.number_input(
            "Days to wait for an answer",
            1,
            MOST_DAYS_TO_WAIT,
            30,
            key="plan_wait",
            bind="query-params",
            width=210,
            help="After these, a customer without a yes or no counts as declined, and the results say so.",
        )
        name = st.text_input("Name of the list", _name(actor), max_chars=NAME_CHARACTERS, key="plan_name", width=260)
    return ASSIGNMENTS[shared], int(attempts), int(wait), name


def _name(actor: Actor) -> str:
    today = f"List of {datetime.now(ZoneInfo(bank_settings().time_zone)):%-d %b %Y}"
    return free_name(today, names_in_use(by=actor, lists=services().lists))
