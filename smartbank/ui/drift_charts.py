"""Charts of drift: plain data in, a Plotly figure out; no Streamlit call."""

from typing import Final

import pandas as pd
from plotly import graph_objects as go

from smartbank.core.drift import MOVED_FROM, SHIFTED_FROM
from smartbank.core.number_format import NUMBER_FORMATS, NumberFormat
from smartbank.ui.charts import ACCENT, AGAINST, QUIET, laid_out

GROUP: Final = "Group"
THEN: Final = "Training rows"
NOW: Final = "These leads"
_ENGLISH: Final = NUMBER_FORMATS["en"]


def groups_chart(groups: pd.DataFrame, *, numbers: NumberFormat = _ENGLISH) -> go.Figure:
    """Return the shares of a field's groups side by side.

    Parameters
    ----------
    groups : DataFrame
        `GROUP` (its name), `THEN` and `NOW` (share of the training rows and of the leads, in [0, 1]), in order.
    """
    figure = go.Figure()
    pattern = {"shape": "/"}  # told apart without colour
    figure.add_bar(x=groups[GROUP], y=groups[THEN], name=THEN, marker={"color": QUIET, "pattern": pattern})
    figure.add_bar(x=groups[GROUP], y=groups[NOW], name=NOW, marker={"color": ACCENT})
    figure.update_traces(hovertemplate="%{x}: %{y:.1%}")
    figure.update_xaxes(type="category")
    figure.update_yaxes(title="Share", tickformat=".0%", rangemode="tozero")
    return laid_out(figure, 280, numbers, barmode="group", bargap=0.3)


def trend_chart(history: pd.DataFrame, *, numbers: NumberFormat = _ENGLISH) -> go.Figure:
    """Return the index over the last runs, with the limits as lines.

    Parameters
    ----------
    history : DataFrame
        `at` (datetime), `score` and `field` (index of the margins, and largest one of a field), oldest first.
    """
    figure = go.Figure()
    for column, name, color, dash in (
        ("field", "largest of a field", QUIET, "dot"),
        ("score", "score", ACCENT, "solid"),
    ):
        figure.add_scatter(
            x=history["at"],
            y=history[column],
            mode="lines+markers",
            name=name,
            line={"color": color, "width": 2, "dash": dash},
        )
    for limit, words, place in ((MOVED_FROM, "moved", "top left"), (SHIFTED_FROM, "shifted", "top right")):
        line = {"color": AGAINST, "width": 1, "dash": "dash"}
        figure.add_hline(y=limit, line=line, annotation_text=words, annotation_position=place)
    figure.update_yaxes(title="Index (PSI)", rangemode="tozero")
    return laid_out(figure, 240, numbers)
