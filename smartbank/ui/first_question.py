"""The first question to whoever may change settings: what share of calls sells at this bank."""

from datetime import UTC, datetime
from typing import Final

import streamlit as st

from smartbank.core.bank_settings import BankSettings
from smartbank.core.people import Actor, Right
from smartbank.core.settings_doubts import base_rate_doubt
from smartbank.errors import SmartBankError
from smartbank.services.base_rate import say_base_rate
from smartbank.services.sign_in import token_hash
from smartbank.ui import session_cookie
from smartbank.ui.resources import bank_settings, services
from smartbank.ui.text import percent

_ASKED_BACK: Final = "sold_asked_back"
"""Key in the session state: the answer that was asked back about."""


def ask_base_rate(actor: Actor) -> None:
    """Ask for the bank's base rate and stop the run, until somebody said it or put it off for this session."""
    settings = bank_settings()
    if settings.has_own_base_rate or not actor.may(Right.CHANGE_SETTINGS) or _session() in _put_off():
        return
    _show_question(actor, settings)
    st.stop()


def _show_question(actor: Actor, settings: BankSettings) -> None:
    with st.container(horizontal_alignment="center").container(width=560):
        st.title("Of 100 calls last month, how many sold?", anchor=False)
        st.markdown(
            "A rough figure is enough. Every percentage on the screens stands on it; the order of the leads does not. "
            f"Until you say it, SmartBank counts with {percent(settings.base_rate)}, "
            f"the rate of {settings.base_rate_source}. You can change it on the page Admin at any time."
        )
        sold = st.number_input(
            "Sales of 100 calls", 0.0, 100.0, None, 1.0, format="%.2f", key="sold_of_100", placeholder="such as 3"
        )
        with st.container(horizontal=True):
            saved = st.button("Save", type="primary", icon=":material/check:", key="base_rate_save")
            st.button("I do not know yet", key="base_rate_later", on_click=_put_off_here)
        if sold is not None:
            _take(sold, settings, actor, saved=saved)
        elif saved:
            st.warning("Type a number first, or say that you do not know yet.", icon=":material/edit:")


def _take(sold: float, settings: BankSettings, actor: Actor, *, saved: bool) -> None:
    """Save an answer; one that is hardly meant only when it was asked back about and confirmed."""
    doubt = base_rate_doubt(sold / 100, numbers=settings.numbers)
    if saved and doubt:
        st.session_state[_ASKED_BACK] = sold
    if doubt and st.session_state.get(_ASKED_BACK) == sold:
        st.warning(f"{doubt} If it is a slip, type the number again.", icon=":material/help:")
        saved = st.button("Yes, save it", key="base_rate_sure", icon=":material/check:")
    if saved:
        _save(sold / 100, actor)


def _save(base_rate: float, actor: Actor) -> None:
    try:
        said = say_base_rate(
            base_rate,
            by=actor,
            settings=services().settings,
            market=services().market,
            queue=services().queue,
            audit=services().audit,
            now=datetime.now(UTC),
        )
    except SmartBankError as exc:
        st.error(str(exc), icon=":material/error:")
        return
    services().in_force.forget()
    st.toast(
        "Your base rate is saved." + (" All customers are being ranked again." if said.run_id else ""),
        icon=":material/check:",
    )
    st.rerun()


@st.cache_resource
def _put_off() -> set[str]:
    """Return the sessions of this process, by the hash of their token, that put the question off."""
    return set()


def _put_off_here() -> None:
    _put_off().add(_session())


def _session() -> str:
    return token_hash(session_cookie.session_token() or "")
