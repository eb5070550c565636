"""The ranked leads of a run: choose one, filter, sort, page, open a lead, export."""

from dataclasses import replace
from typing import Final

import numpy as np
import pandas as pd
import streamlit as st

from smartbank.core.fields import CUSTOMER_ID
from smartbank.core.level import moved_by
from smartbank.core.people import Actor, Right
from smartbank.core.ranking import CONTRIBUTION_COLUMNS, RankFilter, RankSummary
from smartbank.core.rules import BANDS, rules_from
from smartbank.core.score_purpose import SCORE_PURPOSE
from smartbank.core.settings_text import money_text
from smartbank.core.wording import agreeing
from smartbank.services.callable_leads import allowed, barred_now
from smartbank.services.customers import contact_details
from smartbank.services.free_leads import of_free
from smartbank.services.list_names import lists_holding
from smartbank.services.runs import Run, find_run, ranked_leads
from smartbank.ui.changed_settings import show_changed_settings
from smartbank.ui.charts import WITHOUT_BUTTONS, gains_chart
from smartbank.ui.export import show_export
from smartbank.ui.first_run import Rankings, look_at_rankings, show_passed_over
from smartbank.ui.free_leads import not_free
from smartbank.ui.left_out import show_left_out
from smartbank.ui.market_in_force import show_override_warnings
from smartbank.ui.paper import show_on_paper
from smartbank.ui.print_style import on_screen_only
from smartbank.ui.progress import finished_work
from smartbank.ui.resources import bank_settings, services
from smartbank.ui.run_choice import choose_run
from smartbank.ui.split import parts_of_run, show_list_split, show_market_line
from smartbank.ui.synthetic import show_synthetic
from smartbank.ui.table import (
    NAME_WIDTH,
    RANK_AND_BAND,
    SORT_HINT,
    names_or_ids,
    page_of,
    show_customer_table,
)
from smartbank.ui.text import count, decimal, field_value, percent, plain, plural
from smartbank.ui.unlike import show_unlike

SORTS: Final = {
    "Best first": ("rank", True),
    "Longest without contact first": ("days_since_contact", False),
    "Fewest attempts first": ("attempt", True),
    "Youngest first": ("age", True),
    "Oldest first": ("age", False),
}
_FEW: Final = 10
"""Below so many sales a decimal is worth saying, and of fewer leads a fifth says nothing."""
_LEVEL_FROM: Final = {
    "this run": "which these leads have on average",
    "earlier run": "by the level of the last whole run",
    "reference": "which the model's reference leads have on average",
}


@st.cache_data(max_entries=8, show_spinner="Loading the ranked leads…")
def _ranked(run_id: str, _actor: Actor) -> pd.DataFrame:
    return ranked_leads(run_id, by=_actor, frames=services().frames)


def show_ranked_leads(actor: Actor) -> None:
    """Show the run in the address, else the one to begin on."""
    rankings = look_at_rankings(actor)
    runs = _runs(rankings, actor)
    if not runs:
        st.title("No leads are ranked yet.")
        st.info("Bring customers in with a file, or rank the customers you have. Both are one click above.")
        return
    run = Run(finished_work(choose_run(runs, rankings.first), actor))
    ranked = _ranked(run.run_id, actor)
    headline = st.container()
    rank_filter, sort = _controls()
    barred, taken = barred_now(customers=services().customers, settings=services().settings), not_free(run, actor)
    meant = of_free(rank_filter, ranked, {*barred, *taken}).apply(ranked)
    may_be_called = allowed(meant, barred)
    chosen = allowed(may_be_called, taken) if rank_filter.free_only else may_be_called
    parts = parts_of_run(run, ranked)
    with headline:
        _first_line(run, ranked, chosen, actor, is_whole=len(meant) == len(ranked) and not rank_filter.free_only)
        _say_without(len(meant) - len(may_be_called), len(may_be_called) - len(chosen))
        show_passed_over(rankings, run.run_id)
        show_override_warnings(actor)
        if not chosen.empty:
            show_market_line(run)
        if show_unlike(run, actor) or show_changed_settings(run, actor):
            st.rerun()
    if chosen.empty:
        more = ", or show those who are not free too" if rank_filter.free_only else ""
        st.info(f"Lower the propensity, or choose more bands{more}.", icon=":material/filter_alt_off:")
        return
    _table(run, chosen, sort, actor)
    if actor.may(Right.EXPORT):
        _warn_of_taken(int(chosen[CUSTOMER_ID].isin(taken).sum()))
        show_export(run, rank_filter, meant=meant, chosen=chosen, actor=actor)
    show_list_split(run, parts, chosen)
    _gains(run, chosen)
    _show_ground(run)


