"""The signed-in user's own account, in the sidebar: sign out, another password, sessions elsewhere."""

from datetime import UTC, datetime

import streamlit as st

from smartbank.bootstrap import hash_password, verify_password
from smartbank.core.passwords import MIN_PASSWORD_CHARACTERS
from smartbank.core.people import Actor, Session, User
from smartbank.errors import SmartBankError
from smartbank.services.passwords import change_own_password
from smartbank.services.sessions import end_session, own_sessions
from smartbank.services.sign_in import session_id_of, sign_out
from smartbank.ui import session_cookie
from smartbank.ui.resources import services
from smartbank.ui.text import plural, when
from smartbank.ui.visitor import current_visitor, require_still


def show_account(actor: Actor) -> None:
    """Show who is signed in, the way to the own account, and the button that ends the session."""
    st.markdown(f"**{actor.username}** · {actor.role}")
    if st.button("Your account", key="own_account", icon=":material/manage_accounts:", width="stretch"):
        st.dialog("Your account", icon=":material/manage_accounts:")(show_own_account)(actor)
    show_sign_out(actor)


def show_sign_out(actor: Actor) -> None:
    """Show the button that ends the session on the server and in the browser."""
    if st.button("Sign out", key="sign_out", icon=":material/logout:", width="stretch"):
        try:
            sign_out(
                session_cookie.session_token(),
                actor.place,
                users=services().users,
                audit=services().audit,
                now=datetime.now(UTC),
            )
        except SmartBankError as exc:
            st.error(str(exc), title="You are still signed in")
            return
        session_cookie.clear_in_browser()


def replace_own_password(old: str | User, password: str, repeated: str, *, actor: Actor) -> int | None:
    """Save another password of one's own and return how many sessions elsewhere that ended, or say what is wrong."""
    if password != repeated:
        st.error("The two passwords differ. Type the same one twice.")
        return None
    try:
        return change_own_password(
            old,
            password,
            token=session_cookie.session_token(),
            by=actor,
            users=services().users,
            hash_password=hash_password,
            verify_password=verify_password,
            audit=services().audit,
            now=datetime.now(UTC),
        )
    except SmartBankError as exc:
        st.error(str(exc))
        return None


def show_own_account(actor: Actor) -> None:
    """Show where else the user is signed in, and the form for another password; runs by itself in its dialog."""
    try:
        require_still(actor)
        _show_other_sessions(actor)
        _show_password_form(actor)
    except SmartBankError as exc:
        st.error(str(exc), icon=":material/error:")


def _show_other_sessions(actor: Actor) -> None:
    """List where else the user is signed in, each with a button to end it."""
    here = session_id_of(session_cookie.session_token())
    left = [session for session in _own(actor) if session.session_id != here and not _ended(session, actor)]
    if not left:
        st.markdown("You are signed in here only.")
        return
    st.markdown("**Also signed in**")
    for session in left:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"{session.browser or 'Unknown browser'}, {session.address}, since {when(session.started_at)}")
            st.button("End", key=_key(session), icon=":material/logout:", help="Signs that browser out at once")


def _own(actor: Actor) -> list[Session]:
    return own_sessions(by=actor, users=services().users, now=datetime.now(UTC))


def _ended(session: Session, actor: Actor) -> bool:
    """End a session whose button was pressed to start this run, before the list is drawn without it."""
    if not st.session_state.get(_key(session)):
        return False
    end_session(
        session.username,
        session.session_id,
        by=actor,
        users=services().users,
        audit=services().audit,
        now=datetime.now(UTC),
    )
    return True


def _key(session: Session) -> str:
    return f"end_own_{session.session_id}"


def _show_password_form(actor: Actor) -> None:
    """Show the form, and once the password is saved a sentence in its place."""
    user = current_visitor().user
    if user is not None and user.by_provider:
        st.caption("You sign in with your bank's identity provider: your password and your role are changed there.")
        return
    place = st.empty()
    with place.form("own_password"):
        st.markdown("**Another password**")
        old = st.text_input("Password now", key="own_old", type="password", autocomplete="current-password")
        password = st.text_input("New password", key="own_new", type="password", autocomplete="new-password")
        repeated = st.text_input(
            "New password again", key="own_new_again", type="password", autocomplete="new-password"
        )
        st.caption(f"At least {MIN_PASSWORD_CHARACTERS} characters. Saving signs you out everywhere else.")
        submitted = st.form_submit_button("Save password", key="own_submit", type="primary", width="stretch")
    ended = replace_own_password(old, password, repeated, actor=actor) if submitted else None
    if ended is not None:
        place.empty()
        for key in ("own_old", "own_new", "own_new_again"):
            del st.session_state[key]  # or the next form would hold what was typed into this one
        elsewhere = f"{plural(ended, 'session')} elsewhere ended" if ended else "you were signed in here only"
        st.success(f"Your password is changed; {elsewhere}.", icon=":material/check:")
