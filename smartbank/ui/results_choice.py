"""Which lists the results are of: the days of their release, an agent, one list; all of it is in the address."""

from collections.abc import Sequence
from typing import Final

import streamlit as st

from smartbank.core.call_lists import CallList
from smartbank.core.people import Actor
from smartbank.services.list_results import ListChoice, released_lists
from smartbank.ui.print_style import on_screen_only
from smartbank.ui.resources import bank_settings, services
from smartbank.ui.text import when

_EVERY: Final = ""
_LIST: Final = "list"
"""Name of the chosen list in the address."""


def choose_lists(released: Sequence[CallList], actor: Actor) -> list[CallList]:
    """Draw the controls, and return the lists they ask for, newest first."""
    agents = sorted({name for each in released for name in each.callers})
    with on_screen_only("results_choice"), st.container(horizontal=True, vertical_alignment="bottom"):
        first = st.date_input("Released from", None, key="released_from", bind="query-params", width=170)
        last = st.date_input("Released to", None, key="released_to", bind="query-params", width=170)
        agent = _agent(agents)
        within = released_lists(
            ListChoice(released_from=first, released_to=last, agent=agent),
            by=actor,
            lists=services().lists,
            time_zone=bank_settings().time_zone,
        )
        list_id = _one_list(within)
    return [each for each in within if list_id in (_EVERY, each.list_id)]


def _agent(agents: Sequence[str]) -> str:
    if not agents:
        return ""
    chosen = st.selectbox(
        "Lists with calls of",
        agents,
        None,
        placeholder="anybody",
        key="agent",
        bind="query-params",
        width=220,
        help="Lists on which this agent has calls. The figures are those of the whole lists.",
    )
    return chosen or ""


def _one_list(lists: Sequence[CallList]) -> str:
    """Draw the choice among lists and return the id of one, or nothing for all of them."""
    labels = {_EVERY: "All lists"} | {each.list_id: _label(each) for each in lists}
    linked = st.query_params.get(_LIST, _EVERY)
    if linked in labels and "results_list" not in st.session_state:
        st.session_state["results_list"] = linked
    if st.session_state.get("results_list") not in labels:
        st.session_state["results_list"] = _EVERY
    chosen: str = st.selectbox("List", list(labels), format_func=labels.__getitem__, key="results_list", width=320)
    if chosen:
        st.query_params[_LIST] = chosen
    else:
        st.query_params.pop(_LIST, None)
    return chosen


def _label(call_list: CallList) -> str:
    ended = "" if call_list.state.is_running else " · ended"
    return f"{call_list.request.name} · {when(call_list.released_at or call_list.created_at)}{ended}"
