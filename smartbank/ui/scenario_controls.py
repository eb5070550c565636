"""The controls of a scenario: three figures, a month to take them from, the way back; the address holds the figures."""

import math
from collections.abc import Sequence
from typing import Final

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from smartbank.core.market.indicators import FACTS, MARKET_FEATURES, Indicator
from smartbank.core.market.points import MarketPoint, point_words, stored_point
from smartbank.core.market.scenarios import month_of, month_point
from smartbank.core.market.training import TrainingMarket
from smartbank.ui.resources import bank_settings
from smartbank.ui.text import decimal

_PARAMS: Final = {"euribor3m": "euribor", "emp_var_rate": "emp", "cpi_yoy": "cpi"}
"""How the address names the figures."""
_STEPS: Final = {"euribor3m": 0.05, "emp_var_rate": 0.1, "cpi_yoy": 0.1}
_BEST: Final = "scenario_best"
_FROM: Final = "scenario_from"
_SEEN: Final = "scenario_address"
"""Key in the session state: what the address said when the figures were last taken from it or put into it."""
_MOST_DIGITS: Final = 9
_OWN, _TODAY = "Figures of your own", "Today's market"


def choose_best(notes: DeltaGenerator) -> int:
    """Draw the choice of how many of the best leads are asked about; 0 are all. The address holds it.

    Parameters
    ----------
    notes : DeltaGenerator
        Where it is said that the address asks about no number.
    """
    linked = st.query_params.get("best", "0")
    if _BEST not in st.session_state:
        is_number = linked.isascii() and linked.isdecimal() and len(linked) <= _MOST_DIGITS
        st.session_state[_BEST] = int(linked) if is_number else 0
        if not is_number:
            with notes:
                _warn("How many of the best leads the link asks about cannot be read: all leads are shown.")
    best = int(st.number_input("Only the best (0 = all)", 0, None, step=100, key=_BEST, width=180))
    _put("best", str(best) if best else "")
    return best


def choose_market(today: MarketPoint, training: TrainingMarket) -> MarketPoint:
    """Draw the three figures and return them; at first those in the address, else today's."""
    _take_from_address(today)
    st.session_state[_FROM] = _name_of(_figures(), today, training)
    months = {month.period.text: month for month in training.months}

    def label(name: str) -> str:
        month = months.get(name)
        if month is None:
            return name
        return f"{month.period.words}: {point_words(month_point(month), numbers=bank_settings().numbers)}"

    def take() -> None:
        chosen = st.session_state[_FROM]
        if chosen in months:
            set_figures(month_point(months[chosen]))
        elif chosen == _TODAY:
            set_figures(today)

    st.selectbox("Take the figures from", [_OWN, _TODAY, *months], format_func=label, key=_FROM, on_change=take)
    for column, name, present in zip(st.columns(3), MARKET_FEATURES, today, strict=True):
        with column:
            _figure(Indicator(name), present, training)
    market = _figures()
    st.button(
        "Back to today's market",
        key="scenario_reset",
        icon=":material/restart_alt:",
        on_click=set_figures,
        args=(today,),
        disabled=market == today,
    )
    _put_in_address(market, today)
    return market


def set_figures(market: MarketPoint) -> None:
    """Have the controls show a market, in the callback of a control or before they are drawn."""
    for name, value in zip(MARKET_FEATURES, market, strict=True):
        st.session_state[_key(name)] = value


def _figure(indicator: Indicator, present: float, training: TrainingMarket) -> None:
    facts = FACTS[indicator]

    def said(value: float) -> str:
        return decimal(value, digits=facts.decimals)

    low, high = said(training.low[indicator]), said(training.high[indicator])
    st.number_input(
        f"{facts.title}, %",
        float(facts.lowest),
        float(facts.highest),
        step=_STEPS[indicator],
        format=f"%.{facts.decimals}f",
        key=_key(indicator),
    )
    st.caption(f"In training {low} to {high} %, today {said(present)} %.")


def _name_of(market: MarketPoint, today: MarketPoint, training: TrainingMarket) -> str:
    if market == today:
        return _TODAY
    month = month_of(market, training)
    return _OWN if month is None else month.period.text


def _take_from_address(today: MarketPoint) -> None:
    """Set the figures from the address where it says something else than when it was last looked at."""
    seen = _address()
    if seen == st.session_state.get(_SEEN) and all(_key(name) in st.session_state for name in MARKET_FEATURES):
        return
    figures = [_linked(name, present) for name, present in zip(MARKET_FEATURES, today, strict=True)]
    set_figures(stored_point(figures))


def _linked(name: str, present: float) -> float:
    """Return a figure of the address; today's, and a sentence, where it says none that can be believed."""
    text, facts = st.query_params.get(_PARAMS[name]), FACTS[Indicator(name)]
    if text is None:
        return present
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if facts.lowest <= value <= facts.highest:
        return value
    _warn(
        f"{facts.title} in the link is no figure between {facts.lowest:g} and {facts.highest:g} percent: "
        "today's is taken instead."
    )
    return present


def _warn(sentence: str) -> None:
    st.warning(sentence, icon=":material/link_off:")


def _put_in_address(market: MarketPoint, today: MarketPoint) -> None:
    """Have the address say all three figures, as today's are others tomorrow; none where they are today's."""
    for name, value in zip(MARKET_FEATURES, market, strict=True):
        _put(_PARAMS[name], "" if market == today else repr(value))
    st.session_state[_SEEN] = _address()


def _put(name: str, value: str) -> None:
    if value and st.query_params.get(name) != value:
        st.query_params[name] = value
    elif not value and name in st.query_params:
        del st.query_params[name]


def _address() -> Sequence[str | None]:
    return [st.query_params.get(name) for name in _PARAMS.values()]


def _figures() -> MarketPoint:
    return stored_point([st.session_state[_key(name)] for name in MARKET_FEATURES])


def _key(name: str) -> str:
    return f"scenario_{name}"
