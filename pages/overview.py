"""Overview: what needs attention today."""

import streamlit as st

from smartbank.core.people import Right
from smartbank.core.work import WorkState
from smartbank.errors import SmartBankError
from smartbank.services.runs import Run, recent_runs
from smartbank.ui.auth import require_user
from smartbank.ui.resources import services
from smartbank.ui.text import count, percent, plural

user = require_user()


def newest_done(runs: list[Run]) -> Run | None:
    """Return the newest finished run."""
    return next((run for run in runs if run.work.state is WorkState.DONE), None)


def first_line(newest: Run | None, n_customers: int) -> str:
    """Say what there is to do, in one sentence with a number in it."""
    if newest is None and not n_customers:
        return "Nothing is here yet: three steps to your first list."
    if newest is None:
        return f"{plural(n_customers, 'customer')} wait to be ranked."
    summary = newest.summary
    return (
        f"{plural(summary.worth_calling, 'lead')} of {count(summary.leads)} are worth a call today; "
        f"the best fifth holds {percent(summary.gain(0.2), digits=0)} of the sales we expect."
    )


def tiles(newest: Run, n_customers: int) -> None:
    """Show four figures: leads, expected sales, model, market."""
    summary, bands = newest.summary, newest.summary.band_leads
    snapshot = services().snapshot
    with st.container(horizontal=True):
        st.metric(
            "Leads scored",
            count(summary.leads),
            delta=f"{count(n_customers)} customers kept",
            delta_arrow="off",
            delta_color="off",
            border=True,
        )
        st.metric(
            "Band A, call first",
            count(bands["A"]),
            delta=f"band B: {count(bands['B'])}",
            delta_arrow="off",
            delta_color="off",
            border=True,
        )
        st.metric(
            "Sales expected",
            count(summary.expected_sales),
            delta=f"if all {count(summary.leads)} are called",
            delta_arrow="off",
            delta_color="off",
            border=True,
        )
        st.metric(
            "Market",
            f"{snapshot.as_of:%b %Y}",
            delta=f"Euribor {snapshot.euribor3m:.2f} %",
            delta_arrow="off",
            delta_color="off",
            border=True,
        )


def three_steps() -> None:
    """Say how to get to the first list."""
    for number, title, text in (
        (1, "Bring customers in", "Upload a CSV, Excel or Parquet file. A template shows the columns."),
        (2, "Read the report, then score", "You see what is missing before anyone is scored."),
        (3, "Take the list away", "Filter the ranked leads and save them as CSV or Excel."),
    ):
        st.markdown(f"**{number}. {title}.** {text}")


try:
    runs = recent_runs(queue=services().queue)
    n_customers = services().customers.count()
    newest = newest_done(runs)
    st.subheader(first_line(newest, n_customers))
    if newest is not None:
        tiles(newest, n_customers)
    if user.may(Right.SEE_LEADS):
        st.markdown("**What to do next**")
        with st.container(horizontal=True):
            if newest is not None:
                st.page_link(
                    "pages/leads.py", label="Call first: the ranked leads", icon=":material/format_list_numbered:"
                )
            if user.may(Right.BRING_IN):
                st.page_link(
                    "pages/leads.py",
                    label="Bring customers in",
                    icon=":material/upload_file:",
                    query_params={"view": "Bring customers in"},
                )
            st.page_link(
                "pages/leads.py",
                label="Find stored customers",
                icon=":material/search:",
                query_params={"view": "Stored customers"},
            )
        if newest is None:
            three_steps()
except SmartBankError as exc:
    st.error(str(exc), icon=":material/error:")
