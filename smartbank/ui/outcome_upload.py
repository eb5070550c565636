"""Bringing a dialler's results back: choose the file, see what it would record, and record it."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from smartbank.bootstrap import outcome_upload_ports
from smartbank.core.call_lists import CallList
from smartbank.core.outcome_checks import OutcomeReport
from smartbank.core.outcome_rows import TEMPLATE, TEMPLATE_NAME
from smartbank.core.outcomes import OUTCOME_NAMES
from smartbank.core.people import Actor, Right
from smartbank.core.wording import agreeing, listed
from smartbank.core.work import Progress
from smartbank.errors import SmartBankError
from smartbank.services.bank_data import note_bank_data
from smartbank.services.outcome_upload import MOST_ROWS, TAKEN_FOR, RecordedFile, check_outcomes, record_outcomes
from smartbank.ui.bring_in import FILE_TYPES
from smartbank.ui.notice import Notice, leave_notice
from smartbank.ui.resources import services
from smartbank.ui.text import count, plain, plural

_TURN: Final = "outcome_file_turn"
"""Key in the session state: how many files were recorded; each has a file chooser of its own, which begins empty."""
_AGENTS_NAMED: Final = 5
_NAME_SHOWN: Final = 40
_SHOWN: Final = 1_000
"""Refused rows that are shown."""


def show_outcome_upload(call_list: CallList, actor: Actor) -> None:
    """Ask for a file of results of a list, say what it would record, and record it; draws nothing for other roles."""
    if not actor.may(Right.RELEASE_LISTS):
        return
    if call_list.ended_at is not None and datetime.now(UTC) - call_list.ended_at > TAKEN_FOR:
        return
    st.markdown("**Bring results back**")
    upload = st.file_uploader(
        f"What came of the calls: CSV, Excel (XLSX) or Parquet, one call a row, up to {count(MOST_ROWS)} rows",
        type=list(FILE_TYPES),
        key=f"outcome_file_{st.session_state.get(_TURN, 0)}_{call_list.list_id}",
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        st.download_button(
            "Download a template",
            TEMPLATE,
            TEMPLATE_NAME,
            "text/csv",
            icon=":material/description:",
            on_click="ignore",
            key="outcome_template",
        )
        st.caption("Customer id, outcome and time of the call are needed. Nothing is recorded before you say so.")
    if upload is not None:
        _show_file(call_list, upload, actor)


def _show_file(call_list: CallList, upload: Any, actor: Actor) -> None:  # noqa: ANN401  Streamlit's uploaded file
    try:
        report = check_outcomes(
            call_list.list_id,
            [upload.getvalue()],
            upload.name,
            by=actor,
            ports=outcome_upload_ports(services()),
            now=datetime.now(UTC),
        )
    except SmartBankError as exc:
        st.error(str(exc), icon=":material/error:")
        return
    _show_report(report)
    if unknown := unknown_agents_words(report.unknown_agents, has_agents=bool(call_list.callers)):
        st.info(unknown, icon=":material/person_search:")
    whole = _asks_whether_whole(call_list)
    if (wanted := _to_record(report)) and st.button(
        f"Record {wanted}", type="primary", icon=":material/save:", key="record_outcomes"
    ):
        _record(call_list, upload, actor, whole=whole)


def _to_record(report: OutcomeReport) -> str:
    """Return what would be recorded in words; empty for nothing."""
    parts = [(report.right, "outcome"), (len(report.objections), "objection")]
    return " and ".join(plural(number, name) for number, name in parts if number)


def _asks_whether_whole(call_list: CallList) -> bool:
    """Ask whether the file has the sales of customers who were not called too, where the list has such."""
    if call_list.figures is None or not call_list.figures.control:
        return False
    return st.checkbox(
        f"The file also has every sale of the {plural(call_list.figures.control, 'customer')} who "
        f"{agreeing(call_list.figures.control, 'is', 'are')} not called",
        key=f"outcome_file_whole_{call_list.list_id}",
        help="Only then can the results say what calling brought.",
    )


def _show_report(report: OutcomeReport) -> None:
    for notice in report.notices:
        st.info(plain(notice), icon=":material/info:")
    known = f" {count(report.again)} {agreeing(report.again, 'is', 'are')} recorded already." if report.again else ""
    said = f"{count(report.right)} of {plural(report.rows, 'row')} can be recorded.{known}"
    st.markdown(f"{said} {_kinds(report)}".strip())
    if report.without_call:
        st.caption(
            f"{plural(report.without_call, 'customer')} who {agreeing(report.without_call, 'was', 'were')} not to be "
            "called bought without a call."
        )
    if report.control_refused:
        st.warning(
            f"{plural(report.control_refused, 'row')} of customers who were not to be called "
            f"{agreeing(report.control_refused, 'is', 'are')} refused. Were they called, the comparison with them is "
            "spoilt: find out why they were in the dialler.",
            icon=":material/warning:",
        )
    if report.refused:
        _show_refused(report)


def unknown_agents_words(unknown: Mapping[str, int], *, has_agents: bool) -> str:
    """Return how many rows name agents of whom SmartBank knows no calls of the list, which, and where they count."""
    if not unknown:
        return ""
    rows, names = sum(unknown.values()), list(unknown)
    shown = [plain(name[:_NAME_SHOWN]) for name in names[:_AGENTS_NAMED]]
    if more := len(names) - len(shown):
        shown.append(f"{count(more)} more")
    whom = "an agent" if len(names) == 1 else "agents"
    name, them = agreeing(rows, "names", "name"), agreeing(rows, "it", "they")
    counts = agreeing(rows, "counts", "count")
    where = (
        f"{counts} with the agent who has the customer" if has_agents else f"{counts} with no agent: the list has none"
    )
    return (
        f"{plural(rows, 'row')} {name} {whom} SmartBank does not know on this list: {listed(shown)}. Recorded as "
        f"brought by you, {them} {where}."
    )


def _kinds(report: OutcomeReport) -> str:
    said = [f"{OUTCOME_NAMES[kind]}: {count(number)}" for kind, number in sorted(report.by_outcome.items())]
    return f"{', '.join(said).capitalize()}." if said else ""


def _show_refused(report: OutcomeReport) -> None:
    st.markdown(f"**{plural(len(report.refused), 'row')} will not be recorded**")
    shown = report.refused[:_SHOWN]
    st.dataframe(
        pd.DataFrame(
            {
                "Row": [each.row for each in shown],
                "Customer": [each.customer for each in shown],
                "Why": [each.told for each in shown],
            }
        ),
        hide_index=True,
        key="refused_outcomes",
        alt="Rows that will not be recorded: row, customer and why",
    )
    if len(report.refused) > len(shown):
        st.caption(f"The first {count(len(shown))} are shown.")


def _record(call_list: CallList, upload: Any, actor: Actor, *, whole: bool) -> None:  # noqa: ANN401  Streamlit's uploaded file
    bar = st.progress(0.0, text="Recording the results")
    try:
        done = record_outcomes(
            call_list.list_id,
            [upload.getvalue()],
            upload.name,
            by=actor,
            ports=outcome_upload_ports(services()),
            now=datetime.now(UTC),
            report=lambda progress: _show(bar, progress),
        )
    except SmartBankError as exc:
        st.error(str(exc), icon=":material/error:")
        return
    if whole:
        now, held = datetime.now(UTC), services()
        note_bank_data([call_list.list_id], until=now, by=actor, lists=held.lists, audit=held.audit, now=now)
    st.session_state[_TURN] = st.session_state.get(_TURN, 0) + 1
    leave_notice(Notice(_done(done)))


def _show(bar: DeltaGenerator, progress: Progress) -> None:
    bar.progress(progress.share, text=progress.step)


def _done(done: RecordedFile) -> str:
    words = [f"{plural(done.recorded, 'outcome')} recorded"]
    words += [f"{count(done.again)} {agreeing(done.again, 'was', 'were')} recorded already"] if done.again else []
    words += [f"{plural(len(done.refused), 'row')} refused"] if done.refused else []
    objecting = len({each.customer for each in done.refused if each.objects})
    words += [f"{plural(objecting, 'objection')} in force all the same"] if objecting else []
    return f"{', '.join(words)}."
