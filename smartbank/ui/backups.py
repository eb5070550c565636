"""Backups on the admin page: when the last one was made, and whether it went well."""

import streamlit as st

from smartbank.core.people import Actor
from smartbank.services.backups import are_left_out, is_made, last_backup
from smartbank.ui.resources import services
from smartbank.ui.text import plural, when


def show_backups(actor: Actor) -> None:
    """Say how the daily backup stands."""
    job = last_backup(by=actor, jobs=services().jobs)
    if job is not None and job.failed_at is not None:
        st.error(
            f"The backup of {when(job.failed_at)} failed. {job.error} It is tried again at {when(job.due_at)}.",
            icon=":material/error:",
        )
    if are_left_out(job):
        st.warning(
            "SmartBank makes no backups: the setting Keep backups is 0. Something else has to back up the database.",
            icon=":material/backup:",
        )
        return
    if job is None or job.done_at is None or not is_made(job):
        st.info(
            "No backup was made yet. The worker makes the first one ten minutes after the first start, then one a day.",
            icon=":material/backup:",
        )
        return
    documents, size = plural(int(job.result["documents"]), "document"), int(job.result["size"]) / 1_000_000
    st.success(
        f"The last backup was made on {when(job.done_at)}: {documents}, {size:,.1f} MB.",
        icon=":material/backup:",
    )
    st.caption(
        f"Folder {job.result['name']}, on the computer of the worker that made it. The keys of the data are not in it. "
        "Copy it elsewhere; docs/operations.md says how it is brought back."
    )
