"""Plan a list: how many calls the hours allow, what they bring, who is left out, and the release."""

from datetime import UTC, datetime
from typing import Final

import numpy as np
import pandas as pd
import streamlit as st

from smartbank.bootstrap import list_ports
from smartbank.core.call_lists import ListRequest
from smartbank.core.number_format import NumberFormat
from smartbank.core.people import Actor, Right
from smartbank.core.ranking import rank_summary
from smartbank.core.wording import agreeing
from smartbank.errors import ListConstraintError
from smartbank.services.eligible import Eligible
from smartbank.services.list_planning import PlannedList, leads_to_plan, planned_list
from smartbank.ui.charts import WITHOUT_BUTTONS, gains_chart
from smartbank.ui.first_run import look_at_rankings, show_passed_over
from smartbank.ui.left_off import left_off_steps
from smartbank.ui.list_days import days_sentence, too_long_a_day
from smartbank.ui.list_plan_controls import asked_request
from smartbank.ui.list_release import release_what_was_meant, show_release
from smartbank.ui.my_work import calling_times
from smartbank.ui.resources import bank_settings, services
from smartbank.ui.run_choice import choose_run
from smartbank.ui.shared_phones import sharing_words
from smartbank.ui.text import count, decimal, money, percent, plural, when
from smartbank.ui.tile import show_tile

_FEW: Final = 10
"""Below so many sales a decimal is worth saying."""


def show_list_plan(actor: Actor) -> None:
    """Show the list the controls ask for, out of a run's leads, and to managers its release."""
    release_what_was_meant(actor)
    rankings = look_at_rankings(actor)
    runs = [run for run in rankings.offered if run.is_of_today]
    if not runs:
        st.title("There is nobody to plan a list of yet.")
        st.info("Rank your leads first, on the page Leads.", icon=":material/format_list_numbered:")
        return
    headline = st.container()
    run_id = choose_run(runs, rankings.first)
    eligible, seen_at = _eligible(run_id, actor)
    try:
        request = asked_request(run_id, actor)
        planned = planned_list(request, eligible, settings=bank_settings(), by=actor)
    except ListConstraintError as exc:
        headline.title("No such list is possible.")
        st.warning(str(exc), icon=":material/error:")
        _show_left_out(eligible, actor)
        return
    with headline:
        st.title(first_line(request, planned))
        times = calling_times()
        st.caption(
            f"Leads ranked {when(eligible.run.work.created_at)}: 4 of 5 such lists bring between the two numbers. "
            f"{days_sentence(request.capacity, times, datetime.now(UTC))}"
        )
        show_passed_over(rankings, run_id)
        if too_long := too_long_a_day(request.capacity, times):
            st.warning(too_long, icon=":material/schedule:")
        if unpaid := unpaid_words(planned):
            st.warning(unpaid, icon=":material/money_off:")
        if lacking := without_number_words(planned.without_number, planned.plan.n_called):
            st.warning(lacking, icon=":material/phone_disabled:")
        if sharing := sharing_words(planned.sharing_number, plural(planned.plan.n_called, "customer") + " to call"):
            st.warning(sharing, icon=":material/phone_forwarded:")
    _show_left_out(planned.eligible, actor, planned)
    _tiles(request, planned)
    _gains(planned, bank_settings().numbers)
    if actor.may(Right.RELEASE_LISTS):
        show_release(request, planned, actor, seen_at=seen_at)


@st.cache_data(max_entries=4, ttl=30, show_spinner="Looking up who may be called…")
def _eligible(run_id: str, _actor: Actor) -> tuple[Eligible, datetime]:
    """Return who may come on a list, and when that was looked up."""
    now = datetime.now(UTC)
    return leads_to_plan(run_id, by=_actor, ports=list_ports(services()), now=now), now


def first_line(request: ListRequest, planned: PlannedList) -> str:
    """Return how many calls there are and what they bring, beside as many at random."""
    capacity, value, sales = request.capacity, planned.value, planned.value.sales
    days = f" × {count(capacity.days)} days" if capacity.days > 1 else ""
    hours = decimal(capacity.hours, digits=0 if capacity.hours == int(capacity.hours) else 1)
    called = planned.plan.n_called
    calls = plural(capacity.calls, "call")
    if called < capacity.calls:
        calls += f", for which there {agreeing(called, 'is', 'are')} {plural(called, 'customer')}"
    return (
        f"{plural(capacity.agents, 'agent')} × {hours} h{days} = {calls}: {_sales(sales.expected)} sales expected "
        f"({count(sales.low)} to {count(sales.high)}), {_sales(value.at_random.expected)} at random."
    )


