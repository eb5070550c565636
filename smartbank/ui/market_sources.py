"""Where market figures come from: what was tried, what was refused and why, and when the next ones are due."""

from datetime import UTC, datetime

import pandas as pd
import streamlit as st

from smartbank.core.exports import harmless
from smartbank.core.market.choice import sources_in_order
from smartbank.core.market.indicators import FACTS
from smartbank.core.market.observations import SOURCE_NAMES
from smartbank.core.people import Actor
from smartbank.services.market_view import refused_observations
from smartbank.ui.market_words import age_sentence, value_text
from smartbank.ui.resources import bank_settings, services
from smartbank.ui.text import when


def show_sources(actor: Actor) -> None:
    """Show who is asked in which order, when the next figure is due, and what was refused."""
    today = datetime.now(UTC).date()
    st.subheader("When the next figures are due")
    st.dataframe(
        pd.DataFrame(
            [
                {
                    "Indicator": FACTS[reading.indicator].title,
                    "In force": f"{reading.period.words}, {harmless(reading.source)}",
                    "Next": age_sentence(reading, today=today),
                    "Asked, in this order": ", ".join(SOURCE_NAMES[one] for one in sources_in_order(reading.indicator)),
                }
                for reading in services().market.look().readings
            ]
        ),
        hide_index=True,
        key="due_table",
        alt="Indicators: figure in force, when the next one is due, sources in order",
    )
    _refused(actor)


def _refused(actor: Actor) -> None:
    st.subheader("Figures that were not believed")
    refused = refused_observations(by=actor, observations=services().observations)
    if not refused:
        st.caption("None: every figure that came was believed.")
        return
    numbers = bank_settings().numbers
    st.dataframe(
        pd.DataFrame(
            [
                {
                    "When": when(one.fetched_at),
                    "Indicator": FACTS[one.indicator].title,
                    "Of": one.period.words,
                    "Value": value_text(one.value, one.indicator, numbers),
                    "Source": SOURCE_NAMES[one.source],
                    "Why not": harmless(one.reason),
                }
                for one in refused
            ]
        ),
        hide_index=True,
        key="refused_table",
        alt="Figures that were refused, newest first: when, indicator, period, value, source, reason",
    )
