"""Sessions on the admin page: who is signed in, since when, where; and ending them."""

from datetime import UTC, datetime
from typing import Any

import pandas as pd
import streamlit as st

from smartbank.core.people import Actor, Right, Session
from smartbank.services.sessions import end_session, end_sessions, live_sessions
from smartbank.services.sign_in import session_id_of
from smartbank.ui import session_cookie
from smartbank.ui.meant import note_meant, what_was_meant
from smartbank.ui.notice import Notice, leave_notice, show_notice
from smartbank.ui.resources import services
from smartbank.ui.text import plural, when


def show_sessions(actor: Actor) -> None:
    """Show every live session, and to those who may, how to end one."""
    _end_what_was_meant(actor)
    show_notice(lambda _undo: "")
    sessions = live_sessions(by=actor, users=services().users, now=datetime.now(UTC))
    here = session_id_of(session_cookie.session_token())
    st.dataframe(
        pd.DataFrame([_row(session, here=here) for session in sessions]),
        hide_index=True,
        key="sessions_table",
        alt="Sessions: user, since when, last seen, address, browser, short name",
    )
    if not actor.may(Right.MANAGE_USERS):
        st.caption("You see sessions and end none but your own: that takes an administrator.")
        return
    others = [session for session in sessions if session.session_id != here]
    if not others:
        st.caption("Nobody else is signed in.")
        return
    _show_ending(others, actor)


def _row(session: Session, *, here: str) -> dict[str, str]:
    return {
        "User": session.username,
        "Since": when(session.started_at),
        "Last seen": when(session.last_seen),
        "Where": session.address,
        "Browser": session.browser,
        "Session": f"{session.session_id} (this one)" if session.session_id == here else session.session_id,
        "Ends by itself": when(session.expires_at),
    }


def _show_ending(others: list[Session], actor: Actor) -> None:
    labels = {session.session_id: _label(session) for session in others}
    chosen = st.selectbox("End a session of somebody", list(labels), key="session", format_func=labels.__getitem__)
    session = next(session for session in others if session.session_id == chosen)
    name = session.username
    held = sum(other.username == name for other in others)
    with st.container(horizontal=True):
        one, all_of_them = ("end_session", name, session.session_id), ("end_sessions", name)
        st.button("End this session", key="end_session", icon=":material/logout:", on_click=note_meant, args=one)
        if name != actor.username:
            what = f"End {plural(held, 'session')} of {name}"
            st.button(what, key="end_sessions", on_click=note_meant, args=all_of_them)


def _end_what_was_meant(actor: Actor) -> None:
    ports: dict[str, Any] = {"users": services().users, "audit": services().audit, "now": datetime.now(UTC)}
    if meant := what_was_meant("end_session"):
        name, session_id = meant
        if end_session(name, session_id, by=actor, **ports):
            leave_notice(Notice(f"A session of **{name}** ended: that browser has to sign in again."))
        leave_notice(Notice(f"That session of **{name}** had ended already."))
    if meant := what_was_meant("end_sessions"):
        (name,) = meant
        ended = end_sessions(name, by=actor, **ports)
        leave_notice(Notice(f"{plural(ended, 'session')} of **{name}** ended."))


def _label(session: Session) -> str:
    return f"{session.username}, {session.browser or 'unknown browser'}, {session.address}, {session.session_id}"
