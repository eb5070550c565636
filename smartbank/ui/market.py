"""The indicators on the market page: each with its value, age, place in the training data, and history."""

from datetime import UTC, date, datetime
from typing import Final

import pandas as pd
import streamlit as st

from smartbank.core.exports import harmless
from smartbank.core.market.flags import market_flags
from smartbank.core.market.indicators import FACTS
from smartbank.core.market.overrides import Override
from smartbank.core.market.scale import Standing
from smartbank.core.market.snapshot import Origin
from smartbank.core.number_format import NumberFormat
from smartbank.core.people import Actor
from smartbank.services.market_overrides import list_overrides
from smartbank.services.market_view import IndicatorView, market_joint_place, view_indicators
from smartbank.ui.charts import WITHOUT_BUTTONS
from smartbank.ui.market_charts import history_rows, indicator_chart
from smartbank.ui.market_words import (
    age_sentence,
    joint_sentence,
    origin_sentence,
    range_sentence,
    standing_words,
    used_sentence,
    value_text,
)
from smartbank.ui.resources import bank_settings, services
from smartbank.ui.text import plain, when

_FLAGS: Final = {
    "p": "provisional",
    "b": "break in the series",
    "e": "estimated by its publisher",
    "r": "revised",
    "f": "forecast",
    "u": "of low reliability",
}
"""What publishers mark values with."""
_STANDING_ICONS: Final = {
    Standing.INSIDE: ":material/check_circle:",
    Standing.EDGE: ":material/line_end:",
    Standing.HOLE: ":material/width_wide:",
    Standing.OUTSIDE: ":material/open_in_full:",
}
_NOT_SCORED: Final = "Shown, not scored: its definition changed in 2019, so the model has no use for it."


def show_indicators(actor: Actor) -> None:
    """Show a card an indicator, and how near they are together to a month of the training data."""
    snapshot, training = services().market.look(), services().scorer.training_market
    views = view_indicators(snapshot, by=actor, observations=services().observations, training=training)
    overrides = list_overrides(by=actor, overrides=services().overrides)
    flags = {flag.indicator: flag.below_title for flag in market_flags(snapshot, training, numbers=_numbers())}
    st.markdown(f":material/calendar_month: {joint_sentence(market_joint_place(snapshot, training))}")
    for view in views:
        with st.container(border=True, key=f"indicator_{view.reading.indicator}"):
            facts, chart = st.columns([2, 3])
            with facts:
                _facts(view, flags.get(view.reading.indicator, ""), today=datetime.now(UTC).date())
            with chart:
                _history(view, overrides)


def _facts(view: IndicatorView, flag: str, *, today: date) -> None:
    reading, indicator = view.reading, view.reading.indicator
    old = reading.is_stale(today=today)
    source = f"set by {plain(reading.source)}" if reading.origin is Origin.OVERRIDE else plain(reading.source)
    st.metric(
        FACTS[indicator].title,
        value_text(reading.value, indicator, _numbers()),
        delta=f"{reading.period.words}, {source}",
        delta_color="off",
        delta_arrow="off",
    )
    if reading.origin is not Origin.OVERRIDE:
        state = ":material/history: **Old.**" if old else ":material/schedule: **Up to date.**"
        st.markdown(f"{state} {age_sentence(reading, today=today)}")
    st.markdown(f":material/source: {origin_sentence(reading)}{_marked(view)}")
    if view.place is None:
        st.markdown(f":material/visibility: {_NOT_SCORED}")
    else:
        seen = range_sentence(view.place, indicator, _numbers())
        if view.place.standing is not Standing.OUTSIDE:  # else the flag says it
            seen = f"{seen} {used_sentence(view.place, indicator, _numbers())}"
        icon = _STANDING_ICONS[view.place.standing]
        st.markdown(f"{icon} **{standing_words(view.place.standing)}.** {flag or seen}")
        if flag:
            st.caption(seen)
    _details(view)


def _marked(view: IndicatorView) -> str:
    """Return the publisher's own mark on a value, in words."""
    mark = view.observation.flag if view.observation is not None else ""
    return f" Marked by its publisher: {_FLAGS.get(mark, plain(mark))}." if mark else ""


def _details(view: IndicatorView) -> None:
    reading, observation = view.reading, view.observation
    by_hand = reading.origin is Origin.OVERRIDE
    rows = {
        "Value": f"{reading.value:.6g} {FACTS[reading.indicator].unit}",
        "Period": reading.period.words,
        "Series": "" if by_hand else reading.series,
        "Origin": str(reading.origin),
        "Set" if by_hand else "Fetched": when(reading.fetched_at),
    }
    if observation is not None:
        rows |= {
            "As published": f"{observation.raw_value:.6g} {observation.raw_unit}",
            "Made of it": observation.transform,
            "Publisher's mark": _FLAGS.get(observation.flag, observation.flag) or "none",
            "Status": str(observation.status),
        }
    if view.place is not None:
        rows["Value scored"] = value_text(view.place.used, reading.indicator, _numbers())
    with st.expander("Details"):
        said = pd.DataFrame({"What": list(rows), "It is": [plain(each) for each in rows.values()]})
        st.table(said.set_index("What"))


def _history(view: IndicatorView, overrides: list[Override]) -> None:
    indicator, training = view.reading.indicator, services().scorer.training_market
    rows = history_rows(view, training=training, overrides=overrides, now=datetime.now(UTC))
    title = FACTS[indicator].title
    st.plotly_chart(
        indicator_chart(rows, view, training=training, unit=FACTS[indicator].unit, numbers=_numbers()),
        key=f"chart_{indicator}",
        alt=f"History of {title}, {rows['period'].iloc[0]} to {rows['period'].iloc[-1]}; the table below has the same",
        config=WITHOUT_BUTTONS,
    )
    if view.place is not None:
        months = training.months
        st.caption(
            f"Shaded: the training data, {months[0].period.words} to {months[-1].period.words}. "
            "Dotted: the lowest and highest value in it."
        )
    with st.expander("The same as a table"):
        newest_first = rows.iloc[::-1].reset_index(drop=True)
        st.dataframe(
            pd.DataFrame(
                {
                    "Period": newest_first["period"],
                    "Value": [value_text(value, indicator, _numbers()) for value in newest_first["value"]],
                    "From": newest_first["line"],
                    "Note": [harmless(_FLAGS.get(note, note)) for note in newest_first["note"]],
                }
            ),
            hide_index=True,
            key=f"table_{indicator}",
            alt=f"History of {title}, newest first: period, value, source, note",
        )


def _numbers() -> NumberFormat:
    return bank_settings().numbers
