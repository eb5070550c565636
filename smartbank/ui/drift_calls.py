"""Drift of what is sold: whether the calls of the last weeks sold as often as was said."""

from datetime import UTC, datetime

import streamlit as st

from smartbank.core.level_correction import MIN_CALLS, WINDOW
from smartbank.core.list_results import Calibration
from smartbank.core.people import Actor
from smartbank.core.rules import ScoringRules
from smartbank.services.drift_of_calls import recent_calibration
from smartbank.ui.resources import bank_settings, services
from smartbank.ui.results_words import calibration_sentence
from smartbank.ui.text import plural


@st.cache_data(max_entries=4, ttl=300, show_spinner="Counting the calls of the last weeks…")
def _recent(rules: ScoringRules, _actor: Actor) -> Calibration | None:
    return recent_calibration(rules, by=_actor, outcomes=services().outcomes, now=datetime.now(UTC))


def show_calls_drift(actor: Actor) -> None:
    """Show whether the bank's own calls sold as often as their propensities said."""
    st.subheader("Do calls sell as often as was said?")
    found = _recent(bank_settings().rules, actor)
    if found is None:
        st.caption(f"No own call of the last {WINDOW.days} days is decided yet.")
        return
    st.markdown(f"{_icon(found)} {calibration_sentence(found)}")
    st.caption(
        f"Calls of the last {WINDOW.days} days on the base rate in force. Where outcomes are followed, the level of "
        f"the next ranking follows them from {MIN_CALLS} decided calls on."
    )


def show_calls_line(actor: Actor) -> None:
    """Say in a line that calls sell more or less often than was said, where chance does not explain it."""
    found = _recent(bank_settings().rules, actor)
    if found is not None and _has_drifted(found):
        st.markdown(f"{_icon(found)} Last {plural(WINDOW.days, 'day')}: {calibration_sentence(found)}")


def _has_drifted(found: Calibration) -> bool:
    return found.calls >= MIN_CALLS and not found.ratio.low <= 1 <= found.ratio.high


def _icon(found: Calibration) -> str:
    return ":material/warning:" if _has_drifted(found) else ":material/check_circle:"
