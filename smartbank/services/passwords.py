"""Use cases: change one's own password, and give another user a new one."""

from dataclasses import replace
from datetime import datetime
from typing import Final

from smartbank.core.audit import AuditAction
from smartbank.core.passwords import one_time_password, validate_password
from smartbank.core.people import Actor, Right, SessionEnd, User
from smartbank.core.ports import AuditLog, UserRepository
from smartbank.errors import AccountError
from smartbank.services.attempts import count_guess, failure_key
from smartbank.services.auditing import audited
from smartbank.services.people import HashPassword, changed_meanwhile, existing_user, save_changed
from smartbank.services.sign_in import VerifyPassword, token_hash

CHANGED_MEANWHILE: Final = "Somebody else changed your password meanwhile. Sign in again with the new one."
WRONG_OLD: Final = "This is not the password you have now. Type it again."


def set_password(
    username: str,
    password: str,
    *,
    by: Actor,
    users: UserRepository,
    hash_password: HashPassword,
    audit: AuditLog,
    now: datetime,
) -> int:
    """Give a user another password, which must be changed at the next sign-in; return how many sessions that ended.

    Raises
    ------
    NotFoundError
        There is no such user.
    AccountError
        The password breaks the rules, or the user signs in at the bank's identity provider.
    ForbiddenError
        Whoever sets it may not manage users.
    """
    with audited(AuditAction.CHANGE_PASSWORD, "user", by=by, audit=audit, now=now) as said:
        by.require(Right.MANAGE_USERS)
        user = existing_user(username, users=users)
        said.object_id, said.details["must_change"] = user.username, True
        _require_password(user)
        save_changed(user, _with(user, password, must_change=True, hash_password=hash_password), users=users)
        ended = users.end_sessions_of(user.username, why=SessionEnd.PASSWORD)
        said.details["sessions_ended"] = ended
        return ended


def force_new_password(
    username: str, *, by: Actor, users: UserRepository, hash_password: HashPassword, audit: AuditLog, now: datetime
) -> tuple[str, int]:
    """Give a user a made-up password; return it and how many sessions that ended. Raises as `set_password`."""
    password = one_time_password()
    ended = set_password(username, password, by=by, users=users, hash_password=hash_password, audit=audit, now=now)
    return password, ended


def change_own_password(
    old: str | User,
    password: str,
    *,
    token: str | None,
    by: Actor,
    users: UserRepository,
    hash_password: HashPassword,
    verify_password: VerifyPassword,
    audit: AuditLog,
    now: datetime,
) -> int:
    """Change the password of whoever acts, and end their sessions but one; return how many that ended.

    Parameters
    ----------
    old : str or User
        The password so far; or, for a password somebody else chose, the user as the session was looked up, who typed
        it a moment ago.
    token : str or None
        That of the session it is changed in, which goes on without a break.

    Raises
    ------
    AccountError
        The old password is wrong or no longer that of the session, or the new one is the old one or breaks the rules.
    TooManyAttemptsError
        The old password was wrong too often.
    """
    with audited(AuditAction.CHANGE_PASSWORD, "user", by.username, by=by, audit=audit, now=now) as said:
        user = existing_user(by.username, users=users)
        _require_password(user)
        if isinstance(old, User):
            _require_unchanged(old, user)
        else:
            _require_old(old, user, users=users, verify_password=verify_password, now=now)
        validate_password(password, username=user.username)
        if verify_password(password, user.password_hash):
            raise AccountError("This is the password you have now. Choose another one.")
        changed = _with(user, password, must_change=False, hash_password=hash_password)
        here = token_hash(token) if token else ""
        if not users.change_within(here, user, changed):
            raise changed_meanwhile(user)
        said.details["sessions_ended"] = ended = users.end_sessions_of(user.username, why=SessionEnd.PASSWORD, but=here)
        return ended


def _require_password(user: User) -> None:
    if user.by_provider:
        raise AccountError(
            f"{user.username} signs in at the bank's identity provider and has no password here. Change it there."
        )


def _require_unchanged(seen: User, user: User) -> None:
    if seen.password_mark != user.password_mark:
        raise AccountError(CHANGED_MEANWHILE)
    if not user.must_change_password:
        raise AccountError(WRONG_OLD)


def _require_old(
    old: str, user: User, *, users: UserRepository, verify_password: VerifyPassword, now: datetime
) -> None:
    """Raise unless the old password is right; wrong ones are limited as sign-ins are, and counted before the check."""
    key = failure_key("password", user.username)
    count_guess(key, users=users, now=now)
    if not verify_password(old, user.password_hash):
        raise AccountError(WRONG_OLD)
    users.clear_failures(key)


def _with(user: User, password: str, *, must_change: bool, hash_password: HashPassword) -> User:
    """Return the user with another password. Raises `AccountError` when it breaks the rules."""
    validate_password(password, username=user.username)
    return replace(user, password_hash=hash_password(password), must_change_password=must_change)
