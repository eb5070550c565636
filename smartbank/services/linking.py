"""Use cases: link a user with the bank's identity provider, and let one in without it in an emergency."""

import secrets
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from smartbank.core.audit import AuditAction
from smartbank.core.people import Actor, Right
from smartbank.core.ports import AuditLog, UserRepository
from smartbank.errors import AccountError
from smartbank.services.auditing import audited
from smartbank.services.people import existing_user, save_changed
from smartbank.services.provider_sign_in import no_password
from smartbank.services.sign_in import token_hash

EMERGENCY_LIFETIME: Final = timedelta(minutes=10)


def link_user(username: str, *, by: Actor, users: UserRepository, audit: AuditLog, now: datetime) -> int:
    """Have whoever next comes from the provider under this name be this user; return how many sessions that ended.

    The user's password ends for good. A user who is linked already is linked to another person.

    Raises
    ------
    NotFoundError
        There is no such user.
    AccountError
        Somebody else changed the user meanwhile.
    ForbiddenError
        Whoever links may not manage users.
    """
    with audited(AuditAction.LINK_USER, "user", by=by, audit=audit, now=now) as said:
        by.require(Right.MANAGE_USERS)
        user = existing_user(username, users=users)
        said.object_id = user.username
        linked = replace(user, subject="", password_hash=no_password(), must_change_password=False)
        save_changed(user, linked, users=users)
        said.details["sessions_ended"] = ended = users.end_sessions_of(user.username)
        return ended


def emergency_code(username: str, *, by: Actor, users: UserRepository, audit: AuditLog, now: datetime) -> str:
    """Return a code that signs a user in once, within 10 minutes, without password and provider.

    Raises
    ------
    NotFoundError
        There is no such user.
    AccountError
        The user is disabled.
    ForbiddenError
        Whoever asks may not manage users.
    """
    with audited(AuditAction.EMERGENCY_CODE, "user", by=by, audit=audit, now=now) as said:
        by.require(Right.MANAGE_USERS)
        user = existing_user(username, users=users)
        said.object_id = user.username
        if user.disabled:
            raise AccountError(f"{user.username} is disabled. Enable the user first.")
        code = secrets.token_urlsafe(32)
        users.add_ticket(token_hash(code), user, expires_at=now + EMERGENCY_LIFETIME)
        return code
