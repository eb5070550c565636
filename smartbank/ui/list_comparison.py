"""Two released lists side by side: who came, who left, who moved, and what did it."""

from typing import Final

import pandas as pd
import streamlit as st

from smartbank.core.fields import CUSTOMER_ID
from smartbank.core.list_difference import Cause, Change
from smartbank.core.people import Actor
from smartbank.errors import SmartBankError
from smartbank.services.call_lists import recent_lists
from smartbank.services.customers import contact_details
from smartbank.services.list_comparison import ComparedLists, compare_lists
from smartbank.ui.released_lists import choose_list
from smartbank.ui.resources import services
from smartbank.ui.table import NAME_WIDTH, names_or_ids, page_of, propensity_column, show_customer_table
from smartbank.ui.text import count, percent, plain, plural

CHANGE_NAMES: Final = {
    Change.LEFT: "left the list",
    Change.CAME: "came on the list",
    Change.MOVED: "moved",
    Change.STAYED: "stayed at its rank",
}
CAUSE_NAMES: Final = {
    Cause.DATA: "the customer's data changed",
    Cause.MODEL: "another model ranked",
    Cause.RULE: "a rule, an objection or another list",
    Cause.OTHERS: "others came before or fell behind",
    Cause.LENGTH: "the list is longer or shorter",
    Cause.CHANCE: "the draw of the hold-out",
    Cause.NEW: "ranked in the later run only",
    Cause.GONE: "ranked in the earlier run only",
    Cause.NONE: "",
}


def show_list_comparison(actor: Actor) -> None:
    """Show what changed from one list to another; both are in the address."""
    linked = [*st.query_params.get_all("before"), *st.query_params.get_all("after")]
    lists = recent_lists(by=actor, lists=services().lists, also=linked)
    if len(lists) < 2:
        st.title("There are no two lists to compare yet.")
        st.info("Release two lists, then this says who came, who left and why.", icon=":material/compare_arrows:")
        return
    headline = st.container()
    with st.container(horizontal=True):
        before = choose_list(lists, key="before", label="Earlier list", place=1)
        after = choose_list(lists, key="after", label="Later list")
    if before.list_id == after.list_id:
        headline.title("Choose two different lists.")
        return
    found = _compared(before.list_id, after.list_id, actor)
    headline.title(first_line(found))
    st.caption(market_sentence(found))
    _show_causes(found.table)
    _show_customers(found.table, actor)


@st.cache_data(max_entries=4, show_spinner="Comparing the lists…")
def _compared(before_id: str, after_id: str, _actor: Actor) -> ComparedLists:
    held = services()
    ground = held.lists.find(before_id).ground
    try:
        scorer = held.models.scorer_of(ground.model_version) if ground else None
    except SmartBankError:
        scorer = None  # the earlier model is gone; its part counts as the data's
    return compare_lists(before_id, after_id, old_scorer=scorer, by=_actor, lists=held.lists, frames=held.frames)


def first_line(found: ComparedLists) -> str:
    """Return who came, left and moved in one sentence."""
    counts = found.table["change"].value_counts()
    left, came, moved = (int(counts.get(str(each), 0)) for each in (Change.LEFT, Change.CAME, Change.MOVED))
    if not (left or came or moved):
        return "The two lists are the same."
    return f"{plural(came, 'customer')} came, {count(left)} left, {count(moved)} moved to another rank."


def market_sentence(found: ComparedLists) -> str:
    """Return what the market did, which moves everybody and so nobody on the list."""
    both = found.table.dropna(subset=["propensity_before", "propensity_after"])
    dates = [each.ground.market_date if each.ground else "" for each in (found.before, found.after)]
    if both.empty:
        return ""
    before, after = (percent(both[name].mean()) for name in ("propensity_before", "propensity_after"))
    where = "in the same market" if dates[0] == dates[1] else f"from the market of {dates[0]} to that of {dates[1]}"
    return (
        f"Those ranked both times had {before} on average, and {after} later, {where}. The market moves the level of "
        "all, and nobody's place."
    )


def _show_causes(table: pd.DataFrame) -> None:
    changed = table[table["change"] != Change.STAYED]
    if changed.empty:
        return
    rows = changed.groupby(["change", "cause"]).size().reset_index(name="Customers")
    rows = rows.sort_values("Customers", ascending=False)
    st.markdown("**What did it**")
    st.dataframe(
        pd.DataFrame(
            {
                "What": [CHANGE_NAMES[Change(change)] for change in rows["change"]],
                "Why": [CAUSE_NAMES[Cause(cause)] for cause in rows["cause"]],
                "Customers": [count(number) for number in rows["Customers"]],
            }
        ),
        hide_index=True,
        key="compare_causes",
        alt="Customers by what became of them and what did it",
    )


def _show_customers(table: pd.DataFrame, actor: Actor) -> None:
    names = {CHANGE_NAMES[change]: change for change in (Change.LEFT, Change.CAME, Change.MOVED)}
    chosen = st.segmented_control(
        "Show", list(names), key="compare_show", bind="query-params", default=next(iter(names)), required=True
    )
    shown = table[table["change"] == names[chosen or next(iter(names))]]
    if shown.empty:
        st.caption("Nobody.")
        return
    page = page_of(shown.reset_index(drop=True), key="compare_page")
    contacts = contact_details(page[CUSTOMER_ID].tolist(), by=actor, customers=services().customers)
    show_customer_table(
        pd.DataFrame(
            {
                "Name": names_or_ids(contacts, page[CUSTOMER_ID]),
                "Rank before": page["rank_before"],
                "Rank after": page["rank_after"],
                "Propensity before": 100 * page["propensity_before"],
                "Propensity after": 100 * page["propensity_after"],
                "Why": [CAUSE_NAMES[Cause(cause)] for cause in page["cause"]],
                "Customer": page[CUSTOMER_ID],
            }
        ),
        page[CUSTOMER_ID].tolist(),
        key="compare_table",
        alt=f"Customers who {plain(str(chosen))}, page of {len(page)}: name, ranks, propensities, why",
        columns={
            "Name": st.column_config.TextColumn(width=NAME_WIDTH),
            "Propensity before": propensity_column(width=140),
            "Propensity after": propensity_column(width=140),
        },
    )
