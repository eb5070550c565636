"""Tables of the results page: by band, by agent, by list, each with its numbers as a small file."""

from collections.abc import Hashable, Mapping, Sequence
from typing import Any, Final

import pandas as pd
import streamlit as st

from smartbank.core.call_lists import CallList
from smartbank.core.exports import harmless
from smartbank.core.hold_out import Role
from smartbank.core.list_by_group import results_by, uplift_by_list
from smartbank.core.people import Actor, Right
from smartbank.core.wording import agreeing
from smartbank.ui.charts import WITHOUT_BUTTONS
from smartbank.ui.model_table import small_csv
from smartbank.ui.print_style import on_screen_only
from smartbank.ui.resources import bank_settings
from smartbank.ui.results_charts import expectation_chart
from smartbank.ui.results_words import expected_words
from smartbank.ui.text import count, decimal, percent, plural, when

_CHANCE: Final = (
    "The range holds 19 of 20 groups if the level is right, so that one of twenty is outside by chance alone."
)


def show_bands(results: pd.DataFrame, actor: Actor) -> None:
    """Show the conversion of each band beside what was expected of it, and who is in none of the tables."""
    st.subheader("By band: sold against expected")
    if apart := apart_words(results):
        st.caption(apart)
    groups = results_by(results, "band")
    if not groups["decided"].sum():
        st.caption("No call by propensity is decided yet.")
        return
    st.plotly_chart(
        expectation_chart(groups, title="Band", numbers=bank_settings().numbers),
        key="results_bands",
        alt="Share of decided calls that sold in each band, and the range expected; the table below has the same",
        config=WITHOUT_BUTTONS,
    )
    st.caption(_CHANCE)
    with st.expander("The same as a table"):
        _table(group_words(groups, "Band"), groups.reset_index(), name="bands", said="by band", actor=actor)


def show_agents(results: pd.DataFrame, actor: Actor) -> None:
    """Show what each agent sold beside what was expected of the calls they were given."""
    groups = results_by(results, "agent")
    if groups.empty:
        return
    st.subheader("By agent")
    shown = group_words(groups, "Agent").assign(Agent=[harmless(str(name)) for name in groups.index])
    _table(shown, groups.reset_index(), name="agents", said="by agent", actor=actor)
    st.caption(
        f"{_CHANCE} Agents are not drawn at random either: a difference may be one of whom they were given. "
        "A customer counts with the agent who made the call that decided, or else the last call; one nobody called yet "
        "counts with who has them now."
    )


def show_lists(results: pd.DataFrame, lists: Sequence[CallList], actor: Actor) -> None:
    """Show what came of each list; what calling brought on it is the uncertain part."""
    st.subheader("By list")
    extra = uplift_by_list(results).rename(columns={"low": "extra_low", "high": "extra_high"})
    taken = results_by(results, "list_id").join(extra[["extra_sales", "extra_low", "extra_high"]])
    names = {each.list_id: each for each in lists}
    taken = taken.loc[[each.list_id for each in lists if each.list_id in taken.index]]
    shown = group_words(taken, "List").assign(List=[harmless(names[each].request.name) for each in taken.index])
    shown.insert(4, "Extra sales", [_extra(row) for row in taken.to_dict("records")])
    shown = shown.drop(columns=["Of decided", "Assumed no"])  # else the table is wider than a screen
    shown["Released"] = [_released(names[each]) for each in taken.index]
    _table(shown, taken.reset_index(), name="lists", said="by list", actor=actor)
    st.caption(
        "Extra sales are those that calling brought. A range that holds 0 tells nothing yet; most lists are too short "
        "to tell alone. Do not add them up: the first line weighs all chosen lists together."
    )


def apart_words(results: pd.DataFrame) -> str:
    """Return how many customers `show_exploration` has, and no other table; empty for none."""
    apart = int((results["role"] == Role.EXPLORATION).sum())
    if not apart:
        return ""
    drawn = f"{plural(apart, 'customer')} drawn from all others {agreeing(apart, 'is', 'are')} apart, below"
    return f"{drawn}: these tables and charts leave them out."


def show_exploration(results: pd.DataFrame, actor: Actor) -> None:
    """Show the calls that went to customers drawn from all others, which are in none of the tables above."""
    groups = results_by(results, "band", role=Role.EXPLORATION)
    if groups.empty:
        return
    drawn, decided, sold = (int(groups[name].sum()) for name in ("entries", "decided", "sold"))
    expected = expected_words(float(groups["expected"].sum()))
    st.subheader("Drawn from all others")
    st.markdown(
        f"{plural(drawn, 'customer')} further down {agreeing(drawn, 'is', 'are')} on the lists to see what is missed "
        f"there: of {plural(decided, 'decided call')} {count(sold)} sold where {expected} were expected. They count in "
        "profit and calibration, and in no other table or chart here."
    )
    with st.expander("These by band"):
        _table(
            group_words(groups, "Band"),
            groups.reset_index(),
            name="exploration",
            said="drawn from all others, by band",
            actor=actor,
        )


def group_words(groups: pd.DataFrame, title: str) -> pd.DataFrame:
    """Return groups as `results_by` returns them in words, numbers in the bank's format."""
    rows = groups.to_dict("records")
    return pd.DataFrame(
        {
            title: [str(name) for name in groups.index],
            "Sold": [count(row["sold"]) for row in rows],
            "Expected": [_expected(row) for row in rows],
            "That is": [_that_is(row) for row in rows],
            "Decided": [count(row["decided"]) for row in rows],
            "Of decided": [percent(row["rate"]) if row["decided"] else "" for row in rows],
            "Called": [count(row["called"]) for row in rows],
            "Customers": [count(row["entries"]) for row in rows],
            "Assumed no": [count(row["assumed"]) for row in rows],
        }
    )


def _expected(row: Mapping[Hashable, Any]) -> str:
    """Return "8.1 (4 to 13)"."""
    if not row["decided"]:
        return ""
    return f"{expected_words(row['expected'])} ({count(row['low'])} to {count(row['high'])})"


def _that_is(row: Mapping[Hashable, Any]) -> str:
    if not row["decided"]:
        return "none decided yet"
    if not row["outside"]:
        return "as expected"
    return "more than expected" if row["sold"] > row["expected"] else "fewer than expected"


def _extra(row: Mapping[Hashable, Any]) -> str:
    if pd.isna(row["extra_sales"]):
        return "nobody held out"
    low, high = (decimal(row[name] + 0.0, digits=0) for name in ("extra_low", "extra_high"))
    return f"{count(row['extra_sales'])} ({low} to {high})"


def _released(call_list: CallList) -> str:
    return when(call_list.released_at or call_list.created_at)


def _table(shown: pd.DataFrame, taken: pd.DataFrame, *, name: str, said: str, actor: Actor) -> None:
    """Show a table, and offer its numbers as a CSV to those who may take figures away."""
    st.dataframe(
        shown,
        hide_index=True,
        key=f"results_{name}_table",
        height="content",
        column_config={"List": st.column_config.TextColumn(width=180)},
        alt=f"Results {said}: sold, expected with its range, what that is, decided, called, customers",
    )
    if not actor.may(Right.EXPORT):
        return
    with on_screen_only(f"take_results_{name}"):
        st.download_button(
            "Download the table",
            small_csv(taken),
            f"smartbank-results-{name}.csv",
            "text/csv",
            icon=":material/download:",
            on_click="ignore",
            key=f"results_{name}_csv",
        )
