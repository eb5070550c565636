"""The market in force at a glance: its first line, what it does to propensities, and warnings of values set by hand."""

from datetime import UTC, datetime
from typing import Final

import numpy as np
import streamlit as st

from smartbank.core.market.hops import HopOutcome
from smartbank.core.market.indicators import Indicator
from smartbank.core.market.overrides import Override, overrides_in_force
from smartbank.core.market.snapshot import MarketSnapshot, Origin
from smartbank.core.people import Actor
from smartbank.services.leveling import market_shift, reference_market
from smartbank.services.market_overrides import list_overrides
from smartbank.services.market_refresh import last_refreshes
from smartbank.services.market_view import market_places
from smartbank.ui.market_words import SAME_ORDER, SHORT, headline, old_sentence, value_text
from smartbank.ui.resources import bank_settings, services
from smartbank.ui.text import day, percent, plain

_HARDLY: Final = 0.0005
"""Below this share a change of the base rate rounds to nothing."""


def show_first_line(actor: Actor) -> None:
    """Show which market leads are scored in, what that does to propensities, and what to be careful of."""
    snapshot = services().market.look()
    places = market_places(snapshot, services().scorer.training_market)
    st.title(headline(snapshot, places, bank_settings().numbers))
    st.markdown(f"{level_sentence(snapshot)} {SAME_ORDER}")
    show_override_warnings(actor)
    if old := old_sentence(snapshot, today=datetime.now(UTC).date()):
        st.warning(f"{old} Levels may be off; the order is not.", icon=":material/history:")
    if all(each.origin is Origin.BUNDLED for each in snapshot.readings):
        _show_bundled(actor)


def _show_bundled(actor: Actor) -> None:
    """Say why every figure is one that came with SmartBank."""
    refreshes = last_refreshes(by=actor, jobs=services().jobs).values()
    outcomes = {hop.outcome for each in refreshes for hop in each.hops if hop.was_asked}
    if not services().configuration.market_online:
        said = "No source may be asked here"
    elif not outcomes:
        said = "No source was asked yet"
    elif HopOutcome.REFUSED in outcomes:
        said = "Sources answered, but what they sent was not believed"
    elif outcomes == {HopOutcome.FAILED} and not any(services().observations.newest(each) for each in Indicator):
        said = "The sources were asked, but none gave a figure"
    else:
        said = "Sources answered, but had nothing newer"
    st.info(
        f"{said}: these figures came with SmartBank, and each says of when it is. Scoring goes on with them."
        f"{' What was tried is under **Sources**.' if outcomes else ''}",
        icon=":material/inventory_2:",
    )


def level_sentence(snapshot: MarketSnapshot) -> str:
    """Return what a market does to the base rate."""
    base_rate = bank_settings().base_rate
    now = shifted(base_rate, shift_in_force(snapshot))
    if abs(now - base_rate) < _HARDLY:
        return f"The market leaves the level at the base rate, {percent(base_rate)}."
    moved = "up" if now > base_rate else "down"
    return f"The market moves the level {moved}, from {percent(base_rate)} to {percent(now)}."


def shift_in_force(snapshot: MarketSnapshot) -> float:
    """Return the log-odds a market moves the level by since the base rate in force was measured, within the guard."""
    scorer = services().scorer
    return market_shift(snapshot, reference_market(bank_settings().rules, scorer), scorer)


def shifted(share: float, log_odds: float) -> float:
    """Return a share in (0, 1) moved by log-odds."""
    return float(1 / (1 + np.exp(-(np.log(share / (1 - share)) + log_odds))))


def show_override_warnings(actor: Actor) -> None:
    """Warn of market figures set by hand while they are in force; asks the database only when there is one."""
    readings = services().market.look().readings
    if not any(each.origin is Origin.OVERRIDE for each in readings):
        return
    kept = list_overrides(by=actor, overrides=services().overrides)
    for override in overrides_in_force(kept, now=datetime.now(UTC)).values():
        st.warning(override_sentence(override), icon=":material/edit_note:")


def override_sentence(override: Override) -> str:
    """Return what is set by hand, by whom, until when and why."""
    indicator = Indicator(override.indicator)
    is_ = "are" if indicator is Indicator.CPI else "is"
    return (
        f"{SHORT[indicator]} {is_} set by hand to {value_text(override.value, indicator, bank_settings().numbers)} "
        f"by {plain(override.by)} until {day(override.expires_at)}: {plain(override.reason)}"
    )