def without_number_words(lacking: int, called: int) -> str:
    """Return how many of those to be called have no phone number, in a sentence; empty for none."""
    if not lacking:
        return ""
    whom = f"{count(lacking)} of the {plural(called, 'customer')} to call {agreeing(lacking, 'has', 'have')}"
    return f"{whom} no phone number in SmartBank, so their calls can only be made with numbers from elsewhere."


def unpaid_words(planned: PlannedList) -> str:
    """Return that the calls cost more than they bring, and what to do; nothing where they pay."""
    value, called = planned.value, planned.plan.n_called
    if value.profit >= 0 or not called:
        return ""
    paid = max(0, called - value.below_break_even)
    return (
        f"These calls cost more than they bring: {count(paid)} of {count(called)} {agreeing(paid, 'is', 'are')} above "
        f"the {percent(value.break_even)} from which a call pays. Choose “Only calls that pay”, or plan fewer hours."
    )


def _sales(number: float) -> str:
    return decimal(number, digits=0 if number >= _FEW else 1)


def _show_left_out(eligible: Eligible, actor: Actor, planned: PlannedList | None = None) -> None:
    """Say in one line who cannot come on the list, by reason, and how many are called and held out."""
    ranked = len(eligible.ranked) + sum(eligible.left_out.values())
    steps = [f"{plural(ranked, 'lead')} ranked", *left_off_steps(eligible.left_out, actor)]
    steps.append(f"{count(len(eligible.ranked))} may be called")
    if planned is not None:
        steps.append(f"{count(planned.plan.n_called)} called")
        if planned.plan.n_control:
            steps.append(f"{count(planned.plan.n_control)} on the list and not called")
    st.caption(" → ".join(steps) + ".")
    short = planned.plan.n_called if planned else 0
    if planned and not len(eligible.ranked[planned.plan.roles == ""]) and short:
        st.info("Everybody who may be called is on the list: the hours are enough for more.", icon=":material/info:")


def _tiles(request: ListRequest, planned: PlannedList) -> None:
    value = planned.value
    with st.container(horizontal=True):
        show_tile(
            "Profit expected",
            money(round(value.profit)),
            f"{money(round(value.profit_low))} to {money(round(value.profit_high))}",
        )
        show_tile("Cost of the calls", money(round(value.cost)), f"{money(value.cost_of_call)} a call")
        show_tile("A call pays from", percent(value.break_even), f"{plural(value.below_break_even, 'call')} below that")
        show_tile(
            "One more agent hour",
            money(round(planned.next_hour)),
            f"{decimal(request.capacity.calls_per_hour, digits=1)} calls",
        )


def _gains(planned: PlannedList, numbers: NumberFormat) -> None:
    """Draw the gains curve with the capacity in it."""
    ranked = planned.eligible.ranked
    summary = rank_summary(ranked)
    share = planned.plan.n_called / len(ranked)
    held = planned.value.sales.expected / summary.expected_sales
    st.markdown("**What more hours would bring**")
    st.plotly_chart(
        gains_chart(summary.gains, chosen=share, held=held, numbers=numbers, mark="your hours"),
        key="plan_gains",
        alt=f"Your hours reach {percent(share, digits=0)} of the leads, with {percent(held, digits=0)} of the sales",
        config=WITHOUT_BUTTONS,
    )
    with st.expander("The same as a table"):
        steps = np.linspace(0.1, 1, 10)
        st.dataframe(
            pd.DataFrame(
                {
                    "Calls": [count(step * len(ranked)) for step in steps],
                    "Expected sales": [count(summary.gain(step) * summary.expected_sales) for step in steps],
                    "Share of expected sales": [percent(summary.gain(step)) for step in steps],
                }
            ),
            hide_index=True,
            key="plan_gains_table",
            alt="Expected sales by number of calls, best leads first",
        )