def _runs(rankings: Rankings, actor: Actor) -> list[Run]:
    """Return the newest runs, the one to begin on, and the one in the address where these are older."""
    runs = rankings.offered
    linked = st.query_params.get("run")
    if linked and linked not in {run.run_id for run in runs}:
        runs.append(find_run(linked, by=actor, queue=services().queue))
    return runs


def _controls() -> tuple[RankFilter, str]:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        bands = st.multiselect("Bands", BANDS, key="band", bind="query-params", placeholder="All", width=200)
        lowest = st.number_input(
            "Propensity from, %", 0.0, 100.0, 0.0, 1.0, key="from", bind="query-params", width=160, format="%.1f"
        )
        best = st.number_input("Only the best (0 = all)", 0, None, 0, 100, key="best", bind="query-params", width=170)
        sort = st.selectbox("Sort", list(SORTS), key="sort", bind="query-params", width=245)
        free_only = st.checkbox(
            "Free to call",
            key="free",
            bind="query-params",
            help="Only leads on no running list, whom no rule on calling leaves out now.",
        )
    return RankFilter(tuple(sorted(bands)), lowest / 100, int(best), free_only), sort


def _first_line(run: Run, ranked: pd.DataFrame, chosen: pd.DataFrame, actor: Actor, *, is_whole: bool) -> None:
    summary = run.summary
    st.title(_headline(summary, ranked, chosen, is_whole=is_whole))
    st.caption(
        f"A call pays from {percent(run.threshold)}: {count(summary.worth_calling)} of all "
        f"{plural(summary.leads, 'lead')}. {_market(run)}. "
        f"{SCORE_PURPOSE}"
    )
    show_left_out(run, actor)
    if rows := run.source.phones_from:
        st.caption(
            f"When this was ranked, phone numbers in {rows} rows or more of the file were left out. Files hold the "
            "numbers that are stored now."
        )
    if erased := summary.leads - len(ranked):
        st.caption(
            f":material/person_off: {plural(erased, 'lead')} of this ranking {agreeing(erased, 'was', 'were')} erased "
            "since. The others keep their ranks, and the figures are still those of the day they were ranked."
        )
    show_synthetic(run)


def _market(run: Run) -> str:
    return f"Market: {plain(run.market_label)}" if run.is_replay else f"Market of {run.snapshot.as_of:%B %Y}"


def _say_without(barred_since: int, taken: int) -> None:
    """Say how many ranked leads are not shown: who objected since the ranking, and who is not free to call."""
    if barred_since:
        st.caption(f"{plural(barred_since, 'lead')} may not be called since this ranking: not shown, never exported.")
    if taken:
        are = agreeing(taken, "is", "are")
        st.caption(
            f"{plural(taken, 'lead')} {are} on a running list, or left out by a rule on calling now: not shown, and in "
            "no file from here."
        )


def _headline(summary: RankSummary, ranked: pd.DataFrame, chosen: pd.DataFrame, *, is_whole: bool) -> str:
    if chosen.empty:
        return f"None of {plural(summary.leads, 'lead')} matches."
    if is_whole:
        sales = summary.expected_sales
        said = plural(round(sales), "sale") if sales >= _FEW else f"{decimal(sales, digits=1)} sales"
        expected = f"{plural(summary.leads, 'lead')}: {said} expected."
        best = percent(summary.gain(0.2), digits=0)
        return f"{expected} The best fifth holds {best} of them." if summary.leads >= _FEW else expected
    sales = float(chosen["propensity"].sum())
    is_top = int(chosen["rank"].max()) == int(ranked["rank"].iloc[len(chosen) - 1])
    share = percent(sales / summary.expected_sales, digits=0)
    which = "The best" if is_top else agreeing(len(chosen), "This", "These")
    hold = agreeing(len(chosen), "holds", "hold")
    return f"{which} {count(len(chosen))} of {plural(summary.leads, 'lead')} {hold} {share} of the sales we expect."


