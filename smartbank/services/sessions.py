"""Use cases: see who is signed in where, and end sessions."""

from datetime import datetime

from smartbank.core.audit import AuditAction
from smartbank.core.people import Actor, Right, Session, SessionEnd
from smartbank.core.ports import AuditLog, UserRepository
from smartbank.services.auditing import audited


def live_sessions(*, by: Actor, users: UserRepository, now: datetime) -> list[Session]:
    """Return every live session, the one seen last first. Raises `ForbiddenError`."""
    by.require(Right.SEE_ADMIN)
    return users.sessions(now=now)


def own_sessions(*, by: Actor, users: UserRepository, now: datetime) -> list[Session]:
    """Return the live sessions of whoever asks, the one seen last first."""
    return [session for session in users.sessions(now=now) if session.username == by.username]


def end_session(
    username: str, session_id: str, *, by: Actor, users: UserRepository, audit: AuditLog, now: datetime
) -> bool:
    """End one session, one's own or with the right any; False if it had ended already. Raises `ForbiddenError`."""
    with audited(AuditAction.END_SESSION, "session", session_id, by=by, audit=audit, now=now) as said:
        said.details["user"] = username
        _require_own_or_right(username, by)
        ended = users.end_named_session(username, session_id, why=_why(username, by))
        said.details["had_ended"] = not ended
        return ended


def end_sessions(username: str, *, by: Actor, users: UserRepository, audit: AuditLog, now: datetime) -> int:
    """End every session of a user, and return how many there were. Raises `ForbiddenError`."""
    with audited(AuditAction.END_SESSION, "user", username, by=by, audit=audit, now=now) as said:
        _require_own_or_right(username, by)
        ended = users.end_sessions_of(username, why=_why(username, by))
        said.details["sessions_ended"] = ended
        return ended


def _require_own_or_right(username: str, by: Actor) -> None:
    if username != by.username:
        by.require(Right.MANAGE_USERS)


def _why(username: str, by: Actor) -> SessionEnd:
    return SessionEnd.BY_USER if username == by.username else SessionEnd.BY_ADMINISTRATOR
