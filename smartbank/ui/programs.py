"""Programs on the admin page: which software uses SmartBank, and adding one."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final

import pandas as pd
import streamlit as st

from smartbank.core.people import Actor, Right, Role
from smartbank.errors import SmartBankError
from smartbank.services.programs import (
    ProgramAccount,
    ShownKey,
    add_program,
    disable_program,
    enable_program,
    list_programs,
)
from smartbank.ui.notice import Notice, leave_notice, show_notice
from smartbank.ui.program_change import show_program_change
from smartbank.ui.resources import services
from smartbank.ui.scope_words import scope_label, scope_words, scopes_of
from smartbank.ui.text import plain, plural, when

ROLES: Final[list[Role]] = list(Role)
NO_PROGRAM: Final = (
    "No program uses SmartBank yet. A program is software of your bank that works without a person at the screen: a "
    "nightly job that scores customers, the CRM that shows whom to call, the dialler. It gets a name, a role, only "
    "those rights it needs, and a key in place of a password. What it does is in the audit log under its name. "
    "Administrators add one."
)


def show_programs(actor: Actor) -> None:
    """Show every program with its keys, and to those who may, how to add and change one."""
    show_notice(lambda undo: _undo(undo, actor))
    accounts = list_programs(by=actor, programs=services().programs, now=datetime.now(UTC))
    if accounts:
        _show_tables(accounts)
    else:
        st.info(NO_PROGRAM, icon=":material/smart_toy:")
    if not actor.may(Right.MANAGE_USERS):
        st.caption("You see programs and change none: that takes an administrator.")
        return
    if accounts:
        show_program_change(accounts, actor)
    _show_add(actor)


def _show_tables(accounts: Sequence[ProgramAccount]) -> None:
    st.dataframe(
        pd.DataFrame([_row(account) for account in accounts]),
        hide_index=True,
        key="programs_table",
        alt="Programs: name, role, state, scopes, what for, number of good keys, since when, added by",
    )
    keys = [_key_row(account, key) for account in accounts for key in account.keys]
    if keys:
        st.dataframe(
            pd.DataFrame(keys),
            hide_index=True,
            key="program_keys_table",
            alt="Keys: program, short name of the key, state, last use, expiry, since when, made by",
        )


def _row(account: ProgramAccount) -> dict[str, str]:
    program, good = account.program, sum(key.is_good for key in account.keys)
    return {
        "Program": program.name,
        "Role": program.role,
        "State": "disabled" if program.disabled else "active",
        "Limited to": scope_words(program.rights, role=program.role),
        "For": program.purpose,
        "Good keys": plural(good, "key") if good else "none",
        "Since": when(program.created_at),
        "Added by": program.created_by,
    }


def _key_row(account: ProgramAccount, key: ShownKey) -> dict[str, str]:
    return {
        "Program": account.program.name,
        "Key": key.key_id,
        "State": "revoked" if key.revoked_at else "good" if key.is_good else "expired",
        "Last used": when(key.last_used_at) if key.last_used_at else "never",
        "Expires": when(key.expires_at) if key.expires_at else "no end",
        "Since": when(key.created_at),
        "Made by": key.created_by,
    }


def _show_add(actor: Actor) -> None:
    st.subheader("Add a program", anchor=False)
    name = st.text_input(
        "Name",
        key="program_name",
        max_chars=40,
        autocomplete="off",
        help="Small letters, digits and dashes: nightly-scores",
    )
    purpose = st.text_input("What it is for", key="program_purpose", max_chars=200, autocomplete="off")
    role = st.selectbox("Role", ROLES, index=0, key="program_role", help="It can have no more rights than this role")
    rights = st.multiselect(
        "Limited to",
        scopes_of(role),
        key=f"program_scope_{role}",
        format_func=scope_label,
        placeholder="Choose only what it needs",
    )
    if not st.button("Add program", key="add_program", type="primary", icon=":material/add:"):
        return
    try:
        program = add_program(name, role, frozenset(rights), purpose, by=actor, **_ports())
    except SmartBankError as exc:
        st.error(str(exc))
    else:
        leave_notice(Notice(f"**{plain(program.name)}** is added. Choose it below and make a key for it."))


def _undo(undo: tuple[str, ...], actor: Actor) -> str:
    """Take a change back, and return what to say of it."""
    kind, name = undo
    if kind == "enable":
        enable_program(name, by=actor, **_ports())
        return f"**{name}** may use SmartBank again."
    disable_program(name, by=actor, **_ports())
    return f"**{name}** is disabled again."


def _ports() -> dict[str, Any]:
    return {"programs": services().programs, "audit": services().audit, "now": datetime.now(UTC)}
