"""Handing a released list to a dialler: whom to call still as CSV or Excel, with a signed manifest."""

from datetime import UTC, datetime
from urllib.parse import urlencode

import pandas as pd
import streamlit as st

from smartbank.bootstrap import list_export_ports
from smartbank.core.call_lists import CallList
from smartbank.core.list_exports import LEFT_OUT_WORDS, ToTakeAway, to_take_away
from smartbank.core.manifests import MANIFEST_ENDING
from smartbank.core.people import Actor, Right
from smartbank.core.work import WorkState
from smartbank.errors import SmartBankError
from smartbank.services.housekeeping import NO_LONGER_KEPT
from smartbank.services.list_exporting import queue_list_workbook, whom_to_take_away
from smartbank.services.works import find_work
from smartbank.ui.print_style import on_screen_only
from smartbank.ui.progress import note_looking_at, watch
from smartbank.ui.resources import services
from smartbank.ui.text import count, these


def show_list_export(call_list: CallList, actor: Actor, *, progress: pd.DataFrame | None = None) -> None:
    """Offer whom of a running list to call still, to those who may take leads away; draws nothing for others.

    Parameters
    ----------
    progress : DataFrame or None
        The entries with where each stands now; None has them looked up.
    """
    if not actor.may(Right.EXPORT) or not call_list.state.is_running:
        return
    try:
        whom = _whom(call_list, actor, progress)
    except SmartBankError as exc:
        st.info(str(exc), icon=":material/info:")
        return
    wanted = f"list_workbook_{call_list.list_id}"
    if len(whom.entries):
        with on_screen_only("hand_over"):
            st.markdown(f"**Take {these(len(whom.entries), 'customer')} to a dialler**")
        _show_buttons(call_list, actor, wanted)
    with on_screen_only("hand_over_columns"):
        st.caption(_said_of(whom))
    if wanted in st.session_state:
        _show_workbook(st.session_state[wanted], call_list.list_id, wanted, actor)


def _whom(call_list: CallList, actor: Actor, progress: pd.DataFrame | None) -> ToTakeAway:
    if progress is not None:
        return to_take_away(progress, ())
    ports = list_export_ports(services())
    return whom_to_take_away(call_list.list_id, by=actor, ports=ports, now=datetime.now(UTC))


def _show_buttons(call_list: CallList, actor: Actor, wanted: str) -> None:
    address = f"/exports/lists/{call_list.list_id}"
    with st.container(horizontal=True, vertical_alignment="center"):
        st.link_button("CSV", f"{address}.csv", icon=":material/download:", key="list_csv")
        st.link_button(
            "Manifest of the CSV",
            f"{address}{MANIFEST_ENDING}",
            icon=":material/verified:",
            key="list_manifest",
            help="A small signed file about the CSV you saved last; save that first. Keep both together: with it "
            "anybody can have checked, later, whether the CSV is still as it was.",
        )
        if wanted not in st.session_state and st.button("Excel", icon=":material/table_view:", key="list_xlsx"):
            st.session_state[wanted] = queue_list_workbook(
                call_list.list_id, by=actor, ports=list_export_ports(services()), now=datetime.now(UTC)
            )
            st.rerun()


def _said_of(whom: ToTakeAway) -> str:
    """Return what the file holds, and how many it leaves out and why."""
    left_out = [f"{count(number)} {LEFT_OUT_WORDS[standing]}" for standing, number in whom.left_out.items()]
    left = f" Left out: {'; '.join(left_out)}." if left_out else ""
    if whom.entries.empty:
        return f"Nobody of this list is to be called now.{left}"
    return (
        "One customer a row, in the order of calling: name, phone, attempt, best weekday, agent, band, propensity, "
        f"three reasons, and for the record model, market and fingerprint of the list.{left}"
    )


def _show_workbook(work_id: str, list_id: str, key: str, actor: Actor) -> None:
    """Offer a workbook that is made, and its manifest; until then show how far it is."""
    note_looking_at(work_id)
    work = find_work(work_id, by=actor, queue=services().queue)
    if work.state is WorkState.DONE:
        manifest = f"/exports/lists/{list_id}{MANIFEST_ENDING}?{urlencode({'export': work_id})}"
        with st.container(horizontal=True, vertical_alignment="center"):
            st.link_button(
                "Save the Excel file",
                f"/exports/{work_id}",
                icon=":material/download:",
                type="primary",
                key="save_list_xlsx",
            )
            st.link_button("Manifest of the Excel file", manifest, icon=":material/verified:", key="save_list_manifest")
    elif work.state.is_final:
        if work.state is WorkState.EXPIRED:
            st.info(NO_LONGER_KEPT[work.kind], icon=":material/auto_delete:")
        else:
            st.error(work.error or "The export was cancelled.", title="No Excel file was made")
    else:
        watch(work_id, actor)
        return
    if st.button("Make another", key="again_list_xlsx", icon=":material/refresh:"):
        del st.session_state[key]
        st.rerun()
