"""A strip below a slider: where on it the model has seen training rows, and where it has seen none."""

from html import escape

import streamlit as st

from smartbank.core.market.indicators import FACTS, Indicator
from smartbank.core.market.training import TrainingMarket
from smartbank.ui.text import decimal

_TRACK = (
    '<div role="img" aria-label="{said}" style="position:relative;height:6px;margin:0 3px 4px;border-radius:3px;'
    'background:rgba(128,138,150,.2)">{spans}</div>'
)
_SPAN = (
    '<span style="position:absolute;left:{left:.2f}%;width:{width:.2f}%;height:6px;border-radius:3px;'
    'background:rgba(128,138,150,.75)"></span>'
)


def show_range_strip(indicator: Indicator, training: TrainingMarket) -> None:
    """Draw a strip as wide as a slider from the lowest to the highest figure that is believable."""
    st.html(range_strip(indicator, training))


def range_strip(indicator: Indicator, training: TrainingMarket) -> str:
    """Return the strip as HTML made of numbers alone: a dark span for each stretch with training rows."""
    facts, seen = FACTS[indicator], training.seen(indicator)
    whole = facts.highest - facts.lowest
    spans = "".join(
        _SPAN.format(left=100 * (low - facts.lowest) / whole, width=max(0.5, 100 * (high - low) / whole))
        for low, high in seen
    )
    words = " and ".join(
        f"{decimal(low, digits=facts.decimals)} to {decimal(high, digits=facts.decimals)} %" for low, high in seen
    )
    return _TRACK.format(said=escape(f"{facts.title}: the model has seen {words}"), spans=spans)
