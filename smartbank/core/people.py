"""Users, what their roles may do, and the sessions they hold."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from smartbank.errors import ForbiddenError


class Role(StrEnum):
    """What a user is to the bank."""

    MANAGER = "manager"
    AGENT = "agent"
    AUDITOR = "auditor"
    ADMIN = "admin"


class Right(StrEnum):
    """What a role may do; pages and use cases ask for a right, never for a role."""

    SEE_LEADS = "see_leads"
    SEE_CUSTOMER = "see_customer"
    BRING_IN = "bring_in"
    """Upload a file, score it, rank stored customers."""
    EXPORT = "export"
    RECORD_CONSENT = "record_consent"
    """Record that a customer objected, must not be called or withdrew consent."""
    WRITE_NOTES = "write_notes"
    """Write notes about customers, and delete one's own."""
    RELEASE_LISTS = "release_lists"
    """Release a call list, end it, and see its hold-out."""
    RECORD_OUTCOMES = "record_outcomes"
    """Call the customers one is given, and record what came of it."""
    GIVE_ACCESS = "give_access"
    """Hand a customer everything that is kept of them."""
    ERASE_CUSTOMERS = "erase_customers"
    """Erase a customer for good, and let an erased one come back."""
    LIFT_OBJECTION = "lift_objection"
    """Take a mistaken objection or do-not-call mark back."""
    UNDO_UPLOAD = "undo_upload"
    REMOVE_DEMO = "remove_demo"
    REFRESH_MARKET = "refresh_market"
    """Have the sources of the market figures asked now."""
    SET_MARKET = "set_market"
    """Put a market figure by hand in place of what the sources say, and take it back."""
    SEE_ADMIN = "see_admin"
    """See users, sessions, settings and the audit log."""
    CHANGE_SETTINGS = "change_settings"
    MANAGE_USERS = "manage_users"
    MANAGE_MODELS = "manage_models"
    """Train models, compare them, put one in force, and take an earlier one back."""
    MANAGE_DATA = "manage_data"
    """Take everything out of the database, bring it in, and change its schema."""


ROLE_RIGHTS: Final[dict[Role, frozenset[Right]]] = {
    Role.MANAGER: frozenset(
        {
            Right.SEE_LEADS,
            Right.SEE_CUSTOMER,
            Right.BRING_IN,
            Right.EXPORT,
            Right.RECORD_CONSENT,
            Right.WRITE_NOTES,
            Right.RELEASE_LISTS,
            Right.RECORD_OUTCOMES,
            Right.GIVE_ACCESS,
            Right.LIFT_OBJECTION,
            Right.UNDO_UPLOAD,
            Right.REMOVE_DEMO,
            Right.REFRESH_MARKET,
            Right.SET_MARKET,
        }
    ),
    Role.AGENT: frozenset({Right.SEE_CUSTOMER, Right.RECORD_CONSENT, Right.WRITE_NOTES, Right.RECORD_OUTCOMES}),
    Role.AUDITOR: frozenset({Right.SEE_LEADS, Right.SEE_CUSTOMER, Right.SEE_ADMIN}),
    Role.ADMIN: frozenset(Right),
}
"""The one table of rights."""


@dataclass(frozen=True)
class Actor:
    """Who does something, in which role and from where; every use case that reveals or changes anything takes one.

    Attributes
    ----------
    username : str
        Of a user; of a program "program:" and its name, which no user can be called.
    place : str
        The address of the browser, "command line of" somebody or "worker", for the audit log.
    limited_to : frozenset of Right, optional
        Rights beyond which nothing is allowed, whatever the role has: what a token was issued for, or a program added
        for. None where there is no such limit.
    """

    username: str
    role: Role
    place: str
    limited_to: frozenset[Right] | None = None

    def may(self, right: Right) -> bool:
        """Whether the role has a right, and no limit takes it away."""
        return right in ROLE_RIGHTS[self.role] and (self.limited_to is None or right in self.limited_to)

    def require(self, right: Right) -> None:
        """Raise `ForbiddenError` unless the role has a right, and no limit takes it away."""
        if right not in ROLE_RIGHTS[self.role]:
            raise ForbiddenError(f"Your role ({self.role}) does not allow this. Ask an administrator if you need it.")
        if not self.may(right):
            raise ForbiddenError(f"This needs the scope {right}, which your access was not given. Ask for it.")


COMMAND_LINE: Final = Actor("command line", Role.ADMIN, "command line")
"""Whoever may run commands on the server may do everything there."""
WORKER: Final = Actor("smartbank", Role.ADMIN, "worker")
"""SmartBank itself, in timed jobs."""


@dataclass(frozen=True)
class User:
    """A person who may sign in.

    Attributes
    ----------
    password_hash : str
        bcrypt, as streamlit-authenticator makes it; never shown, logged or sent.
    subject : str or None
        Who it is at the bank's identity provider, for somebody who signs in there and has no password here; an empty
        one for whoever comes under this name next. None for a user with a password.
    """

    username: str
    role: Role
    password_hash: str
    created_at: datetime
    disabled: bool = False
    must_change_password: bool = False
    subject: str | None = None

    @property
    def by_provider(self) -> bool:
        """Whether the user signs in at the bank's identity provider, and not with a password."""
        return self.subject is not None

    @property
    def password_mark(self) -> str:
        """Tells this password from the next one; a ticket or session is good for as long as the mark is the same."""
        return hashlib.sha256(f"password {self.password_hash}".encode()).hexdigest()[:16]

    def at(self, place: str, limited_to: frozenset[Right] | None = None) -> Actor:
        """Return the user as somebody who acts, from a place, perhaps with no more than some rights."""
        return Actor(self.username, self.role, place, limited_to)


class SessionEnd(StrEnum):
    """Why a session is over, for whoever still has its cookie."""

    EXPIRED = "expired"
    DISABLED = "disabled"
    PASSWORD = "password"  # noqa: S105  the word, no password
    BY_ADMINISTRATOR = "administrator"
    BY_USER = "user"


SESSION_END_TOLD_FOR: Final = timedelta(hours=12)
"""How long after a session would have expired it is still known why it is over."""
SESSION_AHEAD_BY: Final = timedelta(hours=2)
"""A session begun more than this after now was begun by a clock that has been set back, and would last too long."""


@dataclass(frozen=True)
class Session:
    """A browser that is signed in, without what would let another one in.

    Attributes
    ----------
    session_id : str
        Names the session on the screens and in the audit log; see `session_id`.
    last_seen : datetime
        When a page of it last ran, right to the minute.
    address, browser : str
        Where it was started, and in what: "Firefox on Linux".
    """

    session_id: str
    username: str
    started_at: datetime
    last_seen: datetime
    expires_at: datetime
    address: str = ""
    browser: str = ""


def session_id(token_hash: str) -> str:
    """Return the short name of a session, from which neither its token nor the token's hash can be had."""
    return hashlib.sha256(f"session {token_hash}".encode()).hexdigest()[:10]
