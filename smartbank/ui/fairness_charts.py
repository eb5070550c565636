"""Charts of fairness: plain data in, a Plotly figure out; no Streamlit call."""

from typing import Final

import pandas as pd
from plotly import graph_objects as go

from smartbank.core.number_format import NUMBER_FORMATS, NumberFormat
from smartbank.ui.charts import ACCENT, QUIET, laid_out

_ROOM: Final = 1.2
"""Length of the axis over the longest bar, so that the text beside it fits."""
_ENGLISH: Final = NUMBER_FORMATS["en"]


def groups_chart(table: pd.DataFrame, *, numbers: NumberFormat = _ENGLISH) -> go.Figure:
    """Return each group's share of all leads beside its share of the list; `table` is a `group_table`."""
    widest = float(table[["share", "share_of_list"]].to_numpy().max())
    figure = go.Figure()
    for name, column, colour in (("of all leads", "share", QUIET), ("of the list", "share_of_list", ACCENT)):
        figure.add_bar(
            orientation="h",
            y=table.index.tolist(),
            x=table[column].tolist(),
            name=name,
            marker={"color": colour},
            text=[f"{numbers.number(100 * value, digits=1)} %" for value in table[column]],
            textposition="outside",
            cliponaxis=False,
            hovertemplate="%{y}: %{text} " + name + "<extra></extra>",
        )
    figure.update_xaxes(title="Share", tickformat=".0%", range=[0, _ROOM * widest])
    figure.update_yaxes(autorange="reversed")
    figure.update_layout(bargap=0.3, barmode="group", legend_traceorder="normal")
    return laid_out(figure, 120 + 46 * len(table), numbers)
