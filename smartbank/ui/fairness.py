"""Fairness on the model page: whom the list takes, by group, and what a least or a largest share costs."""

from typing import Final

import pandas as pd
import streamlit as st

from smartbank.core.evaluation import BEST_SHARE
from smartbank.core.fair_list import ShareBounds, best_listed, fair_list
from smartbank.core.fairness import (
    FAIRNESS_FIELDS,
    FOUR_FIFTHS_SOURCE,
    SMALL_GROUP,
    BoolArray,
    TextArray,
    group_names,
    group_table,
    groups_of,
    rarely_listed,
)
from smartbank.core.list_change import ListChange
from smartbank.core.people import Actor
from smartbank.errors import ListConstraintError
from smartbank.services.callable_leads import callable_leads
from smartbank.services.first_run import first_whole_run
from smartbank.services.runs import Run
from smartbank.ui.charts import WITHOUT_BUTTONS
from smartbank.ui.fairness_charts import groups_chart
from smartbank.ui.fairness_past import show_past_groups
from smartbank.ui.fairness_switch import ListAtHand, show_switch
from smartbank.ui.first_run import look_at_rankings, offer_passed_over
from smartbank.ui.list_cost import show_list_cost
from smartbank.ui.notice import show_notice
from smartbank.ui.resources import bank_settings, services
from smartbank.ui.synthetic import show_synthetic
from smartbank.ui.text import count, decimal, level_name, percent, plain, plural, when

BY_NAMES: Final = dict(zip(("Age", "Marital status", "Job"), FAIRNESS_FIELDS, strict=True))


def show_fairness(actor: Actor) -> None:
    """Show for the first whole run whom its list takes, and what it costs to take others; then the past, and prices.

    Which groups, and the length of the list, are in the address.
    """
    show_notice(lambda _: "")
    rankings = look_at_rankings(actor)
    run, at_hand = first_whole_run(rankings.runs), None
    leads = pd.DataFrame() if run is None else _leads(run, actor)
    if run is None or leads.empty:
        st.subheader("There is no ranked list to look at yet.")
        st.info("Rank a whole file, or all customers: a selection says nothing of whom a list takes.")
        by = _choice_of_groups()
    else:
        headline = st.container()
        offer_passed_over(rankings)
        by = _choice_of_groups()
        length = _choice_of_length(len(leads))
        _show_list(run, leads, headline, by=by, length=length)
        at_hand = ListAtHand(run.run_id, leads, length, by)
    show_past_groups(services().scorer.card, by)
    show_switch(actor, at_hand)


def _leads(run: Run, actor: Actor) -> pd.DataFrame:
    held, columns = services(), ("rank", "propensity", *FAIRNESS_FIELDS)
    return callable_leads(
        run.run_id, columns, by=actor, frames=held.frames, customers=held.customers, settings=held.settings
    )


def _choice_of_groups() -> str:
    name = st.radio("Groups by", list(BY_NAMES), horizontal=True, key="fair_by", bind="query-params")
    return BY_NAMES[name or "Age"]


