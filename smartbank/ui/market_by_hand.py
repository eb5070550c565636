"""Market figures set by hand: the form with its consequence, the way back, and who set what."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

import pandas as pd
import streamlit as st

from smartbank.core.audit import LONGEST_REASON, SHORTEST_REASON
from smartbank.core.exports import harmless
from smartbank.core.market.indicators import FACTS, MARKET_FEATURES, Indicator
from smartbank.core.market.overrides import Override, overrides_in_force
from smartbank.core.market.snapshot import MarketSnapshot, Origin
from smartbank.core.people import Actor, Right
from smartbank.services.market_overrides import MOST_DAYS, end_override, list_overrides, set_override
from smartbank.services.market_view import market_places
from smartbank.ui.market_in_force import level_sentence, override_sentence
from smartbank.ui.market_words import SHORT, used_sentence, value_text
from smartbank.ui.resources import bank_settings, services
from smartbank.ui.text import day, when

_TURN: Final = "by_hand_turn"
"""Key in the session state: how often the form was saved, so that it is empty afterwards."""
_DAYS: Final = 14


def show_by_hand(actor: Actor) -> None:
    """Show the values set by hand, and to those who may the form to set one and the buttons to take them back."""
    kept = list_overrides(by=actor, overrides=services().overrides)
    now = datetime.now(UTC)
    if actor.may(Right.SET_MARKET):
        in_force = overrides_in_force(kept, now=now)
        for override in in_force.values():
            _way_back(override, actor)
        _form(in_force, actor)
    st.subheader("Who set what")
    if not kept:
        st.caption("Nobody set a market figure by hand yet.")
        return
    st.dataframe(
        pd.DataFrame([_row(each, now) for each in kept]),
        hide_index=True,
        key="overrides_table",
        alt="Values set by hand, newest first: indicator, value, by whom, why, from, until, how it ended",
    )


def _form(in_force: dict[Indicator, Override], actor: Actor) -> None:
    turn = st.session_state.setdefault(_TURN, 0)
    st.subheader("Set a figure by hand")
    st.caption(
        "It goes before every source until it ends, and everybody sees it. Put no customer's name in the reason."
    )
    with st.container(horizontal=True, vertical_alignment="bottom"):
        indicator = st.selectbox(
            "Figure",
            [Indicator(name) for name in MARKET_FEATURES],
            format_func=lambda one: FACTS[one].title,
            key=f"by_hand_indicator_{turn}",
            width=280,
        )
        value = _value(indicator, turn)
        days = st.number_input("For how many days", 1, MOST_DAYS, _DAYS, key=f"by_hand_days_{turn}", width=180)
    reason = st.text_area(
        "Why",
        key=f"by_hand_reason_{turn}",
        max_chars=LONGEST_REASON,
        height=80,
        placeholder=f"At least {SHORTEST_REASON} characters: the figure of October is out, and the source is late",
    )
    st.markdown(f":material/info: {_consequence(indicator, value, actor)}")
    if st.button(
        "Set by hand",
        type="primary",
        icon=":material/edit_note:",
        key="by_hand_save",
        disabled=len(reason.strip()) < SHORTEST_REASON,
    ):
        _save(indicator, value, reason, int(days), seen=in_force.get(indicator), actor=actor)


def _value(indicator: Indicator, turn: int) -> float:
    facts = FACTS[indicator]
    return float(
        st.number_input(
            f"Value, % ({facts.lowest:g} to {facts.highest:g})",
            float(facts.lowest),
            float(facts.highest),
            round(services().market.look().reading(indicator).value, facts.decimals),
            10.0**-facts.decimals,
            format=f"%.{facts.decimals}f",
            key=f"by_hand_value_{indicator}_{turn}",
            width=220,
        )
    )


def _consequence(indicator: Indicator, value: float, actor: Actor) -> str:
    """Return what a value would do to the level, before it is saved."""
    market = _with_value(services().market.look(), indicator, value, actor)
    place = market_places(market, services().scorer.training_market)[indicator]
    used = used_sentence(place, indicator, bank_settings().numbers)
    return (
        f"With {SHORT[indicator]} at {value_text(value, indicator, bank_settings().numbers)}: "
        f"{used[0].lower()}{used[1:]} {level_sentence(market)} "
        "Leads ranked from then on use it; lists ranked before stay as they are."
    )


def _with_value(market: MarketSnapshot, indicator: Indicator, value: float, actor: Actor) -> MarketSnapshot:
    readings = (
        replace(each, value=value, origin=Origin.OVERRIDE, source=actor.username)
        if each.indicator is indicator
        else each
        for each in market.readings
    )
    return MarketSnapshot("if saved", tuple(readings))


def _save(indicator: Indicator, value: float, reason: str, days: int, *, seen: Override | None, actor: Actor) -> None:
    saved = set_override(
        indicator,
        value,
        reason=reason,
        days=days,
        seen=seen.override_id if seen else "",
        by=actor,
        overrides=services().overrides,
        audit=services().audit,
        now=datetime.now(UTC),
    )
    services().market.forget()
    st.session_state[_TURN] += 1
    st.toast(f"Set by hand until {day(saved.expires_at)}. Leads ranked from now on use it.", icon=":material/check:")
    st.rerun()


def _way_back(override: Override, actor: Actor) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        if st.button("Take back", key=f"by_hand_end_{override.override_id}", icon=":material/undo:"):
            end_override(
                override.override_id,
                by=actor,
                overrides=services().overrides,
                audit=services().audit,
                now=datetime.now(UTC),
            )
            services().market.forget()
            st.toast(f"{SHORT[override.indicator]}: what the sources say holds again.", icon=":material/check:")
            st.rerun()
        st.markdown(override_sentence(override))


def _row(override: Override, now: datetime) -> dict[str, str]:
    return {
        "Figure": FACTS[override.indicator].title,
        "Value": value_text(override.value, override.indicator, bank_settings().numbers),
        "By": harmless(override.by),
        "Why": harmless(override.reason),
        "From": when(override.at),
        "Until": when(override.until),
        "State": _state(override, now),
    }


def _state(override: Override, now: datetime) -> str:
    if override.ended_at is not None:
        return f"ended by {harmless(override.ended_by)}"
    return "in force" if override.is_in_force(now) else "ran out"
