"""Bringing customers in: upload, readiness, mapping by hand, choice of market, scoring."""

from datetime import UTC, datetime
from typing import Final

import streamlit as st

from smartbank.bootstrap import sample_upload
from smartbank.core.people import Actor
from smartbank.core.readiness import ReadinessReport
from smartbank.core.shared_phones import MANY
from smartbank.core.template import SAMPLE_NAME, TEMPLATE_NAME, upload_template
from smartbank.core.work import Work
from smartbank.services.leveling import MIN_ANCHOR
from smartbank.services.runs import Market, RunSource, queue_run
from smartbank.services.uploads import find_upload, queue_remapped, queue_upload
from smartbank.ui.lifting import offer_lifting
from smartbank.ui.mapping import mapping_form
from smartbank.ui.progress import finished_work
from smartbank.ui.readiness import show_readiness
from smartbank.ui.recent_uploads import show_recent_uploads
from smartbank.ui.removals import show_removal
from smartbank.ui.resources import services
from smartbank.ui.shortcuts import hint
from smartbank.ui.text import plural

FILE_TYPES: Final = ("csv", "tsv", "txt", "xlsx", "parquet")


def show_bring_in(actor: Actor) -> None:
    """Ask for a file, or go on with the upload in the address."""
    upload_id = st.query_params.get("upload")
    if upload_id:
        _continue(upload_id, actor)
    else:
        _ask_for_file(actor)


def _ask_for_file(actor: Actor) -> None:
    st.title("Bring a file of customers; you see whether it is fit before anyone is scored.")
    with st.form("upload_form", border=True):
        upload = st.file_uploader(
            "A table with one customer a row: CSV, Excel (XLSX) or Parquet, up to 200 MB",
            type=list(FILE_TYPES),
            key="leads_upload",
        )
        submitted = st.form_submit_button(
            "Check the file",
            key="check_file",
            type="primary",
            icon=":material/fact_check:",
            help=hint("check_file"),
        )
    if submitted and upload is None:
        st.warning("Choose a file first.", icon=":material/upload_file:")
    if submitted and upload is not None:
        upload_id = queue_upload(
            iter(lambda: upload.read(1 << 20), b""),
            upload.name,
            by=actor,
            files=services().files,
            queue=services().queue,
            audit=services().audit,
            now=datetime.now(UTC),
        )
        _go_to(upload_id)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.download_button(
            "Download a template",
            upload_template(),
            TEMPLATE_NAME,
            "text/csv",
            icon=":material/description:",
            on_click="ignore",
            key="template",
        )
        st.download_button(
            "Download a sample file",
            lambda: sample_upload(services()),
            SAMPLE_NAME,
            "text/csv",
            icon=":material/table_view:",
            on_click="ignore",
            key="sample",
            help="Synthetic customers to try SmartBank with. They are marked as such and go with the demo data.",
        )
        st.caption("Age and job are needed. Contact history tells most about who will say yes: bring it if you can.")
    show_recent_uploads(actor)


def _continue(upload_id: str, actor: Actor) -> None:
    if st.button("Bring another file", icon=":material/arrow_back:", key="another_file", type="tertiary"):
        del st.query_params["upload"]
        st.rerun()
    find_upload(upload_id, by=actor, queue=services().queue)
    upload = finished_work(upload_id, actor)
    report = ReadinessReport.from_json(upload.result)
    without_shared = show_readiness(upload_id, report, actor)
    show_removal(actor)
    offer_lifting([upload], actor)
    _mapping(upload, report, actor)
    if report.clean:
        _score(upload_id, report, actor, phones_from=MANY if without_shared else 0)


def _mapping(upload: Work, report: ReadinessReport, actor: Actor) -> None:
    mapping = mapping_form(report)
    if mapping is not None:
        _go_to(
            queue_remapped(
                upload, mapping, by=actor, queue=services().queue, audit=services().audit, now=datetime.now(UTC)
            )
        )


def _score(upload_id: str, report: ReadinessReport, actor: Actor, *, phones_from: int) -> None:
    market: Market = "snapshot"
    if report.has_market:
        in_force = f"The market in force ({services().market.look().as_of:%B %Y})"
        choices: dict[str, Market] = {in_force: "snapshot", "The market in the file (a replay)": "file"}
        choice = st.radio(
            "Which market are these customers called in?",
            list(choices),
            captions=["To call them now.", "To see how past leads would have been ranked in their own time."],
            key="market_choice",
            bind="query-params",
        )
        market = choices[choice]
    picked = report.picked
    if market == "snapshot" and report.to_score >= MIN_ANCHOR:
        picked = _asks_whether_picked(said=report.picked)
    _warn_of_samples(report)
    unfit = report.verdict == "not ready"
    if unfit:
        st.warning("This file is not ready. You can score it all the same, but do not call by it.")
    if st.button(
        f"Score {plural(report.to_score, 'lead')}" if report.to_score else f"Save {plural(report.clean, 'customer')}",
        type="secondary" if unfit else "primary",
        icon=":material/bolt:",
        key="score_upload",
        help=hint("score"),
    ):
        source = RunSource("upload", report.filename, upload_id=upload_id, picked=picked, phones_from=phones_from)
        st.session_state["show_run"] = queue_run(
            source, market=market, by=actor, queue=services().queue, audit=services().audit, now=datetime.now(UTC)
        )
        del st.query_params["upload"]
        st.rerun()


def _asks_whether_picked(*, said: bool) -> bool:
    return st.checkbox(
        f"These customers were picked, {'as the file says' if said else 'such as the best of a ranking of everybody'}",
        value=said,
        key="picked",
        help="Of a whole file the average percentage is your base rate. Picked customers buy more often than that, so "
        "their percentages go by your newest ranking of a whole file or of all customers; where there is none, by the "
        "calls the model learned from.",
    )


def _warn_of_samples(report: ReadinessReport) -> None:
    """Say so where made-up customers of the sample file would be saved and ranked together with real ones."""
    n_real = report.clean - report.samples
    if report.samples and n_real:
        st.warning(
            f"{plural(report.samples, 'sample customer')} and {plural(n_real, 'real one')} are in this file. "
            "Ranked together, the sample ones stand in the list and move the level of everybody else. Take "
            "the rows with ids that begin with SAMPLE- out of the file, and bring it again.",
            icon=":material/science:",
        )


def _go_to(upload_id: str) -> None:
    st.query_params["upload"] = upload_id
    st.rerun()
