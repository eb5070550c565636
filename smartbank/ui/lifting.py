"""Lifting the marks against calling that one upload set, where a column was mistaken."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

import streamlit as st

from smartbank.core.fields import FIELD
from smartbank.core.people import Actor, Right
from smartbank.core.wording import agreeing
from smartbank.core.work import Work
from smartbank.errors import SmartBankError
from smartbank.services.lifting import effect_of_lifting, queue_lifting, uploads_that_marked
from smartbank.ui.removals import watch_removal
from smartbank.ui.resources import services
from smartbank.ui.text import plain, plural, when


def offer_lifting(uploads: Sequence[Work], actor: Actor) -> None:
    """Offer those who may to lift the marks one of some uploads set, newest first; else nothing is shown."""
    if not uploads or not actor.may(Right.LIFT_OBJECTION):
        return
    marking = uploads_that_marked([each.work_id for each in uploads], by=actor, marked=services().marked)
    found = {each.work_id: each for each in uploads if each.work_id in marking and each.state.is_final}
    if found:
        with st.container(horizontal=True, vertical_alignment="bottom"):
            chosen = _choice(found) if len(found) > 1 else next(iter(found))
            if st.button("Lift the marks this upload set", icon=":material/phone_enabled:", key="lift_marks"):
                _confirm(found[chosen], actor)
    n_older = sum(not each.request.get("notes_marks") for each in uploads)
    if n_older:
        st.caption(
            f"Of {plural(n_older, 'older upload')} it was not noted whom {agreeing(n_older, 'it', 'they')} marked as "
            "not to be called: such marks are lifted on each customer's page."
        )


def _choice(found: Mapping[str, Work]) -> str:
    return st.selectbox(
        "An upload that marked customers by mistake",
        list(found),
        format_func=lambda key: f"{when(found[key].created_at)} · {found[key].request['filename']}",
        key="lift_choice",
        width=380,
    )


@st.dialog("Lift the marks this upload set?")
def _confirm(upload: Work, actor: Actor) -> None:
    try:
        with st.spinner("Looking where each mark comes from…"):
            effect = effect_of_lifting(upload.work_id, by=actor, marked=services().marked)
        st.markdown(f"**{plain(str(upload.request['filename']))}**, read {when(upload.created_at)}")
        _marks("From this upload alone, to be lifted", effect.alone)
        _marks("Said somewhere else too, or by hand: these stay", effect.elsewhere)
        if not effect.customers:
            st.info("No mark that stands now comes from this upload alone, so there is none to lift.")
            return
        n = len(effect.customers)
        st.markdown(
            f"{plural(n, 'customer')} may be called again as before this upload, unless another mark stays. "
            "Each keeps its history, and the audit log says that you did this. Be sure that nobody of them objected."
        )
        if st.button(
            f"Lift the marks of {plural(n, 'customer')}",
            type="primary",
            key="lift_confirmed",
            icon=":material/phone_enabled:",
        ):
            watch_removal(_queued(upload, actor))
            st.rerun()
    except SmartBankError as exc:
        st.error(str(exc), icon=":material/error:")


def _queued(upload: Work, actor: Actor) -> str:
    return queue_lifting(
        upload.work_id,
        by=actor,
        marked=services().marked,
        queue=services().queue,
        audit=services().audit,
        now=datetime.now(UTC),
    )


def _marks(title: str, counts: Mapping[str, int]) -> None:
    if counts:
        said = "; ".join(f"{FIELD[name].label}: {plural(n, 'customer')}" for name, n in counts.items())
        st.markdown(f"**{title}.** {said}.")
