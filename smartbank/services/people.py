"""Use cases: add users, change their roles, lock them out and let them in again."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from smartbank.core.audit import AuditAction
from smartbank.core.passwords import one_time_password, validate_password
from smartbank.core.people import COMMAND_LINE, WORKER, Actor, Right, Role, SessionEnd, User
from smartbank.core.ports import AuditLog, UserRepository
from smartbank.errors import AccountError, NotFoundError
from smartbank.services.attempts import UNKNOWN
from smartbank.services.auditing import audited

FIRST_ADMIN: Final = "admin"
_RESERVED: Final = frozenset({WORKER.username, UNKNOWN})
_USERNAME: Final = re.compile(r"[a-z0-9][a-z0-9._@-]{1,63}")

HashPassword = Callable[[str], str]


@dataclass(frozen=True)
class Account:
    """A user as an administrator sees one: everything but the password's hash."""

    username: str
    role: Role
    created_at: datetime
    disabled: bool
    must_change_password: bool
    n_sessions: int
    by_provider: bool = False


def list_accounts(*, by: Actor, users: UserRepository, now: datetime) -> list[Account]:
    """Return every user in order of name, with the number of live sessions. Raises `ForbiddenError`."""
    by.require(Right.SEE_ADMIN)
    held = [session.username for session in users.sessions(now=now)]
    return [
        Account(
            user.username,
            user.role,
            user.created_at,
            user.disabled,
            user.must_change_password,
            held.count(user.username),
            user.by_provider,
        )
        for user in users.all()
    ]


def ensure_first_admin(
    password: str | None, *, users: UserRepository, hash_password: HashPassword, audit: AuditLog, now: datetime
) -> str | None:
    """Add the user `admin` when there is no user yet, with a password that must be changed at the first sign-in.

    Returns
    -------
    str or None
        The password when one was made up, to be shown once; None when it was given, or when users exist.
    """
    if users.all():
        return None
    chosen = password or one_time_password()
    add_user(
        FIRST_ADMIN,
        Role.ADMIN,
        chosen,
        by=COMMAND_LINE,
        users=users,
        hash_password=hash_password,
        audit=audit,
        now=now,
    )
    return None if password else chosen


def invite_user(
    username: str,
    role: Role,
    *,
    by: Actor,
    users: UserRepository,
    hash_password: HashPassword,
    audit: AuditLog,
    now: datetime,
) -> tuple[User, str]:
    """Add a user with a made-up password, and return both; the password is kept nowhere. Raises as `add_user`."""
    password = one_time_password()
    user = add_user(username, role, password, by=by, users=users, hash_password=hash_password, audit=audit, now=now)
    return user, password


def add_user(
    username: str,
    role: Role,
    password: str,
    *,
    by: Actor,
    users: UserRepository,
    hash_password: HashPassword,
    audit: AuditLog,
    now: datetime,
) -> User:
    """Add a user, who must change the password at the first sign-in.

    Raises
    ------
    AccountError
        The name is taken or not allowed, or the password breaks the rules.
    ForbiddenError
        Whoever adds may not manage users.
    """
    with audited(AuditAction.ADD_USER, "user", by=by, audit=audit, now=now) as said:
        by.require(Right.MANAGE_USERS)
        name = allowed_name(username)
        said.object_id, said.details["role"] = name, str(role)
        if users.find(name) is not None:
            raise _taken(name)
        validate_password(password, username=name)
        user = User(name, role, hash_password(password), created_at=now, must_change_password=True)
        if not users.add(user):
            raise _taken(name)
        return user


def change_role(username: str, role: Role, *, by: Actor, users: UserRepository, audit: AuditLog, now: datetime) -> User:
    """Give a user another role; open pages follow at their next run.

    Raises
    ------
    NotFoundError
        There is no such user.
    AccountError
        Nobody would be left who may administer, somebody else changed the user meanwhile, or the role comes from the
        bank's identity provider.
    ForbiddenError
        Whoever changes may not manage users.
    """
    with audited(AuditAction.CHANGE_USER, "user", by=by, audit=audit, now=now) as said:
        by.require(Right.MANAGE_USERS)
        user = existing_user(username, users=users)
        said.object_id = user.username
        said.details.update(role=str(role), role_before=str(user.role))
        if user.by_provider:
            raise AccountError(
                f"The role of {user.username} comes from the bank's identity provider at each sign-in. Change it there."
            )
        return _changed(user, users=users, role=role)


