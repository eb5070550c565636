"""Whether propensities mean what they say: by decile, by month, before and after calibration."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from smartbank.core.card_figures import card_level_error, card_number, card_rows
from smartbank.core.people import Actor
from smartbank.ui.charts import WITHOUT_BUTTONS
from smartbank.ui.model_charts import level_chart, reliability_chart
from smartbank.ui.model_first_line import month_words
from smartbank.ui.model_table import show_table
from smartbank.ui.resources import bank_settings, services
from smartbank.ui.text import count, decimal, percent


def show_calibration(actor: Actor) -> None:
    """Show reliability by decile, the level by month, and what calibration did."""
    card = services().scorer.card
    _before_and_after(card)
    _reliability(card, actor)
    _levels(card, actor)


def _before_and_after(card: Mapping[str, Any]) -> None:
    figures = {
        name: card_number(card, "metrics", "C", "calibration", name)
        for name in ("brier_before", "brier_after", "ece_before", "ece_after")
    }
    if any(figure is None for figure in figures.values()):
        st.info(
            "The card of this version has no Brier score and calibration error before and after calibration; the next "
            "training measures them.",
            icon=":material/science:",
        )
        return
    with st.container(horizontal=True):
        for name, title in (("ece", "Calibration error"), ("brier", "Brier score")):
            before, after = figures[f"{name}_before"] or 0.0, figures[f"{name}_after"] or 0.0
            said = _points if name == "ece" else _brier
            st.metric(
                f"{title}, after calibrating",
                said(after),
                delta=f"before {said(before)}",
                delta_color="off",
                delta_arrow="off",
                border=True,
            )
    st.caption(
        "Months the model had not seen, each at its own level. The calibration error is how many percentage points "
        "propensities and conversion rates of tenths of the leads lie apart on average; the Brier score also counts "
        "how well leads are told apart. Lower is better for both. Calibrating is one factor on the log-odds, fitted on "
        "these same months: what it gains here is little, and flattered."
    )


def _points(share: float) -> str:
    """Return a difference of shares as "1.4 points": percentage points, which are no percentage of anything."""
    return f"{decimal(100 * share, digits=1)} points"


def _brier(score: float) -> str:
    return decimal(score, digits=4)


def _reliability(card: Mapping[str, Any], actor: Actor) -> None:
    st.subheader("Does 30 % mean 30 of 100?")
    deciles = pd.DataFrame(card_rows(card, "metrics", "C", "deciles"))
    if not {"decile", "leads", "mean_propensity", "conversion_rate"} <= set(deciles.columns):
        st.info("The card of this model holds no deciles with propensities.", icon=":material/science:")
        return
    away = (deciles["mean_propensity"] - deciles["conversion_rate"]).abs()
    worst = deciles.iloc[int(away.argmax())]
    st.markdown(
        "In months the model had not seen, **with each month at its own level**: if the level is right, propensities "
        f"lie {_points(float(away.mean()))} from what came of them on average, and at most "
        f"{_points(float(away.max()))} (decile {count(worst['decile'])}: said {percent(worst['mean_propensity'])}, "
        f"bought {percent(worst['conversion_rate'])})."
    )
    st.plotly_chart(
        reliability_chart(deciles, numbers=bank_settings().numbers),
        key="model_reliability",
        alt="Conversion rate against mean propensity by decile; the table below has the same",
        config=WITHOUT_BUTTONS,
    )
    show_table(
        pd.DataFrame(
            {
                "Decile": [count(value) for value in deciles["decile"]],
                "Leads": [count(value) for value in deciles["leads"]],
                "Mean propensity": [percent(value) for value in deciles["mean_propensity"]],
                "Conversion rate": [percent(value) for value in deciles["conversion_rate"]],
            }
        ),
        name="reliability",
        folded=True,
        alt="Mean propensity and conversion rate by decile",
        taken=deciles[["decile", "leads", "mean_propensity", "conversion_rate"]],
        actor=actor,
    )


def _levels(card: Mapping[str, Any], actor: Actor) -> None:
    st.subheader("Was the level of the next month foreseen?")
    months = pd.DataFrame(card_rows(card, "metrics", "C", "months"))
    columns = ["period", "leads", "base_rate_before", "mean_propensity", "rate"]
    if not set(columns) <= set(months.columns):
        st.info("The card of this model holds no levels by month.", icon=":material/science:")
        return
    st.markdown(level_words(card))
    st.plotly_chart(
        level_chart(months, numbers=bank_settings().numbers),
        key="model_levels",
        alt="Share of leads that bought in each month, and what was foreseen; the table below has the same",
        config=WITHOUT_BUTTONS,
    )
    show_table(
        pd.DataFrame(
            {
                "Month": [month_words(str(value)) for value in months["period"]],
                "Leads": [count(value) for value in months["leads"]],
                "Base rate before": [_share(value) for value in months["base_rate_before"]],
                "Foreseen": [_share(value) for value in months["mean_propensity"]],
                "Bought": [_share(value) for value in months["rate"]],
            }
        ),
        name="levels",
        folded=True,
        alt="Base rate before, mean propensity and conversion rate by month",
        taken=months[columns],
        actor=actor,
    )


def level_words(card: Mapping[str, Any]) -> str:
    """Return how far the level of the next month was off, with the market and without it."""
    before, market = card_number(card, "metrics", "C", "level", "base_rate_before"), card_level_error(card)
    said = (
        "The base rate of the month before is taken for the next one, and the market moves it a little. After a jump "
        "it is off by that jump; the bank's own outcomes correct it once they are recorded."
    )
    if before is None or market is None:
        return said
    helps = "closer" if market < before else "no closer"
    return (
        f"{said} It was off by {decimal(market, digits=2)} in log-odds (root mean square); without the market by "
        f"{decimal(before, digits=2)}: **the market brought it {helps}**."
    )


def _share(value: object) -> str:
    return "not known" if pd.isna(value) else percent(float(value))  # type: ignore[call-overload, arg-type]
