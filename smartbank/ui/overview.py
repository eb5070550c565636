"""What the overview shows: one sentence, four figures, what to do next, and the last runs."""

from collections.abc import Sequence
from typing import Final

import pandas as pd
import streamlit as st

from smartbank.core.market.moves import moved_at
from smartbank.core.market.points import point_of
from smartbank.core.people import Actor, Right
from smartbank.core.wording import agreeing
from smartbank.core.work import WorkState
from smartbank.services.runs import Run
from smartbank.ui.my_work import look_at_my_work, work_words
from smartbank.ui.print_style import on_screen_only
from smartbank.ui.resources import services
from smartbank.ui.synthetic import show_synthetic
from smartbank.ui.text import count, days_ago, decimal, percent, plain, plural, when
from smartbank.ui.tile import show_tile

_THREE_STEPS: Final = (
    ("Bring customers in", "Upload a CSV, Excel or Parquet file. A template shows the columns."),
    ("Read the report, then score", "You see what is missing before anyone is scored."),
    ("Plan a list", "Say how many agents call for how long, and release it. Or save the leads as CSV or Excel."),
)
_RUNS_SHOWN: Final = 8


def first_line(run: Run | None, n_customers: int, *, free: str = "", market: str = "") -> str:
    """Return what there is to do, in one sentence with a number in it.

    Parameters
    ----------
    free : str
        How many of those worth a call are free to call, as `free_words` says it.
    market : str
        When the market moved.
    """
    if run is not None:
        summary, moved = run.summary, f"; {market}" if market else ""
        return (
            f"{count(summary.worth_calling)} of {plural(summary.leads, 'lead')} "
            f"{agreeing(summary.worth_calling, 'is', 'are')} worth a call{free}; "
            f"the best fifth holds {percent(summary.gain(0.2), digits=0)} of the sales{moved}."
        )
    if n_customers:
        return f"{plural(n_customers, 'customer')} {agreeing(n_customers, 'waits', 'wait')} to be ranked."
    return "Nothing is here yet: three steps to your first list."


def show_tiles(run: Run, n_customers: int) -> None:
    """Show four figures of a run, each with what it is measured by."""
    summary, snapshot = run.summary, services().market.look()
    called = f"if {agreeing(summary.leads, 'it is', f'all {count(summary.leads)} are')} called"
    with st.container(horizontal=True):
        show_tile("Leads ranked", count(summary.leads), f"of {plural(n_customers, 'customer')} kept")
        show_tile(
            "Call first: band A", count(summary.band_leads["A"]), f"then band B: {count(summary.band_leads['B'])}"
        )
        show_tile(
            "Sales expected",
            count(summary.expected_sales),
            called,
        )
        show_tile(
            "Market in force",
            f"{snapshot.as_of:%b %Y}",
            f"Euribor {decimal(snapshot.euribor3m, digits=2)} %",
        )
    st.caption(
        f"Ranked {when(run.work.created_at)}: {plain(run.source.label)}. "
        "A market moves the level of all propensities, never the order."
    )
    show_synthetic(run)


def market_moved(newest: Run | None) -> str:
    """Return when the market in force moved, to end a sentence; empty where it never did."""
    now = services().market.look()
    if newest is not None and point_of(newest.snapshot) != point_of(now):
        return "the market moved since that ranking"
    moment = moved_at(services().snapshots.recent(), now)
    return f"the market moved {days_ago(moment)}" if moment else ""


def show_next_steps(actor: Actor, *, has_run: bool) -> None:
    """Show what to do next as buttons; without a run, also the way to the first list."""
    with on_screen_only("next_steps"):
        st.subheader("What to do next")
        if not has_run:
            for number, (title, text) in enumerate(_THREE_STEPS, start=1):
                st.markdown(f"**{number}. {title}.** {text}")
        with st.container(horizontal=True):
            if has_run:
                _go("See whom to call first", "Ranked leads", ":material/format_list_numbered:", primary=True)
                if st.button("Plan a list", icon=":material/playlist_add:", key="go_plan"):
                    st.switch_page("pages/call_lists.py")
            if actor.may(Right.BRING_IN):
                _go("Bring customers in", "Bring customers in", ":material/upload_file:", primary=not has_run)
            _go("Find stored customers", "Stored customers", ":material/search:", primary=False)
            if st.button("See the market", icon=":material/monitoring:", key="go_market"):
                st.switch_page("pages/market.py")


def _go(label: str, view: str, icon: str, *, primary: bool) -> None:
    if st.button(label, icon=icon, type="primary" if primary else "secondary", key=f"go_{view}"):
        st.switch_page("pages/leads.py", query_params={"view": view})


def show_without_leads(n_customers: int, actor: Actor) -> None:
    """Show what somebody who sees no leads can do: make their calls, and look customers up."""
    waiting = work_words(look_at_my_work(actor)) if actor.may(Right.RECORD_OUTCOMES) else ""
    looking_up = f"{plural(n_customers, 'customer')} to look up before a call." if n_customers else ""
    st.title(waiting or looking_up or "Nobody is stored yet.")
    with st.container(horizontal=True):
        if waiting and st.button("Start calling", icon=":material/call:", type="primary", key="go_my_calls"):
            st.switch_page("pages/my_calls.py")
        if n_customers and st.button(
            "Find a customer",
            icon=":material/person_search:",
            type="primary" if not waiting else "secondary",
            key="go_customer",
        ):
            st.switch_page("pages/customer.py")


def show_runs(runs: Sequence[Run]) -> None:
    """Show the last runs, newest first."""
    if not runs:
        return
    st.subheader("Last runs")
    st.dataframe(
        pd.DataFrame([_run_row(run) for run in runs[:_RUNS_SHOWN]]),
        hide_index=True,
        alt="The last runs: when, whose leads, by whom, state, leads, expected sales",
    )


def _state(run: Run) -> str:
    if run.work.state is not WorkState.EXPIRED:
        return str(run.work.state)
    return "undone" if run.work.withdrawn else "no longer kept"


def _run_row(run: Run) -> dict[str, str]:
    done = run.work.state is WorkState.DONE
    return {
        "When": when(run.work.created_at),
        "Leads of": run.source.label + (" (replay)" if run.is_replay else ""),
        "Ranked by": run.work.created_by,
        "State": _state(run),
        "Leads": count(run.summary.leads) if done else "",
        "Expected sales": count(run.summary.expected_sales) if done else "",
    }
