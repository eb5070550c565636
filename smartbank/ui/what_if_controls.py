"""The controls of a what-if: every field with its allowed values, three market figures, the way back.

The address holds what differs from the customer; it is checked by the controls it belongs to.
"""

from typing import Any, Final

import pandas as pd
import streamlit as st

from smartbank.core.fields import CAMPAIGN_FIELDS, CUSTOMER_FIELDS, FIELD, LEAD_COLUMNS, UNKNOWN, Field
from smartbank.core.market.indicators import FACTS, MARKET_FEATURES, Indicator
from smartbank.core.market.points import MarketPoint, stored_point
from smartbank.core.market.training import TrainingMarket
from smartbank.core.what_if import Value, WhatIf, changes, value_of
from smartbank.services.what_if import Ground
from smartbank.ui.range_strip import show_range_strip
from smartbank.ui.text import decimal, level_name

_OF: Final = "if_of"
"""Key in the session state: whose figures the controls show, and of which run."""
_COLUMNS: Final = 3
_MOST_DIGITS: Final = 9
_STEPS: Final = {"euribor3m": 0.01, "emp_var_rate": 0.1, "cpi_yoy": 0.1}


def choose_what_if(ground: Ground) -> WhatIf:
    """Draw the controls and return what they ask; at first what the address says, else nothing.

    They begin with the lead as it was scored and the market of its run; for another customer, or another run of the
    same, they begin anew.
    """
    lead, market, of = ground.lead, ground.market, (ground.customer_id, ground.run_id)
    if st.session_state.get(_OF, of) != of:
        _reset(lead, market)
    st.session_state[_OF] = of
    for title, fields in (("Customer", CUSTOMER_FIELDS), ("Contact history", CAMPAIGN_FIELDS)):
        st.markdown(f"**{title}**")
        for start in range(0, len(fields), _COLUMNS):  # a row at a time, so that a narrow screen keeps their order
            for column, field in zip(st.columns(_COLUMNS), fields[start : start + _COLUMNS], strict=False):
                with column:
                    _field(field, lead[field.name])
    st.markdown("**Market**")
    for column, name, present in zip(st.columns(_COLUMNS), MARKET_FEATURES, market, strict=True):
        with column:
            _figure(Indicator(name), present, ground.scorer.training_market)
    asked = _asked(lead, market)
    st.button(
        "Back to the customer as they are",
        key="if_reset",
        icon=":material/restart_alt:",
        on_click=_reset,
        args=(lead, market),
        disabled=asked.is_nothing,
    )
    return asked


def _field(field: Field, own: Any) -> None:  # noqa: ANN401  whatever a frame holds
    if field.kind == "category":
        options = [*field.levels, UNKNOWN]
        st.selectbox(
            field.label,
            options,
            index=options.index(_shown(field.name, own)),
            format_func=level_name,
            key=_key(field.name),
            bind="query-params",
        )
        return
    lowest = int(own) if field.name == "attempt" and pd.notna(own) else int(field.low)
    if _key(field.name) not in st.session_state:
        st.session_state[_key(field.name)] = _linked(field, lowest, own)
    st.number_input(
        field.label,
        min_value=lowest,
        max_value=int(field.high),
        value=None,  # so that it can be emptied: unknown
        step=1,
        key=_key(field.name),
        bind="query-params",
        placeholder="unknown",
        help="Calls that were made cannot be taken back." if field.name == "attempt" else None,
    )


def _linked(field: Field, lowest: int, own: Any) -> int | None:  # noqa: ANN401
    """Return the number the address says, empty for unknown; the customer's own where it says none that can be."""
    text = st.query_params.get(_key(field.name))
    if text == "":
        return None
    is_number = text is not None and text.isascii() and text.isdecimal() and len(text) <= _MOST_DIGITS
    if text is not None and is_number and lowest <= int(text) <= field.high:
        return int(text)
    shown: int | None = _shown(field.name, own)
    return shown


def _figure(indicator: Indicator, present: float, training: TrainingMarket) -> None:
    facts = FACTS[indicator]
    low, high = (decimal(ends[indicator], digits=facts.decimals) for ends in (training.low, training.high))
    st.slider(
        f"{facts.title}, %",
        float(facts.lowest),
        float(facts.highest),
        present,
        _STEPS[indicator],
        format=f"%.{facts.decimals}f",
        key=_key(indicator),
        bind="query-params",
    )
    show_range_strip(indicator, training)
    st.caption(f"In training {low} to {high} %, in this list {decimal(present, digits=facts.decimals)} %.")


def what_if_address(asked: WhatIf) -> dict[str, str]:
    """Return what the address says of a what-if, so that a link opens it: only what differs from the customer.

    A control of a category is in the address by what it shows, an emptied number as nothing.
    """
    said = {_key(name): _in_address(name, value) for name, value in asked.values.items()}
    figures = () if asked.market is None else zip(MARKET_FEATURES, asked.market, strict=True)
    return said | {_key(name): repr(value) for name, value in figures}


def _in_address(name: str, value: Value) -> str:
    if FIELD[name].kind == "category":
        return level_name(UNKNOWN if value is None else value)
    return "" if value is None else f"{value:g}"


def _asked(lead: pd.Series, market: MarketPoint) -> WhatIf:
    values = changes(lead, {name: st.session_state[_key(name)] for name in LEAD_COLUMNS})
    figures = stored_point([st.session_state[_key(name)] for name in MARKET_FEATURES])
    return WhatIf(values, None if figures == market else figures)


def _reset(lead: pd.Series, market: MarketPoint) -> None:
    """Have the controls show the customer as they are, in a callback or before the controls are drawn."""
    for name in LEAD_COLUMNS:
        st.session_state[_key(name)] = _shown(name, lead[name])
    for name, value in zip(MARKET_FEATURES, market, strict=True):
        st.session_state[_key(name)] = value


def _shown(name: str, own: Any) -> Any:  # noqa: ANN401
    """Return a field's own value as its control holds it; a stored value nobody may choose is unknown to the model."""
    try:
        known = value_of(name, own)
    except ValueError:
        known = None
    if FIELD[name].kind == "category":
        return UNKNOWN if known is None else known
    return None if known is None else int(known)


def _key(name: str) -> str:
    return f"if_{name}"
