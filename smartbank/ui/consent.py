"""Whether a customer may be called: said first, and changed by those who may."""

from datetime import UTC, datetime
from typing import Final

import pandas as pd
import streamlit as st

from smartbank.core.consent import ConsentState, barred_states, consent_state
from smartbank.core.fields import CONSENT_COLUMNS, CUSTOMER_ID, FIELD, YES_NO
from smartbank.core.people import Actor, Right
from smartbank.errors import SmartBankError
from smartbank.services.consent import Why, record_consent
from smartbank.ui.resources import bank_settings, services

_SAID: Final = {
    ConsentState.OBJECTED: "This customer objected to calls.",
    ConsentState.DO_NOT_CALL: "This customer must not be called.",
    ConsentState.REFUSED: "This customer refused or withdrew consent to calls.",
    ConsentState.UNKNOWN: "This customer gave no consent to calls, and your bank calls only who did.",
}
_WHY_NOT: Final = {
    ConsentState.OBJECTED: "objected",
    ConsentState.DO_NOT_CALL: "do not call",
    ConsentState.REFUSED: "refused",
    ConsentState.UNKNOWN: "no consent",
}
_WHY: Final = {
    Why.CUSTOMER_SAID_SO: "The customer said so",
    Why.FORM_SIGNED: "A form was signed",
    Why.MISTAKE: "It was recorded by mistake",
}
_UNKNOWN: Final = "unknown"
_SAVED: Final = "consent_saved"


def may_be_called(customers: pd.DataFrame) -> list[str]:
    """Return "yes" or why not for each customer, as a column of a table; the frame is one of `load_customers`."""
    return [
        _WHY_NOT[ConsentState(state)] if is_barred else "yes"
        for state, is_barred in zip(customers["consent_state"], customers["is_barred"], strict=True)
    ]


def show_barred(customer: pd.Series) -> bool:
    """Say first that a customer must not be called, where it is so; return whether it is."""
    state = consent_state(_marks(customer))
    barred = state in barred_states(require_consent=bank_settings().require_consent)
    if barred:
        st.error(
            f"{_SAID[state]} Such customers are never scored or exported; a score below is from before.",
            title="Do not call",
            icon=":material/phone_disabled:",
        )
    return barred


def show_consent(customer: pd.Series, actor: Actor) -> None:
    """Show what a customer allows, with a form for those who may change it."""
    marks = _marks(customer)
    if not actor.may(Right.RECORD_CONSENT):
        for name in CONSENT_COLUMNS:
            with st.container(horizontal=True, horizontal_alignment="distribute"):
                st.text(FIELD[name].label, width="content")
                st.text(marks[name] or _UNKNOWN, width="content")
        return
    if st.session_state.pop(_SAVED, False):
        st.toast("Saved. It holds for lists and exports from now on.", icon=":material/check:")
    version = int(customer["customer_version"])
    with st.form(f"consent_{version}", border=False):
        chosen = {name: _choice(name, marks[name], version) for name in CONSENT_COLUMNS}
        why = st.selectbox(
            "Reason for this change", list(_WHY), format_func=_WHY.__getitem__, key=f"consent_why_{version}"
        )
        submitted = st.form_submit_button("Save what the customer allows", key="save_consent", icon=":material/save:")
    if not actor.may(Right.LIFT_OBJECTION):
        st.caption("You can record an objection; only a manager can take one back.")
    if submitted:
        _save(customer, chosen, why, actor)


def _choice(name: str, mark: str | None, version: int) -> str | None:
    options = [_UNKNOWN, *YES_NO]
    chosen = st.radio(
        FIELD[name].label,
        options,
        index=options.index(mark or _UNKNOWN),
        horizontal=True,
        key=f"consent_{name}_{version}",
    )
    return None if chosen == _UNKNOWN else chosen


def _save(customer: pd.Series, chosen: dict[str, str | None], why: Why, actor: Actor) -> None:
    try:
        record_consent(
            str(customer[CUSTOMER_ID]),
            chosen,
            version=int(customer["customer_version"]),
            why=why,
            by=actor,
            customers=services().customers,
            corrections=services().corrections,
            audit=services().audit,
            now=datetime.now(UTC),
        )
    except SmartBankError as exc:
        st.error(str(exc), icon=":material/error:")
        return
    st.session_state[_SAVED] = True
    st.rerun()


def _marks(customer: pd.Series) -> dict[str, str | None]:
    return {name: customer[name] if customer[name] in YES_NO else None for name in CONSENT_COLUMNS}
