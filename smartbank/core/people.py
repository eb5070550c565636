"""Users and what their roles may do."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final


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
    EXPORT = "export"
    ADMINISTER = "administer"


ROLE_RIGHTS: Final[dict[Role, frozenset[Right]]] = {
    Role.MANAGER: frozenset({Right.SEE_LEADS, Right.SEE_CUSTOMER, Right.BRING_IN, Right.EXPORT}),
    Role.AGENT: frozenset({Right.SEE_CUSTOMER}),
    Role.AUDITOR: frozenset({Right.SEE_LEADS, Right.SEE_CUSTOMER}),
    Role.ADMIN: frozenset(Right),
}
"""The one table of rights."""


@dataclass(frozen=True)
class User:
    """A person who may sign in.

    Attributes
    ----------
    password_hash : str
        bcrypt, as streamlit-authenticator makes it; never shown, logged or sent.
    """

    username: str
    role: Role
    password_hash: str
    created_at: datetime
    disabled: bool = False
    must_change_password: bool = False

    def may(self, right: Right) -> bool:
        """Whether the user's role has a right."""
        return right in ROLE_RIGHTS[self.role]
