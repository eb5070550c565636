"""Charts of the model page: plain data in, a Plotly figure out; no Streamlit call."""

from collections.abc import Mapping, Sequence
from typing import Final

import pandas as pd
from plotly import graph_objects as go

from smartbank.core.number_format import NUMBER_FORMATS, NumberFormat
from smartbank.core.rules import BANDS
from smartbank.ui.charts import ACCENT, AGAINST, QUIET, laid_out

_ENGLISH: Final = NUMBER_FORMATS["en"]
_BAND_LINES: Final = {
    "A": {"color": "#1f6feb", "dash": "solid", "width": 3},
    "B": {"color": "#4584e6", "dash": "dash", "width": 2.5},
    "C": {"color": "#6d9be0", "dash": "dashdot", "width": 2},
    "D": {"color": "#8fb0dc", "dash": "dot", "width": 2},
}
"""One hue, and a dash of its own for each."""
_BAND_MARKS: Final = {"A": "circle", "B": "square", "C": "diamond", "D": "triangle-down"}


def interval_chart(
    table: pd.DataFrame, *, title: str, base: float | None = None, numbers: NumberFormat = _ENGLISH
) -> go.Figure:
    """Return a dot with its interval for each model, SmartBank's own filled and in the accent.

    Parameters
    ----------
    table : DataFrame
        `label`, `value`, `low`, `high` (NaN where there is no interval) and `own` (bool), in the order from the top.
    base : float or None
        What chance reaches, as a dotted line.
    """
    figure = go.Figure()
    for own in (False, True):
        rows = table[table["own"] == own]
        figure.add_scatter(
            x=rows["value"],
            y=rows["label"],
            mode="markers",
            name="SmartBank" if own else "others",
            marker={
                "size": 12 if own else 9,
                "color": ACCENT if own else QUIET,
                "symbol": "diamond" if own else "circle",
            },
            error_x={
                "type": "data",
                "array": (rows["high"] - rows["value"]).fillna(0),
                "arrayminus": (rows["value"] - rows["low"]).fillna(0),
                "thickness": 2,
            },
            hovertemplate="%{y}: %{x:.3f}<extra></extra>",
        )
    if base is not None:
        figure.add_vline(x=base, line={"color": QUIET, "dash": "dot", "width": 1.5})
    figure.update_xaxes(title=title, tickformat=".2f")
    figure.update_yaxes(categoryorder="array", categoryarray=table["label"].tolist()[::-1], automargin=True)
    return laid_out(figure, 110 + 30 * len(table), numbers)


def lift_chart(deciles: pd.DataFrame, *, numbers: NumberFormat = _ENGLISH) -> go.Figure:
    """Return the lift of each decile as a bar, with the average as a dotted line; columns `decile` and `lift`."""
    figure = go.Figure(
        go.Bar(
            x=deciles["decile"],
            y=deciles["lift"],
            marker={"color": [ACCENT if lift >= 1 else QUIET for lift in deciles["lift"]]},
            text=[numbers.number(float(lift), digits=1) for lift in deciles["lift"]],
            textposition="outside",
            cliponaxis=False,
            hovertemplate="decile %{x}: %{y:.2f} times the average<extra></extra>",
        )
    )
    figure.add_hline(y=1, line={"color": QUIET, "dash": "dot", "width": 1.5}, layer="below")
    figure.update_xaxes(title="Decile, 1 is best", dtick=1)
    top = 1.12 * max(1.0, float(deciles["lift"].max()))  # room for the figure above the highest bar
    figure.update_yaxes(title="Times the average", range=[0, top], tickformat=".1f", showgrid=False)
    figure.update_layout(showlegend=False)
    return laid_out(figure, 320, numbers)


