"""Use cases: get a token with a password or a program's key, and know who shows a token or a key."""

import secrets
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from smartbank.core.audit import AuditResult
from smartbank.core.people import ROLE_RIGHTS, Actor, Right
from smartbank.core.ports import AuditLog, ProgramRepository, TokenSigner, UserRepository
from smartbank.core.programs import PROGRAM, Program, ProgramKey, is_secret_of, key_parts
from smartbank.core.scopes import granted, scope_of
from smartbank.core.tokens import TOKEN_LIFETIME, TokenClaims
from smartbank.errors import ScopeError, SignInError
from smartbank.services.attempts import FAILURES_PER_ADDRESS, Attempt, failure_key, refuse_if_limited
from smartbank.services.sign_in import VerifyPassword, checked_user

WRONG_PROGRAM: Final = "Program or key is not right, or no longer. Check both, or ask an administrator for a new key."
WRONG_KEY: Final = "This key is not right, or no longer. Check it, or ask an administrator for a new one."
NO_LONGER: Final = "This token is no longer good: the access it was issued for has ended or changed. Ask for a new one."
CHANGE_FIRST: Final = (
    "This password has to be changed before it is good for a token: sign in to SmartBank in a browser, choose another "
    "one, then try again."
)
_TOKEN: Final = "token"  # noqa: S105  the word, no token
_ID_BYTES: Final = 16


@dataclass(frozen=True)
class IssuedToken:
    """A token as it is handed out, for how many seconds it is good, and the scope it is good for."""

    access_token: str = field(repr=False)
    expires_in_s: int
    scope: str


def token_for_password(
    username: str,
    password: str,
    scope: str,
    address: str,
    *,
    users: UserRepository,
    verify_password: VerifyPassword,
    signer: TokenSigner,
    audit: AuditLog,
    now: datetime,
) -> IssuedToken:
    """Return a token of 15 minutes for a user's name and password, limited and on record as a sign-in is.

    Parameters
    ----------
    scope : str
        Rights asked for, with spaces between; an empty one asks for all the role has.

    Raises
    ------
    SignInError
        The user is unknown or disabled or the password is wrong (one text for all), or it has to be changed first.
    TooManyAttemptsError
        Too many attempts failed under this name or from this address.
    ScopeError
        The role does not have a right asked for.
    """
    user, attempt = checked_user(
        username, password, address, users=users, verify_password=verify_password, audit=audit, now=now, way=_TOKEN
    )
    if user.must_change_password:
        attempt.record(AuditResult.REFUSED, reason="password has to be changed")
        raise SignInError(CHANGE_FIRST)
    rights = _granted(scope, ROLE_RIGHTS[user.role], attempt)
    attempt.record(AuditResult.DONE, scope=scope_of(rights))
    return _issued(user.username, rights, user.password_mark, signer=signer, now=now)


def token_for_program(
    client_id: str,
    client_secret: str,
    scope: str,
    address: str,
    *,
    programs: ProgramRepository,
    users: UserRepository,
    signer: TokenSigner,
    audit: AuditLog,
    now: datetime,
) -> IssuedToken:
    """Return a token of 15 minutes for a program's name and one of its keys, in full as its secret.

    Guesses are limited and on record as sign-ins are. They are counted by name and address together: who knows a
    program's name cannot lock it out from elsewhere.

    Raises
    ------
    SignInError
        Program or key is unknown, disabled, revoked or expired, or they do not belong together (one text for all).
    TooManyAttemptsError
        Too many attempts failed for this program from this address, or from this address at all.
    ScopeError
        The program does not have a right asked for.
    """
    program = programs.find(client_id)
    attempt = Attempt(
        "program",
        program.name if program is not None else "",
        known=program.username if program is not None else "",
        name_key=failure_key("program", f"{client_id} at {address}"),
        address=address,
        users=users,
        audit=audit,
        now=now,
        way=_TOKEN,
    )
    attempt.count()
    key = _key_of(client_secret, programs)
    if program is None or key is None or not _is_in_force(program, key, now=now):
        reason = "unknown" if program is None else "wrong key" if key is None else "ended"
        raise attempt.failed(reason, WRONG_PROGRAM)
    attempt.forgive()
    rights = _granted(scope, program.rights_now, attempt)
    programs.note_use(key, at=now)
    attempt.record(AuditResult.DONE, scope=scope_of(rights), key=key.key_id)
    return _issued(program.username, rights, key.key_id, signer=signer, now=now)


def actor_of_token(
    token: str,
    address: str,
    *,
    users: UserRepository,
    programs: ProgramRepository,
    signer: TokenSigner,
    now: datetime,
) -> Actor:
    """Return who shows a token, with the rights of its scope that the role has now; looked up at every use.

    Raises
    ------
    SignInError
        The token is none of ours or expired; or the user was disabled or has another password since, the program was
        disabled, or its key was revoked or expired.
    """
    claims = signer.read(token, now=now)
    words = claims.scope.split()
    rights = frozenset(right for right in Right if right in words)
    if claims.subject.startswith(PROGRAM):
        held = programs.holder(claims.mark)
        if held is None or held[0].username != claims.subject or not _is_in_force(*held, now=now):
            raise SignInError(NO_LONGER)
        return held[0].at(address, rights)
    user = users.find(claims.subject)
    if user is None or user.disabled or user.password_mark != claims.mark:
        raise SignInError(NO_LONGER)
    return user.at(address, rights & ROLE_RIGHTS[user.role])


def actor_of_key(key: str, address: str, *, programs: ProgramRepository, users: UserRepository, now: datetime) -> Actor:
    """Return which program shows a key, with all it may do.

    A right key is never kept waiting: what has 256 random bits is not guessed, and strangers behind the same address
    must not be able to lock a program out.

    Raises
    ------
    SignInError
        The key is unknown, revoked or expired, or its program is disabled (one text for all).
    TooManyAttemptsError
        It is, and so were too many others from this address.
    """
    key_id, secret = key_parts(key)
    held = programs.holder(key_id)
    is_right = is_secret_of(None if held is None else held[1], secret)
    if held is None or not is_right or not _is_in_force(*held, now=now):
        address_key = failure_key("address", address)
        refuse_if_limited(address_key, FAILURES_PER_ADDRESS, users=users, now=now)
        users.record_failure(address_key, now=now)
        raise SignInError(WRONG_KEY)
    program, kept = held
    programs.note_use(kept, at=now)
    return program.at(address, program.rights_now)


def _key_of(text: str, programs: ProgramRepository) -> ProgramKey | None:
    """Return the key that was shown, if its secret is right."""
    key_id, secret = key_parts(text)
    key = programs.find_key(key_id)
    return key if is_secret_of(key, secret) else None


def _is_in_force(program: Program, key: ProgramKey, *, now: datetime) -> bool:
    return not program.disabled and key.program == program.name and key.is_good(now=now)


def _granted(scope: str, had: frozenset[Right], attempt: Attempt) -> frozenset[Right]:
    try:
        return granted(scope, of=had)
    except ScopeError:
        attempt.record(AuditResult.REFUSED, reason="scope")
        raise


def _issued(subject: str, rights: frozenset[Right], mark: str, *, signer: TokenSigner, now: datetime) -> IssuedToken:
    scope = scope_of(rights)
    claims = TokenClaims(subject, scope, mark, secrets.token_urlsafe(_ID_BYTES), now, now + TOKEN_LIFETIME)
    return IssuedToken(signer.sign(claims), int(TOKEN_LIFETIME.total_seconds()), scope)