def _table(run: Run, chosen: pd.DataFrame, sort: str, actor: Actor) -> None:
    column, rising = SORTS[sort]
    if column != "rank":
        chosen = chosen.sort_values([column, "rank"], ascending=[rising, True], kind="stable")
    page = page_of(chosen, key="leads_page")
    contacts = contact_details(page[CUSTOMER_ID].tolist(), by=actor, customers=services().customers)
    writer = services().writer_of(run.result["model_version"])
    sentences = writer.top_sentences(page, page[list(CONTRIBUTION_COLUMNS)].to_numpy(np.float64))
    on_lists = lists_holding(page[CUSTOMER_ID].tolist(), by=actor, lists=services().lists)
    rules = rules_from(run.result["rules"])
    profit = f"Profit, {rules.currency}"
    shown = pd.DataFrame(
        {
            "Rank": page["rank"],
            "Band": page["band"],
            "Propensity": 100 * page["propensity"],
            "Name": names_or_ids(contacts, page[CUSTOMER_ID]),
            **({"On the list": [on_lists.get(each, "") for each in page[CUSTOMER_ID]]} if on_lists else {}),
            profit: [rules.profit(share) for share in page["propensity"]],
            "Strongest reason": sentences["reason_1"],
            "Second reason": sentences["reason_2"],
            "Days since contact": page["days_since_contact"],
            "Attempt": page["attempt"],
            "Age": page["age"],
            "Job": [field_value("job", job) for job in page["job"]],
            "Customer": page[CUSTOMER_ID],
        }
    )
    show_customer_table(
        shown,
        page[CUSTOMER_ID].tolist(),
        key="leads_table",
        alt=f"Ranked leads, page of {len(page)}: rank, band, propensity, name, reasons",
        columns={
            **RANK_AND_BAND,
            "Name": st.column_config.TextColumn(width=NAME_WIDTH),
            "Strongest reason": st.column_config.TextColumn(width=370),
            "Second reason": st.column_config.TextColumn(width=370),
            profit: st.column_config.NumberColumn(
                format="%.2f", width=85, help="What a call brings on average: propensity times sale, less the call."
            ),
        },
    )
    with on_screen_only("sort_hint"):
        st.caption(SORT_HINT)
    show_on_paper(shown)


def _warn_of_taken(number: int) -> None:
    """Say that leads to take away are not free to call."""
    if number:
        st.caption(
            f":material/playlist_remove: {plural(number, 'lead')} of these {agreeing(number, 'is', 'are')} on a "
            "running list, to be called or held out for comparison there, or left out by a rule on calling now. A file "
            "from here holds them too, unless you tick **Free to call** above."
        )


def _gains(run: Run, chosen: pd.DataFrame) -> None:
    summary = run.summary
    share = len(chosen) / summary.leads
    held = float(chosen["propensity"].sum()) / summary.expected_sales
    st.markdown("**How much a longer list brings**")
    st.plotly_chart(
        gains_chart(summary.gains, chosen=share, held=held, numbers=bank_settings().numbers),
        key="leads_gains",
        alt=f"The chosen {percent(share, digits=0)} of leads hold {percent(held, digits=0)} of the expected sales",
        config=WITHOUT_BUTTONS,
    )
    with st.expander("The same as a table"):
        steps = np.linspace(0.1, 1, 10)
        st.dataframe(
            pd.DataFrame(
                {
                    "Best share of leads": [percent(step, digits=0) for step in steps],
                    "Leads": [count(step * summary.leads) for step in steps],
                    "Expected sales": [count(summary.gain(step) * summary.expected_sales) for step in steps],
                    "Share of expected sales": [percent(summary.gain(step)) for step in steps],
                }
            ),
            hide_index=True,
            alt="Expected sales by share of leads called",
        )


def _show_ground(run: Run) -> None:
    rules = rules_from(run.result["rules"])
    priced = replace(bank_settings(), currency=rules.currency)
    sale, call = (money_text(amount, settings=priced) for amount in (rules.value_of_sale, rules.cost_of_call))
    with st.expander("What the percentages rest on", icon=":material/info:"):
        st.caption(
            f"Level in force {percent(run.level.rate)}, {_LEVEL_FROM[run.result['level_source']]}: base rate "
            f"{percent(run.level.base_rate)} ({run.result['rules']['base_rate_source']}){moved_by(run.level)}. "
            f"A sale is worth {sale} and a call costs {call}. "
            f"Model {run.result['model_version']}."
        )
