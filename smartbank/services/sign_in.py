"""Use cases: sign in with a password, hold a session, sign out."""

import hashlib
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from smartbank.core.audit import AuditAction, AuditEvent, AuditResult
from smartbank.core.people import SESSION_END_TOLD_FOR, SessionEnd, User, session_id
from smartbank.core.ports import AuditLog, UserRepository
from smartbank.errors import SignInError
from smartbank.services.attempts import Attempt, failure_key

SESSION_LIFETIME: Final = timedelta(hours=12)
COOKIE_LIFETIME: Final = SESSION_LIFETIME + SESSION_END_TOLD_FOR
"""The cookie outlives the session, so that the sign-in form can say that it expired."""
TICKET_LIFETIME: Final = timedelta(seconds=60)
REFUSED: Final = "User name or password is not right. Check both and try again."
_NOBODY: Final = "$2b$12$VlvUSZsgPWpJ1OSjtTLFD.4C8/FOCVPB2pkJCVZKY5b2KEWNOaVNC"
"""Hash of a password nobody has, so that an unknown user takes as long as a wrong password."""

VerifyPassword = Callable[[str, str], bool]


def sign_in(
    username: str,
    password: str,
    address: str,
    *,
    users: UserRepository,
    verify_password: VerifyPassword,
    audit: AuditLog,
    now: datetime,
) -> str:
    """Check a password and return a one-time ticket for `open_session`, alive for 60 seconds.

    Every attempt counts against the user name until one succeeds, and every failure against the address. Each is on
    record in the audit log; a name nobody has only as a hash, for it may be a password in the wrong field.

    Raises
    ------
    SignInError
        The user is unknown or disabled or the password is wrong (one text for all), or too many attempts failed.
    """
    user, attempt = checked_user(
        username, password, address, users=users, verify_password=verify_password, audit=audit, now=now
    )
    attempt.record(AuditResult.DONE)
    return issue_ticket(user, users=users, now=now)


def checked_user(
    username: str,
    password: str,
    address: str,
    *,
    users: UserRepository,
    verify_password: VerifyPassword,
    audit: AuditLog,
    now: datetime,
    **about: str,
) -> tuple[User, Attempt]:
    """Return whose name and password these are, and the attempt, which is to be put on record yet.

    What is refused is on record already, with the details `about`. Raises as `sign_in`.
    """
    name = username.strip().lower()
    user = users.find(name)
    known = user.username if user is not None else ""
    attempt = Attempt(
        "user",
        known,
        known=known,
        name_key=failure_key("user", name),
        address=address,
        users=users,
        audit=audit,
        now=now,
        **about,
    )
    attempt.count()
    has_password = user is not None and not user.by_provider
    matches = verify_password(password, user.password_hash if user is not None and has_password else _NOBODY)
    if user is None or user.disabled or not has_password or not matches:
        reason = _reason(user)
        raise attempt.failed(reason, REFUSED)
    attempt.forgive()
    return user, attempt


def _reason(user: User | None) -> str:
    if user is None:
        return "unknown"
    return "disabled" if user.disabled else "signs in at the provider" if user.by_provider else "wrong password"


def issue_ticket(user: User, *, users: UserRepository, now: datetime) -> str:
    """Return a one-time ticket for a user whose password was just checked or chosen; only its hash is kept.

    It is for the user as seen then: when somebody else changed the password meanwhile, it is worthless.
    """
    ticket = secrets.token_urlsafe(32)
    users.add_ticket(token_hash(ticket), user, expires_at=now + TICKET_LIFETIME)
    return ticket


def open_session(ticket: str, *, users: UserRepository, now: datetime, address: str = "", browser: str = "") -> str:
    """Turn a ticket into a session of 12 hours and return its token; only the token's hash is kept.

    `address` and `browser` say where the session is held, for those who look through the sessions.

    Raises
    ------
    SignInError
        The ticket is unknown, was used before, is older than 60 seconds, or the password was changed since.
    """
    user = users.redeem_ticket(token_hash(ticket), now=now)
    if user is None:
        raise SignInError("This sign-in has expired. Sign in again.")
    token = secrets.token_urlsafe(32)
    users.start_session(
        token_hash(token), user, now=now, expires_at=now + SESSION_LIFETIME, address=address, browser=browser
    )
    return token


def session_user(token: str | None, *, users: UserRepository, now: datetime) -> User | None:
    """Return who holds a session; None without a token, or when the session is no longer good."""
    return users.session_user(token_hash(token), now=now) if token else None


def session_end(token: str | None, *, users: UserRepository, now: datetime) -> SessionEnd | None:
    """Return why the session of a token is over; None for one that lives, was signed out of, or never was."""
    return users.session_end(token_hash(token), now=now) if token else None


def sign_out(token: str | None, address: str, *, users: UserRepository, audit: AuditLog, now: datetime) -> None:
    """End a session: every copy of its cookie is worthless from now on. A session that had ended is no error."""
    user = session_user(token, users=users, now=now)
    if not token or not users.end_session(token_hash(token)) or user is None:
        return
    named = session_id(token_hash(token))
    audit.append(AuditEvent(now, user.username, address, AuditAction.SIGN_OUT, "session", named, AuditResult.DONE))


def session_id_of(token: str | None) -> str:
    """Return the short name of the session a token belongs to; an empty one without a token."""
    return session_id(token_hash(token)) if token else ""


def token_hash(token: str) -> str:
    """Return the SHA-256 of a ticket or token in hex; 256 random bits need no salt."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
