"""Charts: plain data in, a Plotly figure out; no Streamlit call."""

from collections.abc import Sequence
from datetime import datetime
from math import ceil
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd
from plotly import graph_objects as go

from smartbank.core.number_format import NUMBER_FORMATS, NumberFormat
from smartbank.core.reasons import Reason, percentage_points

FloatArray = npt.NDArray[np.float64]

ACCENT: Final = "#1f6feb"
QUIET: Final = "#8b98a9"
AGAINST: Final = "#c2570c"
MODEL_AVERAGE: Final = "Model average"
THIS_LEAD: Final = "This lead"
_PERCENT_TICKS: Final = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99)
_FEW_TICKS: Final = 2
_MOST_TICKS: Final = 6
WITHOUT_BUTTONS: Final = {"displayModeBar": False}
"""How every chart is put on a page: `config=WITHOUT_BUTTONS`."""
_MARGIN: Final = {"l": 8, "r": 8, "t": 8, "b": 8}
_LEGEND: Final = {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0}
_ENGLISH: Final = NUMBER_FORMATS["en"]


def gains_chart(
    gains: Sequence[float],
    *,
    chosen: float,
    held: float,
    numbers: NumberFormat = _ENGLISH,
    sales: str = "expected sales",
    mark: str = "your list",
) -> go.Figure:
    """Return the share of sales held by the best leads, with the chosen length drawn in.

    Parameters
    ----------
    gains : sequence of float
        Share of expected sales held by evenly spaced shares of the leads, from 0 to 1.
    chosen : float
        Share of the leads that is chosen, in [0, 1].
    held : float
        Share of the expected sales the chosen leads hold, in [0, 1]; on the curve if they are the best ones.
    sales, mark : str
        What the sales are called, and the chosen leads.
    """
    shares = np.linspace(0, 1, len(gains))
    figure = go.Figure()
    figure.add_scatter(
        x=[0, 1], y=[0, 1], mode="lines", name="calling at random", line={"color": QUIET, "dash": "dot", "width": 1.5}
    )
    figure.add_scatter(
        x=shares, y=list(gains), mode="lines", name="best leads first", line={"color": ACCENT, "width": 3}
    )
    figure.add_scatter(
        x=[chosen, chosen, 0],
        y=[0, held, held],
        mode="lines",
        line={"color": ACCENT, "width": 1, "dash": "dash"},
        showlegend=False,
        hoverinfo="skip",
    )
    figure.add_scatter(
        x=[chosen],
        y=[held],
        mode="markers",
        name=mark,
        marker={"color": ACCENT, "size": 11, "line": {"color": "white", "width": 2}},
    )
    figure.update_xaxes(title="Share of leads called, best first", tickformat=".0%", range=[0, 1.02])
    figure.update_yaxes(title=f"Share of {sales}", tickformat=".0%", range=[0, 1.05])
    return laid_out(figure, 320, numbers, hovermode="x")


