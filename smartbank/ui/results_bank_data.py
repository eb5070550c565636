"""Where nobody knows whether customers who were not called bought: what can be said, and how to go on."""

from datetime import UTC, datetime

import streamlit as st

from smartbank.core.hold_out import Role
from smartbank.core.list_results import is_sold
from smartbank.core.people import Actor, Right
from smartbank.core.wording import agreeing
from smartbank.errors import SmartBankError
from smartbank.services.bank_data import note_bank_data
from smartbank.services.list_results import ListResults
from smartbank.ui.notice import Notice, leave_notice
from smartbank.ui.resources import services
from smartbank.ui.text import count, plural


def one_sided_line(found: ListResults) -> str:
    """Return how much was sold, and that nobody can say yet what calling brought."""
    called = found.entries[found.entries["role"] != Role.CONTROL]
    sold = int(is_sold(called).sum())
    return (
        f"{count(sold)} of {plural(len(called), 'customer')} bought so far. What calling brought can be told once it "
        "is known who bought without a call."
    )


def show_one_sided(found: ListResults, actor: Actor) -> None:
    """Say what is missing, and let who releases lists say that it is there."""
    one_sided = found.entries["list_id"].isin(found.one_sided)
    held_out = int((one_sided & (found.entries["role"] == Role.CONTROL)).sum())
    st.info(
        f"{plural(held_out, 'customer')} on {plural(len(found.one_sided), 'list')} "
        f"{agreeing(held_out, 'is', 'are')} not called, and nobody said "
        "yet which of them bought by themselves. Bring their sales in with the results of the list, on the page Call "
        "lists. If all their sales are in, or none of them bought, say so here.",
        icon=":material/balance:",
    )
    if not actor.may(Right.RELEASE_LISTS):
        return
    if st.button("All sales up to now are in", key="bank_data_in", icon=":material/task_alt:"):
        now, held = datetime.now(UTC), services()
        try:
            note_bank_data(found.one_sided, until=now, by=actor, lists=held.lists, audit=held.audit, now=now)
        except SmartBankError as exc:
            st.error(str(exc), icon=":material/error:")
            return
        st.cache_data.clear()
        leave_notice(Notice("Noted: all sales of customers who were not called are in, up to now."))
