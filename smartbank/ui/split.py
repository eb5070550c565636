"""Market and customer on the screen: how much of a propensity, and of a whole list, is the one and the other."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import pandas as pd
import streamlit as st

from smartbank.core.market.flags import Flag, market_flags
from smartbank.core.market.indicators import FACTS, MARKET_FEATURES, Indicator
from smartbank.core.market.scale import place
from smartbank.core.market.snapshot import MarketSnapshot
from smartbank.core.split import ListSplit, Span, list_split, prediction_parts, split_parts
from smartbank.services.runs import Run
from smartbank.ui.resources import bank_settings, services
from smartbank.ui.split_words import (
    customer_sentence,
    list_sentence,
    market_name,
    share,
    stand_in_sentence,
    unlike_sentence,
)
from smartbank.ui.text import plain, plural, signed

_BANK: Final = "The model's average lead"
_CUSTOMER: Final = "What is known of the customer"
_PERSON: Final = "of it, the person"
_HISTORY: Final = "of it, earlier contacts"
_POINTS: Final = "Percentage points"


def show_customer_split(prediction: Mapping[str, Any], snapshot: MarketSnapshot | None) -> None:
    """Say in a sentence and a small table how much of a customer's propensity is market and how much customer."""
    numbers = bank_settings().numbers
    points = prediction_parts(prediction)[1]
    st.markdown(customer_sentence(points, snapshot, numbers))
    shown, market = points.rounded(1), market_name(snapshot).removeprefix("the ")
    rows = [
        (_BANK, share(shown.base, numbers)),
        (market.capitalize() if snapshot is None else f"M{market[1:]}", signed(shown.market)),
        (_CUSTOMER, signed(shown.customer)),
        (_PERSON, signed(shown.person)),
        (_HISTORY, signed(shown.history)),
        ("This lead", share(shown.total, numbers)),
    ]
    st.dataframe(
        pd.DataFrame(rows, columns=["Part", _POINTS]),
        hide_index=True,
        width=420,
        height="content",
        key="customer_split",
        alt="What the bank, the market and the customer add to this propensity",
    )


@st.cache_data(max_entries=8, show_spinner=False)
def _parts(run_id: str, intercept: float, _ranked: pd.DataFrame) -> pd.DataFrame:  # noqa: ARG001  the key of the cache
    return split_parts(_ranked, intercept=intercept)


def parts_of_run(run: Run, ranked: pd.DataFrame) -> pd.DataFrame:
    """Return the parts of each ranked lead of a run, on the index of the ranked frame."""
    return _parts(run.run_id, run.level.intercept, ranked)


def show_market_line(run: Run) -> None:
    """Say in a line how far the market of a run is like what the model has seen; nothing if it is.

    Of a replay, whose leads have a market each, for how many the market in force stood in.
    """
    if run.is_replay:
        not_own = run.result.get("not_own_market", {})  # a run of an earlier version did not count them
        if said := stand_in_sentence(not_own, run.snapshot, bank_settings().numbers):
            st.caption(f":material/warning: Market: {said}")
        return
    unlike = unlike_sentence(_flags(run))
    if unlike:
        st.caption(f":material/warning: Market: {unlike} The order holds; the level may be off.")


def show_list_split(run: Run, parts: pd.DataFrame, chosen: pd.DataFrame) -> None:
    """Show, folded, the parts of the whole list and of the chosen leads, and the market with its warnings."""
    flags, (whole, part) = _flags(run), _splits(parts, chosen)
    warnings = f" ({plural(len(flags), 'warning')})" if flags else ""
    with st.expander(f"What market and customers add{warnings}", icon=":material/call_split:"):
        st.markdown(list_sentence(whole, part, bank_settings().numbers, replay=run.is_replay))
        for flag in flags:
            st.markdown(f":material/warning: {flag.sentence}")
        if not run.is_replay:
            _market_table(run.snapshot)
        _parts_table(whole, part)


def _splits(parts: pd.DataFrame, chosen: pd.DataFrame) -> tuple[ListSplit, ListSplit | None]:
    """Return the split of all leads, and of the chosen ones where they are only some."""
    return list_split(parts), None if len(chosen) == len(parts) else list_split(parts.loc[chosen.index])


def _flags(run: Run) -> Sequence[Flag]:
    """Return the warnings about a run's market; in a replay each lead has its own."""
    if run.is_replay:
        return []
    return market_flags(run.snapshot, services().scorer.training_market, numbers=bank_settings().numbers)


def _market_table(snapshot: MarketSnapshot) -> None:
    numbers, training = bank_settings().numbers, services().scorer.training_market
    rows = []
    for indicator in map(Indicator, MARKET_FEATURES):
        reading, digits = snapshot.reading(indicator), FACTS[indicator].decimals
        found = place(reading.value, indicator, training)
        rows.append(
            {
                "Market": FACTS[indicator].title,
                "Value": share(reading.value, numbers, digits=digits),
                "Scored as": share(found.used, numbers, digits=digits),
                "Of": reading.period.words,
                "Source": plain(reading.source),
                "The model has seen": f"{share(found.low, numbers, digits=digits)} to "
                f"{share(found.high, numbers, digits=digits)}",
            }
        )
    st.dataframe(pd.DataFrame(rows), hide_index=True, key="list_market", alt="The market this list was ranked in")


def _parts_table(whole: ListSplit, chosen: ListSplit | None) -> None:
    numbers = bank_settings().numbers

    def row(name: str, mean: float, span: Span | None, mean_chosen: float | None) -> dict[str, str]:
        ends = ("", "") if span is None else (signed(span.low), signed(span.high))

        def said(points: float) -> str:
            return share(points, numbers) if span is None else signed(points)

        cells = {"Part": name, "All leads, mean": said(mean), "Lowest": ends[0], "Highest": ends[1]}
        return cells | ({} if mean_chosen is None else {"Chosen leads, mean": said(mean_chosen)})

    names = (
        (_BANK, "base", None),
        ("The market", "market", whole.market),
        ("What is known of the customers", "customer", whole.customer),
        (_PERSON, "person", whole.person),
        (_HISTORY, "history", whole.history),
        ("Mean propensity", "total", None),
    )
    shown, of_chosen = whole.mean.rounded(1), None if chosen is None else chosen.mean.rounded(1)
    rows = [
        row(name, getattr(shown, part), span, None if of_chosen is None else getattr(of_chosen, part))
        for name, part, span in names
    ]
    st.dataframe(
        pd.DataFrame(rows), hide_index=True, key="list_split", alt="What bank, market and customers add, in points"
    )
    st.caption(
        "In percentage points, added one after the other. The model's average lead is that of its past calls, recent "
        "months counting more, at this bank's level. The market counts from the one the base rate was measured in."
    )
