"""What each scope of a program allows, in the words of a bank."""

from collections.abc import Collection, Mapping
from typing import Final

from smartbank.core.people import ROLE_RIGHTS, Right, Role
from smartbank.core.wording import listed

WHAT_SCOPES_ALLOW: Final[Mapping[Right, str]] = {
    Right.SEE_LEADS: "runs, ranked leads, stored customers",
    Right.SEE_CUSTOMER: "one customer with name and phone",
    Right.BRING_IN: "send customers in and score them",
    Right.EXPORT: "take ranked leads away",
    Right.RECORD_CONSENT: "record objections and consent",
    Right.WRITE_NOTES: "write notes about customers",
    Right.RELEASE_LISTS: "release and end call lists",
    Right.RECORD_OUTCOMES: "record what came of calls",
    Right.GIVE_ACCESS: "hand out everything kept of a customer",
    Right.ERASE_CUSTOMERS: "erase customers for good",
    Right.LIFT_OBJECTION: "take a mistaken objection back",
    Right.UNDO_UPLOAD: "undo an upload",
    Right.REMOVE_DEMO: "remove the demo customers",
    Right.REFRESH_MARKET: "have market figures fetched",
    Right.SET_MARKET: "set a market figure by hand",
    Right.SEE_ADMIN: "users, settings, the audit log",
    Right.CHANGE_SETTINGS: "change settings and rules",
    Right.MANAGE_USERS: "manage users and programs, so as good as everything",
    Right.MANAGE_MODELS: "train models and put one in force",
    Right.MANAGE_DATA: "take all data out and bring it in",
}


def scope_label(right: Right) -> str:
    """Return a scope with what it allows: "export: take ranked leads away"."""
    return f"{right}: {WHAT_SCOPES_ALLOW[right]}"


def scopes_of(role: Role) -> list[Right]:
    """Return the scopes a program of a role can be limited to, in the order of the table of rights."""
    return [right for right in Right if right in ROLE_RIGHTS[role]]


def scope_words(rights: Collection[Right], *, role: Role) -> str:
    """Return what a program is limited to: "export and see_leads", or "all of manager"."""
    return f"all of {role}" if ROLE_RIGHTS[role] <= set(rights) else listed(sorted(rights))
