"""Fairness in months the model had not seen, by group, and the price of leaving age and marital status out."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import pandas as pd
import streamlit as st

from smartbank.core.card_figures import card_part, card_rows
from smartbank.core.fairness import FOUR_FIFTHS
from smartbank.ui.text import count, decimal, level_name, percent, signed

_FAIRNESS: Final = ("metrics", "fairness")
_NOT_MEASURED: Final = (
    "The model in force was trained before this was measured, so nothing can be said of it. The next training"
    " measures it."
)


def show_past_groups(card: Mapping[str, Any], by: str) -> None:
    """Show who was on the best 20 % of months the model had not seen, who of them bought, and how right it was."""
    st.markdown("**Who bought, in months the model had not seen**")
    rows = card_rows(card, *_FAIRNESS, "groups", by)
    if not rows:
        st.info(_NOT_MEASURED, icon=":material/info:")
        return
    st.markdown(
        "The list is the best 20 % of each past month. Where *bought* is close to *propensity*, the figure is as right"
        " for the group as for all. Each month's average is set to what was sold: differences between groups count."
    )
    st.dataframe(
        _past(rows),
        hide_index=True,
        key="fair_past",
        alt="Groups in past months: share listed, listed who bought, mean propensity and share who bought",
    )
    rare = [level_name(row["group"]) for row in rows if row["ratio"] < FOUR_FIFTHS and not row["small"]]
    st.markdown(f"**Listed less than four fifths as often as all leads, then**: {', '.join(rare) or 'none'}.")
    st.caption("Calls of a bank in Portugal, 2009 and 2010: whom it called then decides who is in these rows.")


def _past(rows: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "Group": [level_name(row["group"]) for row in rows],
            "Leads": [count(row["leads"]) for row in rows],
            "Listed of the group": [percent(row["share_listed"]) for row in rows],
            "Against all leads": [f"{decimal(row['ratio'], digits=2)} times" for row in rows],
            "Listed who bought": [_share(row["conversion_listed"]) for row in rows],
            "Group: propensity": [percent(row["mean_propensity"]) for row in rows],
            "Group: bought": [percent(row["rate"]) for row in rows],
            "Note": ["small group" if row["small"] else "" for row in rows],
        }
    )


def show_price(card: Mapping[str, Any]) -> None:
    """Say what scoring without age and marital status cost in past months, by the card of the model in force."""
    price = card_part(card, *_FAIRNESS, "without_age_and_marital")
    if not price:
        st.info(_NOT_MEASURED, icon=":material/info:")
        return
    st.markdown(_price_sentence(price))
    st.dataframe(
        pd.DataFrame(_price_rows(price), columns=["What", "With both", "Without both"]),
        hide_index=True,
        key="fair_price",
        alt="Buyers, expected buyers, share of the oldest listed and AUC, with and without age and marital status",
    )


def _price_rows(price: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    usual, ahead = price["A"], price["C"]
    sales, expected = ahead["sales"], ahead["expected_sales"]
    return [
        ("Buyers on the best 20 % of past months", count(sales["with"]), count(sales["without"])),
        ("Expected buyers on it", decimal(expected["with"], digits=1), decimal(expected["without"], digits=1)),
        ("Listed of those of 60 and over", *_both(ahead["oldest_listed"])),
        ("The same in random folds", *_both(usual["oldest_listed"])),
        ("AUC in random folds", _auc(usual["auc_with"]), _auc(usual["auc_without"])),
        ("AUC within an unseen month, difference", "", _interval(ahead["auc_month_mean_difference"])),
    ]


def _both(shares: Mapping[str, float]) -> tuple[str, str]:
    return percent(shares["with"]), percent(shares["without"])


def _price_sentence(price: Mapping[str, Any]) -> str:
    sales, now, then = price["C"]["sales"], *_both(price["C"]["oldest_listed"])
    lost = sales["with"] - sales["without"]
    missed = f"{count(lost)} of {count(sales['with'])} buyers" if lost > 0 else "no buyer"
    return (
        f"Without both, {missed} on the best 20 % of past months would have been missed."
        f" {_order_sentence(price['C']['auc_month_mean_difference'])} The list would not be blind to age, as other"
        f" fields go with it: of those of 60 and over {then} would be listed, where {now} are with both."
    )


def _order_sentence(difference: Mapping[str, float]) -> str:
    if difference["high"] < 0:
        return "Leads would be ranked worse, by more than chance explains."
    if difference["low"] > 0:
        return "Leads would even be ranked better."
    return "Whether leads would be ranked better or worse cannot be told from chance."


def _share(value: float | None) -> str:
    return "nobody listed" if value is None else percent(value)


def _auc(value: float) -> str:
    return decimal(value, digits=4)


def _interval(difference: Mapping[str, float]) -> str:
    value, low, high = (signed(difference[name], digits=4) for name in ("value", "low", "high"))
    return f"{value} ({low} to {high})"
