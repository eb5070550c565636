"""Use cases: let somebody in who comes from the bank's identity provider, and put on record who was refused."""

import secrets
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from smartbank.core.audit import AuditAction, AuditEvent, AuditResult
from smartbank.core.people import Role, User
from smartbank.core.ports import AuditLog, UserRepository
from smartbank.core.provider_identity import ProviderIdentity, role_of
from smartbank.core.provider_refusals import ProviderRefusal
from smartbank.errors import AccountError, ProviderRefusedError
from smartbank.services.attempts import (
    FAILURES_PER_ADDRESS,
    UNKNOWN,
    failure_key,
    failures_lately,
)
from smartbank.services.people import allowed_name, changed_meanwhile
from smartbank.services.sign_in import issue_ticket

WAY: Final = "provider"
_TRIES: Final = 5


def sign_in_by_provider(
    identity: ProviderIdentity,
    address: str,
    *,
    roles: Sequence[tuple[str, Role]],
    users: UserRepository,
    audit: AuditLog,
    now: datetime,
) -> str:
    """Return a one-time ticket for `open_session` for somebody the provider vouches for.

    At the first sign-in a user is made. At each the role is that of the groups; a change is on record. Whoever has a
    password here is not taken over, nor is the user of another person who had the same name.

    Raises
    ------
    ProviderRefusedError
        Somebody is not let in; the refusal is on record, and counts against nobody's password.
    """
    try:
        user = _admitted(identity, address, roles=roles, users=users, audit=audit, now=now)
    except ProviderRefusedError as exc:
        known = users.find(identity.name) if identity.name else None
        record_refusal(
            ProviderRefusal(exc.why),
            address,
            who=known.username if known is not None and known.subject == identity.subject else "",
            name=identity.name,
            users=users,
            audit=audit,
            now=now,
        )
        raise
    audit.append(
        AuditEvent(
            now, user.username, address, AuditAction.SIGN_IN, "user", user.username, AuditResult.DONE, {"way": WAY}
        )
    )
    return issue_ticket(user, users=users, now=now)


def record_refusal(
    why: ProviderRefusal,
    address: str,
    *,
    users: UserRepository,
    audit: AuditLog,
    now: datetime,
    who: str = "",
    name: str = "",
) -> None:
    """Put on record that somebody was not let in, 30 times from an address in 15 minutes: more would flood the log.

    `who` is a user who was recognised; the name of anybody else is there as a hash only.
    """
    key = failure_key(WAY, address)
    if failures_lately(key, users=users, now=now) >= FAILURES_PER_ADDRESS:
        return
    users.record_failure(key, now=now)
    about = who or (failure_key("user", name) if name else UNKNOWN)
    audit.append(
        AuditEvent(
            now,
            who or UNKNOWN,
            address,
            AuditAction.SIGN_IN,
            "user",
            about,
            AuditResult.REFUSED,
            {"way": WAY, "reason": str(why)},
        )
    )


def no_password() -> str:
    """Return what stands in place of a password's hash: no password fits it, and it is another one each time."""
    return f"!{secrets.token_hex(16)}"


def _admitted(
    identity: ProviderIdentity,
    address: str,
    *,
    roles: Sequence[tuple[str, Role]],
    users: UserRepository,
    audit: AuditLog,
    now: datetime,
) -> User:
    """Return the user as kept from now on; looks again when somebody else changes the user meanwhile."""
    try:
        name = allowed_name(identity.name)
    except AccountError as exc:
        raise ProviderRefusedError(ProviderRefusal.NO_NAME) from exc
    role = role_of(identity.groups, roles)
    for _ in range(_TRIES):
        before = users.find(name)
        if before is not None:
            _require_same_person(before, identity)
        if role is None:
            raise ProviderRefusedError(ProviderRefusal.NO_ROLE)
        if before is None:
            after = User(name, role, no_password(), created_at=now, subject=identity.subject)
            is_kept = users.add(after)
        else:
            after = replace(before, role=role, subject=identity.subject)
            is_kept = after == before or users.change(before, after)
        if is_kept:
            _record_change(before, after, address, audit=audit, now=now)
            return after
    raise changed_meanwhile(User(name, Role.AGENT, "", created_at=now))


def _require_same_person(user: User, identity: ProviderIdentity) -> None:
    if not user.by_provider:
        raise ProviderRefusedError(ProviderRefusal.HAS_PASSWORD)
    if user.subject and user.subject != identity.subject:
        raise ProviderRefusedError(ProviderRefusal.OTHER_PERSON)
    if user.disabled:
        raise ProviderRefusedError(ProviderRefusal.DISABLED)


def _record_change(before: User | None, after: User, address: str, *, audit: AuditLog, now: datetime) -> None:
    if before == after:
        return
    action = AuditAction.ADD_USER if before is None else AuditAction.CHANGE_USER
    said = {"way": WAY, "role": str(after.role)}
    if before is not None:
        said["role_before"] = str(before.role)
    audit.append(AuditEvent(now, after.username, address, action, "user", after.username, AuditResult.DONE, said))
