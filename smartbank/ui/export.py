"""Taking the ranked leads away as CSV or Excel."""

from datetime import UTC, datetime
from urllib.parse import urlencode

import pandas as pd
import streamlit as st

from smartbank.bootstrap import export_ports
from smartbank.core.fields import CUSTOMER_ID
from smartbank.core.people import Actor
from smartbank.core.ranking import RankFilter
from smartbank.core.shared_phones import n_sharing
from smartbank.core.work import WorkState
from smartbank.services.exporting import Meant, queue_workbook
from smartbank.services.housekeeping import NO_LONGER_KEPT
from smartbank.services.runs import Run
from smartbank.services.works import find_work
from smartbank.ui.paper import ask_for_call_sheet, show_call_sheet
from smartbank.ui.print_style import on_screen_only
from smartbank.ui.progress import note_looking_at, watch
from smartbank.ui.resources import services
from smartbank.ui.shared_phones import sharing_words
from smartbank.ui.shortcuts import hint, keys
from smartbank.ui.text import plural, these


def show_export(run: Run, rank_filter: RankFilter, *, meant: pd.DataFrame, chosen: pd.DataFrame, actor: Actor) -> None:
    """Offer the leads a filter means as a CSV that streams, a workbook that the worker makes, and a sheet of paper.

    Parameters
    ----------
    meant, chosen : DataFrame
        The ranked leads the filter means, and those of them a file holds now.
    """
    query = urlencode(
        {
            "band": list(rank_filter.bands),
            "from": rank_filter.min_propensity,
            "best": rank_filter.best,
            "free": int(rank_filter.free_only),
        },
        doseq=True,
    )
    wanted, sheet = f"workbook_{run.run_id}_{query}", f"sheet_{run.run_id}_{query}"
    with on_screen_only("take_away"):
        st.markdown(f"**Take {these(len(chosen), 'lead')} away**")
    with st.container(horizontal=True, vertical_alignment="center"):
        st.link_button(
            "CSV",
            f"/exports/runs/{run.run_id}.csv?{query}",
            icon=":material/download:",
            key="export_csv",
            shortcut=keys("csv"),
        )
        if wanted not in st.session_state and st.button(
            "Excel", icon=":material/table_view:", key="export_xlsx", help=hint("excel")
        ):
            st.session_state[wanted] = _queued(run, rank_filter, actor)
            st.rerun()
        ask_for_call_sheet(run, rank_filter, key=sheet, actor=actor)
    with on_screen_only("take_away_columns"):
        st.caption("Rank, customer, phone, propensity, band, three reasons, model version, market date and run.")
    if sharing := sharing_words(n_sharing(chosen), plural(len(chosen), "lead")):
        st.caption(f":material/phone_forwarded: {sharing}")
    if wanted in st.session_state:
        without = set(meant[CUSTOMER_ID]) - set(chosen[CUSTOMER_ID])
        now = Meant(rank_filter, len(chosen), tuple(sorted(without)))
        _show_workbook(st.session_state[wanted], wanted, run, now, actor)
    if sheet in st.session_state:
        show_call_sheet(run, rank_filter, chosen=chosen, key=sheet)


def _queued(run: Run, rank_filter: RankFilter, actor: Actor) -> str:
    return queue_workbook(
        run.run_id,
        rank_filter,
        by=actor,
        ports=export_ports(services()),
        now=datetime.now(UTC),
    )


def _show_workbook(work_id: str, key: str, run: Run, meant: Meant, actor: Actor) -> None:
    """Offer a workbook that is made, unless others are left out by now; until it is made show how far it is."""
    note_looking_at(work_id)
    work = find_work(work_id, by=actor, queue=services().queue)
    if work.state is WorkState.DONE and work.result["left_out"] != meant.mark:
        st.info(
            "Who is free to call, or may be called at all, has changed since this Excel file was made. Make it again.",
            icon=":material/update:",
        )
        if st.button("Make the Excel file again", key="outdated_xlsx", icon=":material/table_view:"):
            st.session_state[key] = _queued(run, meant.rank_filter, actor)
            st.rerun()
    elif work.state is WorkState.DONE:
        st.link_button(
            "Save the Excel file",
            f"/exports/{work_id}",
            icon=":material/download:",
            type="primary",
            key="save_xlsx",
            help=hint("excel"),
        )
    elif work.state.is_final:
        if work.state is WorkState.EXPIRED:
            st.info(NO_LONGER_KEPT[work.kind], icon=":material/auto_delete:")
        else:
            st.error(work.error or "The export was cancelled.", title="No Excel file was made")
        if st.button("Try again", key="retry_xlsx"):
            del st.session_state[key]
            st.rerun()
    else:
        watch(work_id, actor)