def waterfall_chart(
    start: float, market: float, reasons: Sequence[Reason], *, rest: float, numbers: NumberFormat = _ENGLISH
) -> go.Figure:
    """Return how a propensity comes about: bars in log-odds, on an axis that says percent.

    Parameters
    ----------
    start : float
        Log-odds the model gives before it looks at any field.
    market : float
        Log-odds the market adds.
    reasons : sequence of Reason
        Fields to draw, in order.
    rest : float
        Log-odds of all fields that are not drawn.
    """
    steps = [("Market", market)] if market else []
    steps += [(reason.label, reason.contribution) for reason in reasons]
    steps += [("Other fields", rest)] if rest else []
    ends = start + np.cumsum([step for _label, step in steps]) if steps else np.array([])
    begins = np.concatenate([[start], ends[:-1]])
    points = percentage_points(start, [step for _label, step in steps])
    total = float(ends[-1]) if steps else start
    low, high = _span(np.array([start, total, *ends]))
    figure = go.Figure(
        go.Bar(
            orientation="h",
            y=[MODEL_AVERAGE, *(label for label, _step in steps), THIS_LEAD],
            base=[low, *begins, low],
            x=[start - low, *(step for _label, step in steps), total - low],
            marker={"color": [QUIET, *(ACCENT if step > 0 else AGAINST for _label, step in steps), QUIET]},
            text=[
                _percent_text(start, numbers),
                *(numbers.rewritten(f"{point:+.1f}") for point in points),
                _percent_text(total, numbers),
            ],
            textposition="outside",
            cliponaxis=False,
            customdata=[_percent_text(level, numbers) for level in [start, *ends, total]],
            hovertemplate="%{y}: now %{customdata}<extra></extra>",
        )
    )
    ticks = _ticks(low, high)
    figure.update_xaxes(
        title="Propensity",
        tickvals=[_log_odds(share) for share in ticks],
        ticktext=[numbers.rewritten(f"{100 * share:g} %") for share in ticks],
        range=[low, high],
        zeroline=False,
    )
    figure.update_yaxes(autorange="reversed")
    return laid_out(figure, 110 + 34 * (len(steps) + 2), numbers, showlegend=False, bargap=0.35)


def history_chart(
    history: pd.DataFrame, calls: Sequence[tuple[datetime, str]] = (), *, numbers: NumberFormat = _ENGLISH
) -> go.Figure:
    """Return a customer's propensity over time, with the calls below it.

    Parameters
    ----------
    history : DataFrame
        `scored_at` and `propensity` in [0, 1].
    calls : sequence of (datetime, str)
        When each call was made, and what came of it in words.
    """
    figure = go.Figure(
        go.Scatter(
            x=history["scored_at"],
            y=history["propensity"],
            mode="lines+markers",
            name="propensity",
            line={"color": ACCENT, "width": 2},
            marker={"size": 9},
        )
    )
    if calls:
        figure.add_scatter(
            x=[moment for moment, _ in calls],
            y=[0.0] * len(calls),
            mode="markers+text",
            name="calls",
            text=[said for _, said in calls],
            textposition="top center",
            marker={"color": QUIET, "size": 10, "symbol": "diamond"},
            cliponaxis=False,
        )
    figure.update_yaxes(title="Propensity", tickformat=".0%", rangemode="tozero")
    return laid_out(figure, 260, numbers)


def laid_out(figure: go.Figure, height: int, numbers: NumberFormat, **more: Any) -> go.Figure:  # noqa: ANN401  Plotly's
    """Give a figure the layout all charts have: margins, legend above, the bank's marks in numbers; return it."""
    layout = {"margin": _MARGIN, "legend": _LEGEND, "separators": numbers.decimal + numbers.thousands} | more
    return figure.update_layout(height=height, **layout)


def _log_odds(share: float) -> float:
    return float(np.log(share / (1 - share)))


def _ticks(low: float, high: float) -> list[float]:
    """Return shares to write on an axis in log-odds: round ones, or whole percents where few of those are on it."""
    round_ones = [share for share in _PERCENT_TICKS if low <= _log_odds(share) <= high]
    if len(round_ones) > _FEW_TICKS:
        return round_ones
    whole = [share for share in (percent / 100 for percent in range(1, 100)) if low <= _log_odds(share) <= high]
    return whole[:: max(1, ceil(len(whole) / _MOST_TICKS))] or round_ones


def _percent_text(log_odds: float, numbers: NumberFormat) -> str:
    return f"{numbers.number(float(100 / (1 + np.exp(-log_odds))), digits=1)} %"


def _span(levels: FloatArray) -> tuple[float, float]:
    """Return the ends of the axis in log-odds, with room for the texts beside the bars."""
    low, high = float(levels.min()), float(levels.max())
    room = 0.2 * max(high - low, 0.5)
    return low - room, high + room