def _choice_of_length(n_leads: int) -> int:
    """Return the length of the list; a link made on a longer run means all leads of this one."""
    if int(st.session_state.get("fair_length", 1)) > n_leads:
        st.session_state["fair_length"] = n_leads
    fifth = max(1, round(BEST_SHARE * n_leads))
    chosen = st.number_input(
        f"Length of the list, of {plural(n_leads, 'lead')}",
        *(1, n_leads, fifth, max(1, n_leads // 100)),
        key="fair_length",
        bind="query-params",
        width=260,
    )
    return int(chosen)


def _show_list(
    run: Run, leads: pd.DataFrame, headline: st.delta_generator.DeltaGenerator, *, by: str, length: int
) -> None:
    groups = pd.Series(groups_of(leads, by)).map(level_name).to_numpy(dtype=object)
    listed = best_listed(leads, length)
    table = _table(leads, groups, listed, by=by)
    with headline:
        st.subheader(_headline(table, length))
        st.caption(
            f"Run of {when(run.work.created_at)}, {plain(run.source.label)}, without leads who may not be called."
        )
        show_synthetic(run)
    _show_groups(table, length)
    _show_bounds(leads, groups, table, by=by, length=length)


def _table(leads: pd.DataFrame, groups: TextArray, listed: BoolArray, *, by: str) -> pd.DataFrame:
    order = [level_name(name) for name in group_names(by)]
    return group_table(groups, listed, leads["propensity"].to_numpy(dtype=float), order=order)


def _headline(table: pd.DataFrame, length: int) -> str:
    """Return whom the list takes most and least often, among groups that are not small."""
    overall = percent(length / int(table["leads"].sum()))
    sure = table[~table["small"]].sort_values("share_listed", kind="stable")
    if len(sure) < 2:
        return f"The list takes {overall} of all leads; the groups are too small to compare."
    names, shares = sure.index.tolist(), sure["share_listed"].tolist()
    aside = "; small groups aside" if table["small"].any() else ""
    return (
        f"The list takes {overall} of all leads: {percent(shares[-1])} of the group {names[-1]},"
        f" and {percent(shares[0])} of the group {names[0]}{aside}."
    )


def _show_groups(table: pd.DataFrame, length: int) -> None:
    shares = zip(table.index.tolist(), table["share"], table["share_of_list"], strict=True)
    st.plotly_chart(
        groups_chart(table, numbers=bank_settings().numbers),
        key="fair_chart",
        alt="Share of all leads, and of the list: "
        + "; ".join(f"{name} {percent(of_all)}, {percent(of_list)}" for name, of_all, of_list in shares),
        config=WITHOUT_BUTTONS,
    )
    st.dataframe(
        _shown(table), hide_index=True, key="fair_groups_table", alt=f"Groups on a list of the best {count(length)}"
    )
    rare = rarely_listed(table)
    which = f": {', '.join(rare)}." if rare else ": none."
    st.markdown(
        f"**Listed less than four fifths as often as all leads**{which} That is a sign to look closer, no verdict: a"
        " list takes who is likely to buy, and groups differ in that."
    )
    st.caption(f"Four-fifths rule: {FOUR_FIFTHS_SOURCE}. Here the comparison is with all leads.")
    small = table.index[table["small"]].tolist()
    if small:
        st.caption(f"Fewer than {SMALL_GROUP} leads, so their rates are mostly chance: {', '.join(small)}.")


def _shown(table: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "Group": table.index,
            "Leads": [count(value) for value in table["leads"]],
            "Share of all leads": [percent(value) for value in table["share"]],
            "On the list": [count(value) for value in table["listed"]],
            "Listed of the group": [percent(value) for value in table["share_listed"]],
            "Against all leads": [f"{decimal(value, digits=2)} times" for value in table["ratio"]],
            "Share of the list": [percent(value) for value in table["share_of_list"]],
            "Expected sales": [decimal(value, digits=1) for value in table["expected_sales"]],
            "Mean propensity": [percent(value) for value in table["mean_propensity"]],
            "Note": ["small group" if small else "" for small in table["small"]],
        }
    )


def _show_bounds(leads: pd.DataFrame, groups: TextArray, table: pd.DataFrame, *, by: str, length: int) -> None:
    st.markdown("**What a least or a largest share costs**")
    names = table.index.tolist()
    chosen = st.multiselect(
        "Groups with a share of their own", names, key=f"fair_shares_{by}", bind="query-params", placeholder="None"
    )
    bounds = {name: _bounds(name, float(table["share_of_list"][name]), by) for name in chosen}
    if not bounds:
        st.caption("Choose a group to give it a least or a largest share of the list. The ranked list stays as it is.")
        return
    try:
        found = fair_list(leads, groups, bounds, length=length, numbers=bank_settings().numbers)
    except ListConstraintError as exc:
        st.warning(str(exc), icon=":material/error:")
        return
    _show_cost(found, length)
    after = _table(leads, groups, found.listed, by=by)
    st.dataframe(
        _before_and_after(table, after), hide_index=True, key="fair_after", alt="Groups on the list with these shares"
    )


def _bounds(name: str, share: float, by: str) -> ShareBounds:
    """Ask for the shares of a group, which at first leave the list as it is."""
    place = [level_name(group) for group in group_names(by)].index(name)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.markdown(f"{name}: {percent(share)} of the list now")
        least, most = (
            st.number_input(
                f"{name}: {what}, %",
                *(0.0, 100.0, start, 1.0, "%.1f"),
                key=f"fair_{key}_{by}_{place}",
                bind="query-params",
                width=220,
            )
            for what, key, start in (("at least", "least", 0.0), ("at most", "most", 100.0))
        )
    return ShareBounds(least / 100, most / 100)


def _show_cost(found: ListChange, length: int) -> None:
    """Say in a sentence and in three figures what the shares cost."""
    show_list_cost(
        found,
        length,
        titles=("Expected sales, best list", "With these shares"),
        costs="These shares cost",
        nothing=f"These shares cost nothing: the best {count(length)} leads keep them already.",
    )
    if found.swapped:
        st.caption("A least share is rounded up to whole leads, a largest one down. The ranked list stays as it is.")


def _before_and_after(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "Group": before.index,
            "Best list": [count(value) for value in before["listed"]],
            "With these shares": [count(value) for value in after["listed"]],
            "Share of the list": [percent(value) for value in after["share_of_list"]],
            "Listed of the group": [percent(value) for value in after["share_listed"]],
            "Expected sales": [decimal(value, digits=1) for value in after["expected_sales"]],
        }
    )
