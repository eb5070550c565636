"""Sign-in on the screens: every page asks `require_user` first and receives an `Actor`."""

from datetime import UTC, datetime
from typing import Final

import streamlit as st

from smartbank.bootstrap import verify_password
from smartbank.core.log_context import note_in_log
from smartbank.core.passwords import MIN_PASSWORD_CHARACTERS
from smartbank.core.people import Actor, Right, SessionEnd, User
from smartbank.errors import SmartBankError
from smartbank.services.sign_in import session_end, sign_in
from smartbank.ui import session_cookie
from smartbank.ui.account import replace_own_password, show_sign_out
from smartbank.ui.provider import show_emergency_code, show_provider_sign_in
from smartbank.ui.resources import services
from smartbank.ui.visitor import current_visitor

FORM_WIDTH: Final = 420
PUT_OUT: Final = {
    SessionEnd.EXPIRED: "Your session ended by itself after 12 hours. Sign in again.",
    SessionEnd.DISABLED: "An administrator disabled your account, so you were signed out. Ask them if you need it.",
    SessionEnd.PASSWORD: "Your password was changed, which signed you out here. Sign in with the new one.",
    SessionEnd.BY_ADMINISTRATOR: "An administrator ended your session. Sign in again.",
    SessionEnd.BY_USER: "You ended this session from another browser. Sign in again.",
}
OWNER: Final = "signed_in_as"
"""Key in the session state: whose values it holds."""


def require_user(*rights: Right) -> Actor:
    """Return who is signed in, in which role and from where, or say what is missing and stop the run."""
    actor = signed_in(*rights)
    if actor is None:
        st.stop()
    return actor


def signed_in(*rights: Right) -> Actor | None:
    """Return who is signed in, in which role and from where, or say what is missing and return None.

    The session is looked up in the store in every run, once: by `app.py`, or by a page that runs by itself. Without
    one there is the sign-in form; with a password somebody else chose, the form to change it; without a right, a
    sentence. `app.py` runs to its end then: Streamlit forgets the parts of the page before that run by themselves only
    at the end of a run, and one of them would draw into a page that is not there any more.
    """
    visitor = current_visitor()
    if visitor.error is not None:
        st.error(str(visitor.error), title="SmartBank cannot look up who you are")
        return None
    user = visitor.user
    note_in_log(by=user.username if user is not None else "")
    if user is None:
        _show_sign_in()
        return None
    _keep_state_of(user)
    actor = user.at(session_cookie.client_address())
    if user.must_change_password:
        _show_password_change(user, actor)
        return None
    if not all(actor.may(right) for right in rights):
        st.warning(
            f"Your role ({actor.role}) does not include this page. Ask an administrator if you need it.",
            title="This page is not for your role",
            icon=":material/lock:",
        )
        return None
    return actor


def _show_sign_in() -> None:
    with _narrow():
        st.title("SmartBank", anchor=False)
        st.markdown("Whom to call next, why, and what it is worth. Sign in with the name your bank gave you.")
        _show_why_out()
        if session_cookie.is_in_the_clear():
            st.error(
                "This address is not encrypted, so your password could be read on the way. Open SmartBank at its "
                "https:// address; if there is none, ask your administrator to set one up.",
                icon=":material/lock_open:",
            )
            return
        provider = services().configuration.provider()
        if provider is not None:
            show_provider_sign_in(provider)
        if provider is not None and provider.only:
            show_emergency_code()
            _show_refusal()
        else:
            _show_password_form(is_first=provider is None)


def _show_password_form(*, is_first: bool) -> None:
    with st.form("sign_in"):
        username = st.text_input("User name", key="sign_in_username", autocomplete="username")
        password = st.text_input("Password", key="sign_in_password", type="password", autocomplete="current-password")
        submitted = st.form_submit_button(
            "Sign in",
            key="sign_in_submit",
            type="primary" if is_first else "secondary",
            icon=":material/login:",
            width="stretch",
        )
    _show_refusal()
    if submitted:
        _try_sign_in(username, password)


def _show_why_out() -> None:
    """Say why a session is over to the browser that held it; somebody without its cookie learns nothing."""
    try:
        why = session_end(session_cookie.session_token(), users=services().users, now=datetime.now(UTC))
    except SmartBankError:
        return
    if why is not None:
        st.info(PUT_OUT[why], icon=":material/logout:")


def _try_sign_in(username: str, password: str) -> None:
    try:
        ticket = sign_in(
            username,
            password,
            session_cookie.client_address(),
            users=services().users,
            verify_password=verify_password,
            audit=services().audit,
            now=datetime.now(UTC),
        )
    except SmartBankError as exc:
        st.error(str(exc))
    else:
        st.caption("Signing you in…")
        session_cookie.redeem_in_browser(ticket)


def _show_password_change(user: User, actor: Actor) -> None:
    with _narrow():
        st.title("Choose your password", anchor=False)
        st.markdown(
            f"Somebody else chose the password of **{actor.username}**. "
            f"Choose your own, of at least {MIN_PASSWORD_CHARACTERS} characters: four unrelated words do well."
        )
        with st.form("change_password"):
            password = st.text_input("New password", key="new_password", type="password", autocomplete="new-password")
            repeated = st.text_input(
                "New password again", key="new_password_again", type="password", autocomplete="new-password"
            )
            submitted = st.form_submit_button(
                "Save password", key="new_password_submit", type="primary", width="stretch"
            )
        _show_refusal()
        if submitted and replace_own_password(user, password, repeated, actor=actor) is not None:
            st.rerun()
        show_sign_out(actor)


def _show_refusal() -> None:
    if st.session_state.pop(session_cookie.REFUSED, False):
        st.error("Your browser could not reach SmartBank, or was refused. Reload the page and try again.")


def _keep_state_of(user: User) -> None:
    """Forget what another user left: after a lost connection a tab comes back with the cookie of now."""
    if st.session_state.get(OWNER, user.username) != user.username:
        st.session_state.clear()
    st.session_state[OWNER] = user.username


def _narrow() -> "st.delta_generator.DeltaGenerator":
    """Return a container as wide as a form, in the middle of the page."""
    return st.container(horizontal_alignment="center").container(width=FORM_WIDTH)
