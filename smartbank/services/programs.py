"""Use cases: add programs that use the API, limit them, lock them out, and give them keys."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from smartbank.core.audit import AuditAction
from smartbank.core.people import Actor, Right, Role
from smartbank.core.ports import AuditLog, ProgramRepository
from smartbank.core.programs import (
    MOST_KEY_DAYS,
    Program,
    ProgramKey,
    clean_program_name,
    clean_purpose,
    make_key,
    validate_rights,
)
from smartbank.core.scopes import scope_of
from smartbank.errors import AccountError, ConflictError, NotFoundError
from smartbank.services.auditing import audited


@dataclass(frozen=True)
class ShownKey:
    """A key as an administrator sees one: everything but the hash of its secret, and whether it is good now."""

    key_id: str
    created_at: datetime
    created_by: str
    expires_at: datetime | None
    revoked_at: datetime | None
    last_used_at: datetime | None
    is_good: bool


@dataclass(frozen=True)
class ProgramAccount:
    """A program with its keys, newest first."""

    program: Program
    keys: tuple[ShownKey, ...]


def list_programs(*, by: Actor, programs: ProgramRepository, now: datetime) -> list[ProgramAccount]:
    """Return every program in order of name, with its keys. Raises `ForbiddenError`."""
    by.require(Right.SEE_ADMIN)
    keys = programs.keys()
    return [
        ProgramAccount(program, tuple(_shown(key, now) for key in keys if key.program == program.name))
        for program in programs.all()
    ]


def add_program(
    name: str,
    role: Role,
    rights: frozenset[Right],
    purpose: str,
    *,
    by: Actor,
    programs: ProgramRepository,
    audit: AuditLog,
    now: datetime,
) -> Program:
    """Add a program, limited to some rights of its role; it can do nothing before it has a key.

    Raises
    ------
    AccountError
        The name is taken or not allowed, a right is not one of the role, there is none, or no purpose is said.
    ForbiddenError
        Whoever adds may not manage users.
    """
    with audited(AuditAction.ADD_PROGRAM, "program", by=by, audit=audit, now=now) as said:
        by.require(Right.MANAGE_USERS)
        name = clean_program_name(name)
        said.object_id = name
        said.details.update(role=str(role), scope=scope_of(rights))
        validate_rights(rights, role=role)
        program = Program(name, role, rights, clean_purpose(purpose), now, by.username)
        if not programs.add(program):
            raise AccountError(f"There is already a program {name}. Choose another name.")
        return program


def change_program(
    seen: Program,
    *,
    rights: frozenset[Right],
    purpose: str,
    by: Actor,
    programs: ProgramRepository,
    audit: AuditLog,
    now: datetime,
) -> Program:
    """Give a program other rights and another purpose; its tokens and keys follow at their next use.

    Parameters
    ----------
    seen : Program
        As it was when whoever changes it looked.

    Raises
    ------
    NotFoundError
        There is no such program.
    ConflictError
        Somebody else changed it since.
    AccountError
        A right is not one of its role, there is none, or no purpose is said.
    ForbiddenError
        Whoever changes may not manage users.
    """
    with audited(AuditAction.CHANGE_PROGRAM, "program", by=by, audit=audit, now=now) as said:
        by.require(Right.MANAGE_USERS)
        said.object_id = existing_program(seen.name, programs=programs).name
        said.details.update(scope=scope_of(rights), scope_before=scope_of(seen.rights))
        validate_rights(rights, role=seen.role)
        return _saved(seen, programs=programs, rights=rights, purpose=clean_purpose(purpose))


def disable_program(name: str, *, by: Actor, programs: ProgramRepository, audit: AuditLog, now: datetime) -> None:
    """Lock a program out at once, with all its keys and tokens. Raises as `change_program`."""
    _switch(name, disabled=True, by=by, programs=programs, audit=audit, now=now)


def enable_program(name: str, *, by: Actor, programs: ProgramRepository, audit: AuditLog, now: datetime) -> None:
    """Let a disabled program in again, with the keys it had. Raises as `change_program`."""
    _switch(name, disabled=False, by=by, programs=programs, audit=audit, now=now)


def add_key(
    name: str, *, days: int | None, by: Actor, programs: ProgramRepository, audit: AuditLog, now: datetime
) -> tuple[ProgramKey, str]:
    """Make a key for a program; return it and, to be shown once, the key in clear, which is kept nowhere.

    Parameters
    ----------
    days : int or None
        After how many days it expires, 730 at most; None if it never does.

    Raises
    ------
    NotFoundError
        There is no such program.
    AccountError
        The program is disabled, or the number of days is not allowed.
    ForbiddenError
        Whoever makes it may not manage users.
    """
    with audited(AuditAction.ADD_PROGRAM_KEY, "program", by=by, audit=audit, now=now) as said:
        by.require(Right.MANAGE_USERS)
        program = existing_program(name, programs=programs)
        said.object_id = program.name
        if program.disabled:
            raise AccountError(f"{program.name} is disabled. Enable it first, then make a key.")
        if days is not None and not 1 <= days <= MOST_KEY_DAYS:
            raise AccountError(f"A key is good for 1 to {MOST_KEY_DAYS} days, or has no end.")
        expires_at = None if days is None else now + timedelta(days=days)
        key, clear = make_key(program.name, by=by.username, now=now, expires_at=expires_at)
        said.details.update(key=key.key_id, days=days)
        programs.add_key(key)
        return key, clear


def revoke_key(key_id: str, *, by: Actor, programs: ProgramRepository, audit: AuditLog, now: datetime) -> bool:
    """Have a key refused from now on, and every token it was exchanged for; False if it was revoked before.

    Raises
    ------
    NotFoundError
        There is no such key.
    ForbiddenError
        Whoever revokes may not manage users.
    """
    with audited(AuditAction.REVOKE_PROGRAM_KEY, "program", by=by, audit=audit, now=now) as said:
        by.require(Right.MANAGE_USERS)
        key = programs.find_key(key_id.strip())
        if key is None:
            raise NotFoundError("There is no key of that id. `python -m smartbank program list` shows all.")
        said.object_id = key.program
        said.details["key"] = key.key_id
        return programs.revoke_key(key.key_id, at=now)


def existing_program(name: str, *, programs: ProgramRepository) -> Program:
    """Return a program by name. Raises `NotFoundError`."""
    program = programs.find(name.strip())
    if program is None:
        raise NotFoundError("There is no program of that name. `python -m smartbank program list` shows all.")
    return program


def _switch(
    name: str, *, disabled: bool, by: Actor, programs: ProgramRepository, audit: AuditLog, now: datetime
) -> None:
    with audited(AuditAction.CHANGE_PROGRAM, "program", by=by, audit=audit, now=now) as said:
        by.require(Right.MANAGE_USERS)
        program = existing_program(name, programs=programs)
        said.object_id, said.details["disabled"] = program.name, disabled
        _saved(program, programs=programs, disabled=disabled)


def _saved(seen: Program, *, programs: ProgramRepository, **values: Any) -> Program:  # noqa: ANN401  its fields
    after = replace(seen, **values)
    if not programs.change(seen, after):
        raise ConflictError(f"Somebody else changed {seen.name} meanwhile. Look at it again, then repeat this.")
    return after


def _shown(key: ProgramKey, now: datetime) -> ShownKey:
    return ShownKey(
        key.key_id,
        key.created_at,
        key.created_by,
        key.expires_at,
        key.revoked_at,
        key.last_used_at,
        key.is_good(now=now),
    )
