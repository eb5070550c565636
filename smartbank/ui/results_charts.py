"""Charts of the results page: plain data in, a Plotly figure out; no Streamlit call."""

from typing import Final

import pandas as pd
from plotly import graph_objects as go

from smartbank.core.number_format import NUMBER_FORMATS, NumberFormat
from smartbank.ui.charts import ACCENT, QUIET, laid_out

_ENGLISH: Final = NUMBER_FORMATS["en"]
_HEIGHT: Final = 130
_ROW: Final = 44


def expectation_chart(groups: pd.DataFrame, *, title: str, numbers: NumberFormat = _ENGLISH) -> go.Figure:
    """Return what share of the decided calls sold in each group, over the range that was expected.

    Parameters
    ----------
    groups : DataFrame
        As `results_by` returns it, indexed by what the groups are called; those without a decided call are left out.
    """
    shown = groups[groups["decided"] > 0]
    labels = [str(name) for name in shown.index]
    figure = go.Figure()
    _add_expected(figure, shown, labels)
    figure.add_scatter(
        x=shown["rate"],
        y=labels,
        mode="markers",
        name="sold",
        marker={"size": 13, "color": ACCENT, "symbol": "diamond", "line": {"color": "white", "width": 1.5}},
        hovertemplate="%{y}: sold %{x:.1%}<extra></extra>",
    )
    figure.update_xaxes(title="Share of decided calls that sold", tickformat=".0%", rangemode="tozero", nticks=6)
    figure.update_yaxes(title=title, type="category", categoryorder="array", categoryarray=labels[::-1])
    return laid_out(figure, _HEIGHT + _ROW * len(labels), numbers)


def _add_expected(figure: go.Figure, shown: pd.DataFrame, labels: list[str]) -> None:
    """Add the range of shares that was expected of each group, with a stroke at the expected one."""
    expected, low, high = (shown[column] / shown["decided"] for column in ("expected", "low", "high"))
    figure.add_scatter(
        x=expected,
        y=labels,
        mode="markers",
        name="expected, 19 times out of 20",
        marker={"size": 12, "color": QUIET, "symbol": "line-ns", "line": {"width": 3, "color": QUIET}},
        error_x={
            "type": "data",
            "array": high - expected,
            "arrayminus": expected - low,
            "thickness": 5,
            "width": 0,
            "color": QUIET,
        },
        hovertemplate="%{y}: expected %{x:.1%}<extra></extra>",
    )
