"""Long tables: pages of 100 rows, and opening the customer of a selected row."""

from collections.abc import Mapping
from typing import Any, Final, Literal

import pandas as pd
import streamlit as st

from smartbank.core.customers import display_names
from smartbank.core.exports import harmless
from smartbank.ui.text import count

PAGE_ROWS: Final = 100
SORT_HINT: Final = (
    "Select a row to open the customer. A click on a column header sorts this page only; use Sort for all."
)
NAME_WIDTH: Final = 220
"""Pixels in which a name of four words fits, with "(demo)" behind it."""
NAME_AND_CALL: Final[Mapping[str, Any]] = {
    "Name": st.column_config.TextColumn(width=180),
    "May be called": st.column_config.TextColumn(width=120),
}
"""The first two columns where nobody may be called unread: both fit a screen of 390 pixels."""
_HEIGHT: Final = 560
_SHORT: Final = 14
"""Rows of a table that needs no height of its own."""
_ID_SHOWN: Final = 18


def page_of(rows: pd.DataFrame, *, key: str) -> pd.DataFrame:
    """Return the page of rows that the reader chose, with the control to choose another when there is more than one."""
    start = page_start(len(rows), key=key)
    return rows.iloc[start : start + PAGE_ROWS]


def page_start(n_rows: int, *, key: str) -> int:
    """Return the position of the first row of the chosen page; draws the control when there is more than one page."""
    n_pages = max(1, -(-n_rows // PAGE_ROWS))
    if n_pages == 1:
        return 0
    if st.session_state.get(key, 1) > n_pages:
        st.session_state[key] = 1
    with st.container(horizontal=True, vertical_alignment="center"):
        start = (st.pagination(n_pages, key=key, bind="query-params") - 1) * PAGE_ROWS
        st.caption(f"Rows {count(start + 1)} to {count(min(start + PAGE_ROWS, n_rows))} of {count(n_rows)}")
    return start


def show_customer_table(
    shown: pd.DataFrame,
    customer_ids: list[str],
    *,
    key: str,
    alt: str,
    columns: Mapping[str, Any] | None = None,
    height: int | Literal["auto"] = _HEIGHT,
) -> None:
    """Show one row a customer; selecting a row or a cell opens the customer, by way of `follow_selection`.

    Parameters
    ----------
    shown : DataFrame of shape (n_customers, n_columns)
        What is shown, in the order of `customer_ids`.
    columns : mapping of str to column config
        How columns are drawn that need more than their values.
    """
    st.dataframe(
        shown,
        key=key,
        hide_index=True,
        on_select=lambda: _remember_selection(key, customer_ids),
        selection_mode=["single-row", "single-cell"],
        height="auto" if len(shown) < _SHORT else height,
        column_config=dict(columns or {}),
        alt=alt,
    )


def propensity_column(*, width: int) -> Any:  # noqa: ANN401  Streamlit's column configuration
    """Return how a column of propensities in percent is drawn: a bar with one decimal."""
    return st.column_config.ProgressColumn(format="%.1f %%", min_value=0, max_value=100, width=width)


RANK_AND_BAND: Final[Mapping[str, Any]] = {
    "Rank": st.column_config.NumberColumn(format="localized", width=55, pinned=True),
    "Band": st.column_config.TextColumn(width=52),
    "Propensity": propensity_column(width=105),
}
"""The first three columns of ranked leads: they leave room for most of a name on a screen of 390 pixels."""


def _remember_selection(key: str, customer_ids: list[str]) -> None:
    selection = st.session_state[key].selection
    rows = list(selection.get("rows") or [cell[0] for cell in selection.get("cells", [])])
    if rows and rows[0] < len(customer_ids):
        st.session_state["opened_customer"] = customer_ids[rows[0]]


def follow_selection() -> None:
    """Go to the customer that was selected in a table, if one was."""
    opened = st.session_state.pop("opened_customer", None)
    if opened:
        st.switch_page("pages/customer.py", query_params={"customer": opened})


def names_or_ids(customers: pd.DataFrame, customer_ids: pd.Series) -> list[str]:
    """Return each customer's name, or the id of one without; harmless, as a grid offers its rows as a file.

    Parameters
    ----------
    customers : DataFrame
        With `name` and `synthetic`, in the order of `customer_ids`.
    """
    names = display_names(customers)
    return [harmless(name or _short_id(str(key))) for name, key in zip(names, customer_ids, strict=True)]


def _short_id(customer_id: str) -> str:
    """Return an id that fits the column: of a long one the end, which tells customers of one file apart."""
    return customer_id if len(customer_id) <= _ID_SHOWN else f"…{customer_id[-_ID_SHOWN + 1 :]}"