def reliability_chart(deciles: pd.DataFrame, *, numbers: NumberFormat = _ENGLISH) -> go.Figure:
    """Return what came of the leads of each decile against what was said; `mean_propensity`, `conversion_rate`."""
    top = 1.08 * float(deciles[["mean_propensity", "conversion_rate"]].max().max())
    figure = go.Figure()
    figure.add_scatter(
        x=[0, top], y=[0, top], mode="lines", name="as it should be", line={"color": QUIET, "dash": "dot", "width": 1.5}
    )
    figure.add_scatter(
        x=deciles["mean_propensity"],
        y=deciles["conversion_rate"],
        mode="lines+markers",
        name="deciles",
        line={"color": ACCENT, "width": 2},
        marker={"size": 9},
        hovertemplate="said %{x:.1%}, bought %{y:.1%}<extra></extra>",
    )
    figure.update_xaxes(title="Mean propensity", tickformat=".0%", range=[0, top])
    figure.update_yaxes(title="Conversion rate", tickformat=".0%", range=[0, top])
    return laid_out(figure, 340, numbers)


def level_chart(months: pd.DataFrame, *, numbers: NumberFormat = _ENGLISH) -> go.Figure:
    """Return what was foreseen of each month's level and what it was; `period`, `mean_propensity`, `rate`."""
    figure = go.Figure()
    lines = (
        ("rate", "bought", {"color": ACCENT, "width": 3}, "circle"),
        ("mean_propensity", "foreseen", {"color": AGAINST, "width": 2, "dash": "dash"}, "square"),
    )
    for column, name, line, symbol in lines:
        figure.add_scatter(
            x=months["period"],
            y=months[column],
            mode="lines+markers",
            name=name,
            line=line,
            marker={"size": 8, "symbol": symbol},
            hovertemplate=f"%{{x}}: {name} %{{y:.1%}}<extra></extra>",
        )
    figure.update_xaxes(type="category", nticks=10)
    figure.update_yaxes(title="Share of leads", tickformat=".0%", rangemode="tozero")
    return laid_out(figure, 320, numbers)


def bands_chart(table: pd.DataFrame, *, numbers: NumberFormat = _ENGLISH) -> go.Figure:
    """Return the conversion rate of each band by month; columns `period`, `band`, `rate`."""
    figure = go.Figure()
    for band in BANDS:
        rows = table[table["band"] == band]
        figure.add_scatter(
            x=rows["period"],
            y=rows["rate"],
            mode="lines+markers",
            name=f"band {band}",
            line=_BAND_LINES[band],
            marker={"size": 8, "symbol": _BAND_MARKS[band]},
            hovertemplate=f"%{{x}}, band {band}: %{{y:.1%}}<extra></extra>",
        )
    months = sorted(table["period"].unique())
    figure.update_xaxes(type="category", categoryorder="array", categoryarray=months, nticks=10)
    figure.update_yaxes(title="Conversion rate", tickformat=".0%", rangemode="tozero")
    return laid_out(figure, 360, numbers)


def points_chart(
    labels: Sequence[str],
    series: Mapping[str, Sequence[float]],
    *,
    signed: bool = True,
    numbers: NumberFormat = _ENGLISH,
) -> go.Figure:
    """Return percentage points as bars from zero, one colour a series; labels in the order from the top."""
    figure = go.Figure()
    colours, form = (ACCENT, AGAINST), "+.1f" if signed else ".1f"
    for (name, values), colour in zip(series.items(), colours, strict=False):
        figure.add_bar(
            orientation="h",
            y=list(labels),
            x=list(values),
            name=name,
            marker={"color": colour},
            text=["" if pd.isna(value) else numbers.rewritten(f"{value:{form}}") for value in values],
            textposition="outside",
            cliponaxis=False,
            hovertemplate=f"%{{y}}: %{{x:{form}}} points, {name}<extra></extra>",
        )
    every = [value for values in series.values() for value in values if value == value]  # noqa: PLR0124  not NaN
    low, high = min([0.0, *every]), max([0.0, *every])
    room = 0.15 * max(high - low, 0.1)
    figure.update_xaxes(title="Percentage points", range=[low - room if low < 0 else 0, high + room])
    figure.update_yaxes(autorange="reversed", automargin=True)
    figure.update_layout(showlegend=len(series) > 1, bargap=0.3)
    return laid_out(figure, 100 + (30 if len(series) == 1 else 44) * len(labels), numbers)
