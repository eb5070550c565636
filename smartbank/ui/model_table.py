"""Tables of the model page: shown in the bank's number format, taken away as a small file."""

from typing import Final

import pandas as pd
import streamlit as st

from smartbank.core.exports import harmless
from smartbank.core.people import Actor, Right
from smartbank.ui.print_style import on_screen_only
from smartbank.ui.resources import bank_settings

_DIGITS: Final = 6


def show_table(
    shown: pd.DataFrame,
    *,
    name: str,
    alt: str,
    actor: Actor,
    taken: pd.DataFrame | None = None,
    folded: bool = False,
) -> None:
    """Show a table of figures, and offer it as a CSV to those who may take lists away.

    Parameters
    ----------
    shown : DataFrame
        What is shown, in words.
    name : str
        Names the file, and the widgets.
    taken : DataFrame or None
        What the file holds, as numbers; None takes what is shown.
    folded : bool
        Whether it repeats a chart, and is one click away.
    """
    if folded:
        with st.expander("The same as a table"):
            _table(shown, name=name, alt=alt, actor=actor, taken=taken)
    else:
        _table(shown, name=name, alt=alt, actor=actor, taken=taken)


def _table(shown: pd.DataFrame, *, name: str, alt: str, actor: Actor, taken: pd.DataFrame | None) -> None:
    st.dataframe(shown, hide_index=True, key=f"table_{name}", height="content", alt=alt)
    if not actor.may(Right.EXPORT):
        return
    with on_screen_only(f"take_{name}"):
        st.download_button(
            "Download the table",
            small_csv(shown if taken is None else taken),
            f"smartbank-model-{name.replace('_', '-')}.csv",
            "text/csv",
            icon=":material/download:",
            on_click="ignore",
            key=f"csv_{name}",
        )


def small_csv(table: pd.DataFrame) -> bytes:
    """Return a table as CSV in the bank's number format; text is harmless in a spreadsheet."""
    numbers = bank_settings().numbers
    rounded = table.round(_DIGITS).map(lambda value: harmless(value) if isinstance(value, str) else value)
    return rounded.to_csv(index=False, sep=numbers.separator, decimal=numbers.decimal).encode("utf-8-sig")