def disable_user(username: str, *, by: Actor, users: UserRepository, audit: AuditLog, now: datetime) -> int:
    """Lock a user out at once and return how many sessions that ended. Raises as `change_role`."""
    with audited(AuditAction.CHANGE_USER, "user", by=by, audit=audit, now=now) as said:
        by.require(Right.MANAGE_USERS)
        user = existing_user(username, users=users)
        said.object_id, said.details["disabled"] = user.username, True
        _changed(user, users=users, disabled=True)
        ended = users.end_sessions_of(user.username, why=SessionEnd.DISABLED)
        said.details["sessions_ended"] = ended
        return ended


def enable_user(username: str, *, by: Actor, users: UserRepository, audit: AuditLog, now: datetime) -> None:
    """Let a disabled user sign in again. Raises as `change_role`."""
    with audited(AuditAction.CHANGE_USER, "user", by=by, audit=audit, now=now) as said:
        by.require(Right.MANAGE_USERS)
        user = existing_user(username, users=users)
        said.object_id, said.details["disabled"] = user.username, False
        _changed(user, users=users, disabled=False)


def existing_user(username: str, *, users: UserRepository) -> User:
    """Return a user by name. Raises `NotFoundError`."""
    user = users.find(username.strip().lower())
    if user is None:
        raise NotFoundError(f"There is no user {username.strip().lower()}. `python -m smartbank user list` shows all.")
    return user


def allowed_name(username: str) -> str:
    """Return a user name in lower case. Raises `AccountError` for one that cannot be one."""
    name = username.strip().lower()
    if not _USERNAME.fullmatch(name):
        raise AccountError(
            "A user name has 2 to 64 letters, digits, dots, dashes, underscores or @; the first is a letter or digit."
        )
    if name in _RESERVED:
        raise AccountError(f"SmartBank itself acts as {name}. Choose another name.")
    return name


def save_changed(before: User, after: User, *, users: UserRepository) -> None:
    """Save a user who is still as before. Raises `AccountError` when somebody else was faster."""
    if not users.change(before, after):
        raise changed_meanwhile(before)


def changed_meanwhile(user: User) -> AccountError:
    """Return what is said to whoever was not the first to change a user."""
    return AccountError(f"Somebody else changed {user.username} meanwhile. Look at it again, then repeat this.")


def _changed(user: User, *, users: UserRepository, **values: Any) -> User:  # noqa: ANN401  fields of a user
    """Save a changed user, unless nobody would be left who may administer.

    Two administrators may lock each other out at the same moment, each of them seeing the other one still there: so who
    is left is looked at again afterwards, and the change taken back. Whoever wrote last sees both.
    """
    after = replace(user, **values)
    takes_one_away = _administers(user) and not _administers(after)
    if takes_one_away and not _others_administer(user, users=users):
        raise _last(user)
    save_changed(user, after, users=users)
    if takes_one_away and not _others_administer(user, users=users):
        _restore(user, users=users)
        raise _last(user)
    return after


def _restore(user: User, *, users: UserRepository) -> None:
    while (now := users.find(user.username)) is not None:
        if users.change(now, replace(now, role=user.role, disabled=user.disabled)):
            return


def _administers(user: User) -> bool:
    return user.role is Role.ADMIN and not user.disabled


def _others_administer(user: User, *, users: UserRepository) -> bool:
    return any(_administers(other) for other in users.all() if other.username != user.username)


def _taken(name: str) -> AccountError:
    return AccountError(f"There is already a user {name}. Choose another name.")


def _last(user: User) -> AccountError:
    return AccountError(f"{user.username} is the last administrator. Add another one first.")
