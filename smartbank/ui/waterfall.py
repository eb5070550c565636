"""The waterfall of one lead: from the model's average to its propensity, a bar a field."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import streamlit as st

from smartbank.core.reasons import Reason
from smartbank.core.split import prediction_parts
from smartbank.ui.charts import WITHOUT_BUTTONS, waterfall_chart
from smartbank.ui.resources import bank_settings

_BARS: Final = 8
_NOTHING: Final = 1e-9
"""Log-odds below which the fields without a bar of their own add nothing."""


def show_waterfall(scored: Mapping[str, Any], reasons: Sequence[Reason], *, key: str) -> None:
    """Show how a propensity comes about.

    Parameters
    ----------
    scored : mapping
        `margin`, `level`, `intercept` and `contributions`, as a stored prediction has them.
    reasons : sequence of Reason
        Of the same contributions, strongest first; the first eight have a bar of their own.
    """
    log_odds = prediction_parts(scored)[0]
    shown = reasons[:_BARS]
    rest = log_odds.customer - sum(reason.contribution for reason in shown)
    st.plotly_chart(
        waterfall_chart(
            log_odds.base,
            log_odds.market,
            shown,
            rest=rest if abs(rest) > _NOTHING else 0.0,
            numbers=bank_settings().numbers,
        ),
        key=key,
        alt="Waterfall from the model's average to this lead, one bar a field",
        config=WITHOUT_BUTTONS,
    )
