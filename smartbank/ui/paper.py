"""What goes on paper: the ranked list as a real table, as a grid prints no more than what is in view."""

from datetime import UTC, datetime
from typing import Final

import pandas as pd
import streamlit as st

from smartbank.bootstrap import export_ports
from smartbank.core.fields import CUSTOMER_ID
from smartbank.core.people import Actor
from smartbank.core.ranking import RankFilter
from smartbank.services.call_sheet import SHEET_ROWS, call_sheet
from smartbank.services.runs import Run
from smartbank.ui.print_style import ALONE_ON_PAPER, ON_PAPER_ONLY
from smartbank.ui.resources import services
from smartbank.ui.shortcuts import keys
from smartbank.ui.text import count, percent, plain, plural

_COLUMNS: Final = ("Rank", "Name", "Propensity", "Band", "Strongest reason")

_PRINT: Final = """
export default function ({ data }) {
  if (window.smartbankPrinted === data.sheet) return;
  window.smartbankPrinted = data.sheet;
  setTimeout(() => window.print(), 300);
}
"""
"""Several lines, or Streamlit takes it for a file name. It prints a sheet once, however often it is drawn."""

_print = st.components.v2.component("smartbank_print", js=_PRINT)


def show_on_paper(shown: pd.DataFrame) -> None:
    """Put the page of a table of leads on paper, in place of its grid: without phone numbers."""
    with st.container(key=ON_PAPER_ONLY):
        rows = shown[list(_COLUMNS)].head(SHEET_ROWS).copy()
        rows["Propensity"] = [percent(value / 100) for value in rows["Propensity"]]
        _table(rows)
        if len(shown) > SHEET_ROWS:
            st.caption(f"The first {SHEET_ROWS} of this page. CSV and Excel hold all leads.")


def show_call_sheet(run: Run, rank_filter: RankFilter, *, chosen: pd.DataFrame, key: str) -> None:
    """Show the sheet that was asked for, have the browser print it, and offer to put it away.

    Parameters
    ----------
    chosen : DataFrame
        The leads who may be called now: who objected since the sheet was made is not on it any more.
    """
    made, asked_at = st.session_state[key]
    sheet = made[made[CUSTOMER_ID].isin(chosen[CUSTOMER_ID])]
    with st.container(key=ALONE_ON_PAPER):
        st.markdown(f"**Call sheet: the best {count(len(sheet))} of the leads chosen**")
        st.caption(f"{plain(run.source.label)}, {_said(rank_filter)}. Market: {plain(run.market_label)}.")
        _table(
            pd.DataFrame(
                {
                    "Rank": sheet["rank"],
                    "Name": sheet["name"].where(sheet["name"].astype(bool), sheet[CUSTOMER_ID]),
                    "Phone": sheet["phone"].fillna(""),
                    "Propensity": [percent(value) for value in sheet["propensity"]],
                    "Band": sheet["band"],
                    "Strongest reason": sheet["reason_1"],
                }
            )
        )
        if len(sheet) < len(made):
            st.caption(f"{plural(len(made) - len(sheet), 'lead')} may not be called since: not shown any more.")
        st.caption("It holds personal data: treat it as your bank's rules say.")
    if st.button("Put the sheet away", key="close_sheet", icon=":material/close:"):
        del st.session_state[key]
        st.rerun()
    _print(key="print_sheet", data={"sheet": asked_at})


def ask_for_call_sheet(run: Run, rank_filter: RankFilter, *, key: str, actor: Actor) -> None:
    """Offer the call sheet; making it is on record as an export."""
    if st.button("Call sheet", key="export_paper", icon=":material/print:", shortcut=keys("paper")):
        now = datetime.now(UTC)
        sheet = call_sheet(
            run.run_id,
            rank_filter,
            by=actor,
            ports=export_ports(services()),
            now=now,
        )
        st.session_state[key] = (sheet, now.isoformat())
        st.rerun()


def _table(rows: pd.DataFrame) -> None:
    st.table(rows.set_index("Rank").map(lambda value: plain(str(value))), hide_index=False)


def _said(rank_filter: RankFilter) -> str:
    bands = f"bands {', '.join(rank_filter.bands)}" if rank_filter.bands else "all bands"
    lowest = f", propensity from {percent(rank_filter.min_propensity)}" if rank_filter.min_propensity else ""
    best = f", only the best {count(rank_filter.best)}" if rank_filter.best else ""
    free = ", free to call" if rank_filter.free_only else ""
    return f"{bands}{lowest}{best}{free}"
