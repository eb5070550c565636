"""What a list of the best 20 % of the run to begin on will bring, and how sure that is."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from smartbank.core.card_figures import card_interval, card_level_error, card_number, card_rows
from smartbank.core.expected_sales import SalesInterval
from smartbank.core.fields import CAMPAIGN_FIELDS
from smartbank.core.level import level_rate
from smartbank.core.people import Actor
from smartbank.services.drift import drift_of
from smartbank.services.expecting import ListOutlook, best_of_run
from smartbank.services.runs import Run
from smartbank.ui.first_run import look_at_rankings, offer_passed_over
from smartbank.ui.model_first_line import HEADLINE, figure_with_span, times
from smartbank.ui.print_style import on_screen_only
from smartbank.ui.resources import services
from smartbank.ui.synthetic import show_synthetic
from smartbank.ui.text import count, decimal, percent, plain, plural
from smartbank.ui.tile import show_tile

_FEW = 10
"""Below so many sales a decimal is worth saying."""
_MOST = 0.5
_BARE = ("metrics", "C", "without_contact_history", "lift_20_month_mean")
"""Where the card has the lift of leads of whom nothing is known of calls."""


def show_next_list(actor: Actor) -> None:
    """Show expected sales of the best 20 % with both intervals, and what they rest on."""
    rankings = look_at_rankings(actor)
    run = rankings.first
    card = services().scorer.card
    error = card_level_error(card)
    outlook = _outlook(run.run_id, error or 0.0, actor) if run is not None else None
    if run is None or outlook is None:
        st.info(
            "No leads are ranked yet. Bring customers in on the page Leads; then this says what the best 20 % of them "
            "will bring.",
            icon=":material/format_list_numbered:",
        )
        return
    _tiles(outlook, has_error=error is not None)
    if doubt := doubt_sentence(card, outlook, has_history=not lacks_history(run)):
        st.warning(doubt, icon=":material/balance:")
    said = [expected_sentence(run, outlook), level_sentence(run, outlook, error)]
    st.markdown("\n\n".join([*said, *how_sure(card), *what_it_needs(card)]))
    offer_passed_over(rankings)
    show_synthetic(run)
    with on_screen_only("go_best"):
        if st.button(f"See these {plural(outlook.leads, 'lead')}", icon=":material/group:", key="go_best"):
            query = {"view": "Ranked leads", "run": run.run_id, "best": str(outlook.leads)}
            st.switch_page("pages/leads.py", query_params=query)


def expected_sentence(run: Run, outlook: ListOutlook) -> str:
    """Return what the list brings if the level is right, and what chance would."""
    right = outlook.if_level_is_right
    return (
        f"**If the level is right**, the best {plural(outlook.leads, 'lead')} of {count(outlook.of)} "
        f"({plain(run.source.label)}) bring {sales(right.expected)}, and {sales_span(right)} in 19 months of 20. "
        f"As many leads called at random would bring {sales(outlook.at_random)}."
    )


def level_sentence(run: Run, outlook: ListOutlook, error: float | None) -> str:
    """Return what the list brings if months differ as much as they did in the training data."""
    if error is None:
        return "How far a month's level may be off is not on the card of this model: the true range is wider."
    low, high = (level_rate(run.level.rate, move) for move in (-error, error))
    return (
        f"**As months differ**, it is {sales_span(outlook.as_months_differ)} sales. From one month to the next the "
        f"share of buyers moved a lot in the training data: a level of {percent(run.level.rate)} may as well turn out "
        f"as {percent(low)} or {percent(high)}."
    )


def how_sure(card: Mapping[str, Any]) -> list[str]:
    """Return how sure order and level are: one sentence where the card has its months, else none."""
    lifts = [month["lift"] for month in card_rows(card, "metrics", "C", "months") if "lift" in month]
    if not lifts:
        return []
    above = sum(lift > 1 for lift in lifts)
    return [
        f"**How sure?** Of the order, fairly: in {count(above)} of {plural(len(lifts), 'month')} the model had not "
        f"seen, the best 20 % bought more often than average ({times(min(lifts), digits=2)} in the worst month, "
        f"{times(max(lifts), digits=2)} in the best). Of the number, hardly: it stands and falls with the base rate in "
        "the bank's settings. Measure it on last month's calls."
    ]


def what_it_needs(card: Mapping[str, Any]) -> list[str]:
    """Return what is left of the order without contact history: one sentence where the card has it, else none."""
    bare = card_number(card, *_BARE)
    if bare is None:
        return []
    return [
        "**What it needs** is contact history: channel, attempt and what came of earlier calls. Where all of that is "
        f"unknown, the best 20 % bought {times(bare, digits=2)} as often as average."
    ]


def lacks_history(run: Run) -> bool:
    """Return whether of most leads of a run nothing is known of calls, this one or earlier ones."""
    drift = drift_of(run)
    if drift is None:
        return False
    history = {field.name for field in CAMPAIGN_FIELDS}
    missing = [one.missing[1] for one in drift.fields if one.name in history]
    return bool(missing) and min(missing) > _MOST


def doubt_sentence(card: Mapping[str, Any], outlook: ListOutlook, *, has_history: bool) -> str:
    """Return a warning where the first line does not hold, or propensities say too much; else nothing."""
    measured = card_interval(card, *HEADLINE)
    bare = card_number(card, *_BARE)
    said = outlook.times_as_often
    expected = sales_number(outlook.if_level_is_right.expected)
    if not has_history and bare is not None:
        return (
            f"**The first line does not hold for these leads: go by {sales(outlook.at_random * bare)} rather than "
            f"{expected}, if the level is right.** Nothing is known of calls to most of them, and in months the model "
            f"had not seen, the best 20 % of such leads did {times(bare, digits=2)} the average."
        )
    if measured is None or round(measured.low, 1) <= round(said, 1) <= round(measured.high, 1):
        return ""
    figure, ends = figure_with_span(measured)
    if said < measured.value:
        return (
            f"**The first line does not hold for these leads.** Their propensities say {times(said, digits=2)} the "
            f"average, where months the model had not seen had {figure} ({ends}): less is known of these leads, or "
            "they are more alike."
        )
    return (
        f"**If the level is right, go by {sales(outlook.at_random * measured.value)} rather than {expected}.** The "
        f"propensities of this list say {times(said)} the average; in months the model had not seen, the best 20 % "
        f"did {figure} ({ends})."
    )


def sales(number: float) -> str:
    """Return expected sales as "92 sales" or "4.2 sales"."""
    return plural(round(number), "sale") if number >= _FEW else f"{sales_number(number)} sales"


def sales_number(number: float) -> str:
    """Return a number of expected sales, with a decimal where it is small."""
    return decimal(number, digits=0 if number >= _FEW else 1)


def sales_span(interval: SalesInterval) -> str:
    """Return an interval as "76 to 108"."""
    return f"{count(interval.low)} to {count(interval.high)}"


@st.cache_data(max_entries=16, ttl="5m", show_spinner="Counting what the best 20 % will bring…")
def _outlook(run_id: str, level_error: float, _actor: Actor) -> ListOutlook | None:
    held = services()
    return best_of_run(
        run_id,
        level_error=level_error,
        by=_actor,
        frames=held.frames,
        customers=held.customers,
        settings=held.settings,
    )


def _tiles(outlook: ListOutlook, *, has_error: bool) -> None:
    right, differ = outlook.if_level_is_right, outlook.as_months_differ
    with st.container(horizontal=True):
        show_tile("Best 20 %", plural(outlook.leads, "lead"), f"of {count(outlook.of)}")
        show_tile("Expected sales", sales_number(right.expected), f"at random {sales_number(outlook.at_random)}")
        show_tile("If the level is right", sales_span(right), "sales, 19 months of 20")
        if has_error:
            show_tile("As months differ", sales_span(differ), "sales, 19 months of 20")
