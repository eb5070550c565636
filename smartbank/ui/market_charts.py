"""Charts of the market: plain data in, a Plotly figure out; no Streamlit call."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

import pandas as pd
from plotly import graph_objects as go
from plotly.subplots import make_subplots

from smartbank.core.market.indicators import MARKET_FEATURES
from smartbank.core.market.observations import SOURCE_NAMES
from smartbank.core.market.overrides import Override
from smartbank.core.market.snapshot import Origin
from smartbank.core.market.training import TrainingMarket
from smartbank.core.number_format import NUMBER_FORMATS, NumberFormat
from smartbank.services.market_view import IndicatorView
from smartbank.ui.charts import ACCENT, AGAINST, QUIET

TRAINING: Final = "training data"
BY_HAND: Final = "set by hand"
BUNDLED: Final = "came with SmartBank"
_STYLES: Final = (("solid", "circle"), ("dash", "square"), ("dot", "diamond"), ("dashdot", "triangle-up"))
"""Sources are told apart by line and mark, not by colour alone."""
_WIDTHS: Final = {1: [1.0], 2: [0.35, 0.65]}
"""Of the sides of a chart, by how many there are."""
_MARGIN: Final = {"l": 8, "r": 8, "t": 8, "b": 8}
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
    """Return the history of an indicator: the training window shaded on the left, what sources say on the right.

    The years between are left out, as nothing is known of most of them. Both sides have one axis of values, on which
    the training range and its gaps are marked.

    Parameters
    ----------
    rows : DataFrame
        Of `history_rows`.
    """
    sides = 1 if view.place is None else 2
    figure = make_subplots(rows=1, cols=sides, shared_yaxes=True, column_widths=_WIDTHS[sides], horizontal_spacing=0.03)
    lines = [line for line in rows["line"].unique() if line not in (BY_HAND, TRAINING)]
    if view.place is not None:
        _draw(figure, rows[rows["line"] == TRAINING], TRAINING, 0, side=1)
    for number, line in enumerate(lines, start=1):
        _draw(figure, rows[rows["line"] == line], line, number, side=sides)
    _draw_by_hand(figure, rows[rows["line"] == BY_HAND], side=sides)
    if view.place is not None:
        _mark_training(figure, view, training)
    figure.update_xaxes(range=_span(rows[rows["line"] != TRAINING]), nticks=4, tickformat="%b %Y", col=sides)
    figure.update_yaxes(title=unit, nticks=6, col=1)
    figure.update_layout(
        height=280,
        margin=_MARGIN,
        showlegend=True,
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0},
        separators=numbers.decimal + numbers.thousands,
    )
    return figure


def _mark_training(figure: go.Figure, view: IndicatorView, training: TrainingMarket) -> None:
    first, last = training.months[0].period, training.months[-1].period
    figure.add_vrect(x0=first.start, x1=last.end, fillcolor=QUIET, opacity=0.18, line_width=0, layer="below", col=1)
    figure.update_xaxes(nticks=3, tickformat="%Y", col=1)
    for end in (training.low[view.reading.indicator], training.high[view.reading.indicator]):
        figure.add_hline(y=end, line={"color": QUIET, "dash": "dot", "width": 1})
    for left, right in training.holes(view.reading.indicator):
        edge = {"color": AGAINST, "width": 1, "dash": "dash"}
        figure.add_hrect(y0=left, y1=right, fillcolor=AGAINST, opacity=0.12, line=edge, layer="below")
        figure.add_annotation(
            xref="paper", x=0.7, y=left, yanchor="bottom", text="no training row", showarrow=False, font={"size": 11}
        )


def _draw(figure: go.Figure, rows: pd.DataFrame, line: str, number: int, *, side: int) -> None:
    dash, symbol = _STYLES[number % len(_STYLES)]
    figure.add_scatter(
        x=rows["at"],
        y=rows["value"],
        mode="lines+markers",
        name=line,
        line={"color": QUIET if line == TRAINING else ACCENT, "width": 2, "dash": dash},
        marker={"size": 6 if len(rows) > 1 else 10, "symbol": symbol},
        customdata=rows["period"],
        hovertemplate="%{customdata}: %{y}<extra>" + line + "</extra>",
        row=1,
        col=side,
    )


def _draw_by_hand(figure: go.Figure, rows: pd.DataFrame, *, side: int) -> None:
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
            row=1,
            col=side,
        )


def _span(rows: pd.DataFrame) -> list[pd.Timestamp] | None:
    """Return the ends of the axis of time, half a year at least; None leaves them to the chart."""
    if rows.empty:
        return None
    first, last = rows["at"].min(), max(rows["at"].max(), rows["until"].max())
    last = rows["at"].max() if pd.isna(last) else last
    room = max(pd.Timedelta(days=90) - (last - first) / 2, pd.Timedelta(days=25))
    return [first - room, last + room]


def _proxy(is_proxy: bool) -> str:
    return " (proxy)" if is_proxy else ""
