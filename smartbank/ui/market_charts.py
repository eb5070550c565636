"""Charts of the market: plain data in, a Plotly figure out; no Streamlit call."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

import pandas as pd
from plotly import graph_objects as go

from smartbank.core.market.indicators import MARKET_FEATURES
from smartbank.core.market.observations import SOURCE_NAMES
from smartbank.core.market.overrides import Override
from smartbank.core.market.snapshot import Origin
from smartbank.core.market.training import TrainingMarket
from smartbank.core.number_format import NUMBER_FORMATS, NumberFormat
from smartbank.services.market_view import IndicatorView
from smartbank.ui.charts import ACCENT, AGAINST, QUIET, laid_out

TRAINING: Final = "training data"
BY_HAND: Final = "set by hand"
BUNDLED: Final = "came with SmartBank"
_FEW: Final = 6
"""Up to so many points have marks; more of them would hide the line."""
_TRAINING_WIDTH: Final = 6
"""The training data is a broad trace, on which the line of a source that says the same stays visible."""
_YEARS_FROM: Final = 3 * 366
"""Days from which the axis of time names years, not months."""
_ROOM: Final = 0.02
"""Share of the span that is left free at both ends of the axis of time."""
_ENGLISH: Final = NUMBER_FORMATS["en"]


def history_rows(
    view: IndicatorView, *, training: TrainingMarket, overrides: Iterable[Override], now: datetime
) -> pd.DataFrame:
    """Return all that is known of an indicator over time, oldest first.

    Returns
    -------
    DataFrame
        `at` (first day, for the chart), `period` in words, `value`, `line` (whose it is: a source's name,
        `TRAINING`, `BUNDLED` or `BY_HAND`), `until` (end of a value set by hand), `note`.
    """
    indicator, reading = view.reading.indicator, view.reading
    rows = []
    if indicator in MARKET_FEATURES:
        rows = [(month.period, getattr(month, indicator), TRAINING, "") for month in training.months]
    rows += [(one.period, one.value, SOURCE_NAMES[one.source] + _proxy(one.is_proxy), one.flag) for one in view.history]
    if reading.origin is Origin.BUNDLED:
        rows.append((reading.period, reading.value, BUNDLED, ""))
    said = [
        {"at": pd.Timestamp(period.start), "period": period.words, "value": value, "line": line, "note": note}
        for period, value, line, note in rows
    ]
    said += [
        {
            "at": pd.Timestamp(one.at.date()),
            "until": pd.Timestamp(min(one.until, now).date()),
            "period": f"{one.at:%-d %B %Y}",
            "value": one.value,
            "line": BY_HAND,
            "note": f"by {one.by}",
        }
        for one in overrides
        if one.indicator is indicator
    ]
    columns = ["at", "until", "period", "value", "line", "note"]
    frame = pd.DataFrame(said, columns=columns).astype({"at": "datetime64[ns]", "until": "datetime64[ns]"})
    return frame.sort_values(["at", "line"], kind="stable", ignore_index=True)


def indicator_chart(
    rows: pd.DataFrame, view: IndicatorView, *, training: TrainingMarket, unit: str, numbers: NumberFormat = _ENGLISH
) -> go.Figure:
    """Return the history of an indicator on one axis of time, the years of the training data shaded.

    The line of the source in force is drawn last and clearly, the others thin and quiet, proxies dashed. The training
    range and its gaps are marked on the axis of values.

    Parameters
    ----------
    rows : DataFrame
        Of `history_rows`.
    """
    figure = go.Figure()
    in_force = _line_in_force(view)
    lines = rows["line"].unique()
    for line in (TRAINING, *(one for one in lines if one not in (TRAINING, in_force)), in_force):
        if line in lines and line != BY_HAND:
            _draw(figure, rows[rows["line"] == line], line, is_in_force=line == in_force)
    _draw_by_hand(figure, rows[rows["line"] == BY_HAND])
    if view.place is not None:
        _mark_training(figure, view, training)
    first, last = _span(rows)
    years = (last - first).days > _YEARS_FROM
    figure.update_xaxes(range=[first, last], nticks=6, tickformat="%Y" if years else "%b %Y", hoverformat="%b %Y")
    figure.update_yaxes(title=unit, nticks=6)
    figure.update_layout(showlegend=True, legend_traceorder="reversed")
    return laid_out(figure, 280, numbers)


def _line_in_force(view: IndicatorView) -> str:
    reading = view.reading
    if reading.origin is Origin.OVERRIDE:
        return BY_HAND
    return BUNDLED if reading.origin is Origin.BUNDLED else reading.source + _proxy(reading.origin is Origin.PROXY)


def _mark_training(figure: go.Figure, view: IndicatorView, training: TrainingMarket) -> None:
    first, last = training.months[0].period, training.months[-1].period
    figure.add_vrect(x0=first.start, x1=last.end, fillcolor=QUIET, opacity=0.18, line_width=0, layer="below")
    for end in (training.low[view.reading.indicator], training.high[view.reading.indicator]):
        figure.add_hline(y=end, line={"color": QUIET, "dash": "dot", "width": 1})
    for left, right in training.holes(view.reading.indicator):
        edge = {"color": AGAINST, "width": 1, "dash": "dash"}
        figure.add_hrect(y0=left, y1=right, fillcolor=AGAINST, opacity=0.12, line=edge, layer="below")
        figure.add_annotation(
            xref="paper", x=0.6, y=left, yanchor="bottom", text="never seen", showarrow=False, font={"size": 11}
        )


def _draw(figure: go.Figure, rows: pd.DataFrame, line: str, *, is_in_force: bool) -> None:
    dash = "dash" if line.endswith(_proxy(True)) else "solid"
    width = _TRAINING_WIDTH if line == TRAINING else 2.5 if is_in_force else 1
    figure.add_scatter(
        x=rows["at"],
        y=rows["value"],
        mode="lines+markers" if len(rows) <= _FEW else "lines",
        name=line,
        line={"color": ACCENT if is_in_force else QUIET, "width": width, "dash": dash},
        marker={"size": 9 if is_in_force else 5},
        opacity=0.5 if line == TRAINING else 1,
        customdata=rows["period"],
        hovertemplate="%{customdata}: %{y}<extra>" + line + "</extra>",
    )


def _draw_by_hand(figure: go.Figure, rows: pd.DataFrame) -> None:
    for number, one in enumerate(rows.to_dict("records")):
        figure.add_scatter(
            x=[one["at"], one["until"]],
            y=[one["value"], one["value"]],
            mode="lines+markers",
            name=BY_HAND,
            legendgroup=BY_HAND,
            showlegend=number == 0,
            line={"color": AGAINST, "width": 3},
            marker={"size": 10, "symbol": "star"},
            hovertemplate=f"{one['period']}: %{{y}}<extra>{BY_HAND}</extra>",
        )


def _span(rows: pd.DataFrame) -> tuple[pd.Timestamp, pd.Timestamp]:
    """Return the ends of the axis of time: a year at least, so that one point has its month below it."""
    first, last = rows["at"].min(), rows[["at", "until"]].max().max()
    room = max(pd.Timedelta(days=183) - (last - first) / 2, (last - first) * _ROOM)
    return first - room, last + room


def _proxy(is_proxy: bool) -> str:
    return " (proxy)" if is_proxy else ""
