"""How the ranking holds: deciles, gains and lift in months not seen, and bands month by month."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pandas as pd
import streamlit as st

from smartbank.core.card_figures import card_number, card_rows
from smartbank.core.people import Actor
from smartbank.core.rules import BANDS, ScoringRules
from smartbank.services.model_view import reference_bands
from smartbank.ui.charts import WITHOUT_BUTTONS, gains_chart
from smartbank.ui.model_charts import bands_chart, lift_chart
from smartbank.ui.model_first_line import month_words
from smartbank.ui.model_table import show_table
from smartbank.ui.resources import bank_settings, services
from smartbank.ui.text import count, decimal, percent

_FEW = 20
"""Below so many leads a rate is chance; it stands in the table and not in the chart."""


def show_ranking(actor: Actor) -> None:
    """Show deciles with gains and lift, and the conversion of each band by month."""
    card = services().scorer.card
    within = decile_rows(card, "month_deciles")
    deciles = decile_rows(card, "deciles") if within.empty else within
    st.subheader("Deciles in months the model had not seen")
    if deciles.empty:
        st.info("The card of this model holds no deciles.", icon=":material/science:")
    else:
        _deciles(card, deciles, is_within=not within.empty, actor=actor)
    _bands(card, actor)


def decile_rows(card: Mapping[str, Any], name: str) -> pd.DataFrame:
    """Return a table of deciles of the card; empty where it has none, or one that lacks a column."""
    needed = ["decile", "leads", "conversions", "conversion_rate", "lift", "gain"]
    table = pd.DataFrame(card_rows(card, "metrics", "C", name))
    return table[needed] if set(needed) <= set(table.columns) else pd.DataFrame(columns=needed)


def _deciles(card: Mapping[str, Any], deciles: pd.DataFrame, *, is_within: bool, actor: Actor) -> None:
    base_rate = card_number(card, "metrics", "C", "base_rate")
    base = "" if base_rate is None else f" Base rate: {percent(base_rate)}."
    if is_within:
        st.markdown(f"Deciles are made within each month; lift and gain are means of the months by leads.{base}")
    else:
        st.markdown(
            f"A tenth of the leads each, best first, **all months together**.{base} Months with many buyers fill "
            "the best deciles, so lift and gain here are higher than within one month: there it is the first line that "
            "counts."
        )
    numbers = bank_settings().numbers
    gains, lift = st.columns(2)
    with gains:
        st.markdown("**Gains: how many buyers the best leads hold**")
        held = float(deciles["gain"].iloc[1])
        st.plotly_chart(
            gains_chart(
                [0.0, *deciles["gain"]], chosen=0.2, held=held, numbers=numbers, sales="sales made", mark="best 20 %"
            ),
            key="model_gains",
            alt=f"The best 20 % of leads held {percent(held)} of the sales made; the table below has the rest",
            config=WITHOUT_BUTTONS,
        )
    with lift:
        st.markdown("**Lift: how often each tenth buys, against the average**")
        st.plotly_chart(
            lift_chart(deciles, numbers=numbers),
            key="model_lift",
            alt=f"Lift by decile, from {decimal(deciles['lift'].iloc[0], digits=1)} in the best to "
            f"{decimal(deciles['lift'].iloc[-1], digits=1)} in the last; the table below has them all",
            config=WITHOUT_BUTTONS,
        )
    show_table(
        pd.DataFrame(
            {
                "Decile": [count(value) for value in deciles["decile"]],
                "Leads": [count(value) for value in deciles["leads"]],
                "Bought": [count(value) for value in deciles["conversions"]],
                "Conversion rate": [percent(value) for value in deciles["conversion_rate"]],
                "Lift": [decimal(value, digits=2) for value in deciles["lift"]],
                "Gain": [percent(value) for value in deciles["gain"]],
            }
        ),
        name="deciles",
        folded=True,
        alt="Deciles: leads, conversions, conversion rate, lift, gain",
        taken=deciles,
        actor=actor,
    )


def _bands(card: Mapping[str, Any], actor: Actor) -> None:
    base_rate = card_number(card, "base_rate")
    st.subheader("Conversion of each band, month by month")
    rules = bank_settings().rules
    rules = replace(rules, base_rate=base_rate) if base_rate else rules
    table = _reference_bands(services().scorer.version, rules, actor)
    if table.empty:
        st.info("The rows this model was trained on are not beside it.", icon=":material/science:")
        return
    st.markdown(
        f"The training rows in bands at a base rate of {percent(base_rate or bank_settings().base_rate)}. The level "
        "moves from month to month and takes all bands along; what counts is that A stays above B, B above C and C "
        "above D. **The model has seen these rows**: in a new month the bands lie closer together."
    )
    drawn = table[table["leads"] >= _FEW]
    held, compared = bands_in_order(drawn)
    st.plotly_chart(
        bands_chart(drawn, numbers=bank_settings().numbers),
        key="model_bands",
        alt=f"Conversion rate of bands A to D by month; in {held} of {compared} months a better band bought more often",
        config=WITHOUT_BUTTONS,
    )
    st.caption(
        f"In {count(held)} of {count(compared)} months every better band bought more often than the next. Bands of "
        f"fewer than {_FEW} leads in a month are left out of the chart."
    )
    show_table(
        band_rows(table),
        name="bands",
        folded=True,
        alt="Conversion rate and leads of each band by month",
        taken=table,
        actor=actor,
    )


def band_rows(table: pd.DataFrame) -> pd.DataFrame:
    """Return one row a month: conversion rate of each band, with its leads."""
    cells = table.assign(
        cell=[f"{percent(rate)} of {count(leads)}" for rate, leads in zip(table["rate"], table["leads"], strict=True)]
    )
    wide = cells.pivot(index="period", columns="band", values="cell").reindex(columns=list(BANDS)).astype(object)
    wide = wide.where(wide.notna(), "none")
    wide.insert(0, "Month", [month_words(str(period)) for period in wide.index])
    return wide.rename(columns={band: f"Band {band}" for band in BANDS})


def bands_in_order(table: pd.DataFrame) -> tuple[int, int]:
    """Return in how many months the bands were in order, and of how many with two bands at least."""
    wide = table.pivot(index="period", columns="band", values="rate").reindex(columns=list(BANDS))
    rates = [[rate for rate in row if rate == rate] for row in wide.to_numpy().tolist()]  # noqa: PLR0124  not NaN
    compared = [row for row in rates if len(row) > 1]
    return sum(row == sorted(row, reverse=True) for row in compared), len(compared)


@st.cache_data(max_entries=4, show_spinner="Putting the training rows into bands…")
def _reference_bands(version: str, rules: ScoringRules, _actor: Actor) -> pd.DataFrame:
    model = services().models.load(version)
    return reference_bands(by=_actor, scorer=model.scorer, training_rows=model.training_rows, rules=rules)
