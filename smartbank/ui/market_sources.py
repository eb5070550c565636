"""Where market figures come from: what was tried and what came of it, when the next are due, and what was refused."""

from datetime import UTC, date, datetime
from typing import Final

import pandas as pd
import streamlit as st

from smartbank.core.exports import harmless
from smartbank.core.market.hops import Hop, HopOutcome, Refreshed
from smartbank.core.market.indicators import FACTS, Indicator
from smartbank.core.market.observations import SOURCE_NAMES
from smartbank.core.market.snapshot import Origin, Reading
from smartbank.core.people import Actor, Right
from smartbank.services.market_refresh import last_refreshes
from smartbank.services.market_view import refused_observations
from smartbank.ui.market_refresh import show_refresh
from smartbank.ui.market_words import age_sentence, asked_sentence, left_out_sentence, origin_sentence, value_text
from smartbank.ui.resources import bank_settings, services
from smartbank.ui.text import plain, when

_OUTCOMES: Final = {
    HopOutcome.KEPT: (":material/check_circle:", "New figures"),
    HopOutcome.NOTHING_NEWER: (":material/check:", "Nothing newer"),
    HopOutcome.FAILED: (":material/cloud_off:", "No fresh figure"),
    HopOutcome.REFUSED: (":material/block:", "Not believed"),
    HopOutcome.FRESH: (":material/schedule:", "Fresh"),
    HopOutcome.SKIPPED: (":material/redo:", "Not asked"),
}
"""Icon and words of what came of a hop."""

_STAYS: Final = (":material/keep:", "Meanwhile")


def show_sources(actor: Actor) -> None:
    """Show of each indicator when the next figure is due and what was tried, and which figures were refused."""
    show_refresh(actor)
    refreshes = last_refreshes(by=actor, jobs=services().jobs)
    st.subheader("What was tried")
    for reading in services().market.look().readings:
        with st.container(border=True, key=f"tried_{reading.indicator}"):
            _tried(reading, refreshes.get(reading.indicator), actor, today=datetime.now(UTC).date())
    _refused(actor)


def _tried(reading: Reading, refreshed: Refreshed | None, actor: Actor, *, today: date) -> None:
    st.markdown(f"**{FACTS[reading.indicator].title}**: {reading.period.words}. {origin_sentence(reading)}")
    age = "" if reading.origin is Origin.OVERRIDE else age_sentence(reading, today=today)
    if said := " ".join(each for each in (age, *_asked(reading.indicator, actor)) if each):
        st.caption(said)
    if refreshed is None:
        st.markdown(":material/hourglass_empty: No source was asked yet.")
        return
    st.markdown("\n".join(f"* {when(hop.at)}: {_said(hop, was_asked=refreshed.was_asked)}" for hop in refreshed.hops))


def _asked(indicator: Indicator, actor: Actor) -> tuple[str, str]:
    sources, daily = services().sources, bank_settings().daily_euribor
    return (
        asked_sentence(indicator, sources, daily_euribor=daily),
        left_out_sentence(indicator, sources, for_administrator=actor.may(Right.CHANGE_SETTINGS)),
    )


def _said(hop: Hop, *, was_asked: bool) -> str:
    stays = was_asked and hop.outcome is HopOutcome.SKIPPED  # the last line: what is in force as no source had better
    icon, words = _STAYS if stays else _OUTCOMES[hop.outcome]
    return f"{icon} **{words}.** {plain(hop.said)}"


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
