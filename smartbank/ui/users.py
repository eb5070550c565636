"""Users on the admin page: who there is, inviting somebody, and changing somebody's role, access or password."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final

import pandas as pd
import streamlit as st

from smartbank.bootstrap import hash_password
from smartbank.core.people import Actor, Right, Role
from smartbank.errors import SmartBankError
from smartbank.services.linking import link_user
from smartbank.services.passwords import force_new_password
from smartbank.services.people import Account, change_role, disable_user, enable_user, invite_user, list_accounts
from smartbank.ui.notice import Notice, leave_notice, show_notice
from smartbank.ui.resources import services
from smartbank.ui.text import plural, when

ROLES: Final[list[Role]] = list(Role)
WHAT_ROLES_DO: Final = {
    Role.MANAGER: "brings customers in, ranks and exports them",
    Role.AGENT: "makes the calls of a list and looks single customers up",
    Role.AUDITOR: "sees everything, changes nothing",
    Role.ADMIN: "may do everything, here too",
}


def show_users(actor: Actor) -> None:
    """Show every user, and to those who may, how to invite and change one."""
    show_notice(lambda undo: _undo(undo, actor))
    accounts = _accounts(actor)
    st.dataframe(
        pd.DataFrame([_row(account) for account in accounts]),
        hide_index=True,
        key="users_table",
        alt="Users: name, role, state, number of sessions, since when",
    )
    if not actor.may(Right.MANAGE_USERS):
        st.caption("You see users and change none: that takes an administrator.")
        return
    _show_invite(actor)
    _show_change(accounts, actor)


def _row(account: Account) -> dict[str, str]:
    state = (
        "disabled" if account.disabled else "has to change the password" if account.must_change_password else "active"
    )
    if account.by_provider and not account.disabled:
        state = "by the identity provider"
    return {
        "User": account.username,
        "Role": account.role,
        "State": state,
        "Signed in": plural(account.n_sessions, "session") if account.n_sessions else "no",
        "Since": when(account.created_at),
    }


def _show_invite(actor: Actor) -> None:
    st.subheader("Invite a user", anchor=False)
    with st.form("invite"):
        name = st.text_input("User name", key="invite_name", max_chars=64, autocomplete="off")
        role = st.selectbox("Role", ROLES, key="invite_role", format_func=_role_label, index=1)
        submitted = st.form_submit_button("Invite", key="invite_submit", type="primary", icon=":material/person_add:")
    if not submitted:
        return
    try:
        user, password = invite_user(name, role, by=actor, hash_password=hash_password, **_ports())
    except SmartBankError as exc:
        st.error(str(exc))
    else:
        leave_notice(Notice(f"**{user.username}** may sign in as {user.role}, once with this password:", password))


def _show_change(accounts: Sequence[Account], actor: Actor) -> None:
    st.subheader("Change a user", anchor=False)
    name = st.selectbox("User", [account.username for account in accounts], key="user", bind="query-params")
    account = next(account for account in accounts if account.username == name)
    try:
        if account.by_provider:
            st.caption(f"{account.username} signs in with the bank's identity provider, which gives the role.")
        else:
            _show_role(account, actor)
        with st.container(horizontal=True):
            _show_access(account, actor)
            if not account.by_provider:
                _show_new_password(account, actor)
            _show_link(account, actor)
    except SmartBankError as exc:
        st.error(str(exc))


def _show_role(account: Account, actor: Actor) -> None:
    role = st.selectbox(
        f"Role of {account.username}",
        ROLES,
        index=ROLES.index(account.role),
        key=f"role_of_{account.username}_{account.role}",
        format_func=_role_label,
    )
    if role is account.role:
        return
    st.caption("Open pages follow at the next click; sessions go on.")
    if st.button(f"Make {account.username} {role}", key="save_role", type="primary", icon=":material/badge:"):
        change_role(account.username, role, by=actor, **_ports())
        leave_notice(
            Notice(f"**{account.username}** is {role} from now on.", undo=("role", account.username, account.role))
        )


def _show_access(account: Account, actor: Actor) -> None:
    ends = _ends(account)
    if account.disabled:
        if st.button("Enable", key="enable", icon=":material/lock_open:", help="Lets this user sign in again"):
            enable_user(account.username, by=actor, **_ports())
            leave_notice(Notice(f"**{account.username}** may sign in again.", undo=("disable", account.username)))
    elif st.button(f"Disable ({ends})", key="disable", icon=":material/block:", help="What the user did stays"):
        ended = disable_user(account.username, by=actor, **_ports())
        leave_notice(
            Notice(
                f"**{account.username}** is disabled" + (f"; {plural(ended, 'session')} ended." if ended else "."),
                undo=("enable", account.username),
            )
        )


def _show_new_password(account: Account, actor: Actor) -> None:
    with st.popover("New password", icon=":material/password:"):
        st.markdown(
            f"The password of **{account.username}** ends for good ({_ends(account)}). "
            "You see a new one once, and the user has to replace it."
        )
        if st.button("Make a new password", key="new_password_for", type="primary"):
            password, ended = force_new_password(account.username, by=actor, hash_password=hash_password, **_ports())
            leave_notice(
                Notice(
                    f"{plural(ended, 'session')} ended. **{account.username}** signs in once with this password:",
                    password,
                )
            )


def _show_link(account: Account, actor: Actor) -> None:
    """Offer to link a user with the bank's identity provider, where there is one."""
    provider = services().configuration.provider()
    if provider is None:
        return
    with st.popover("Link again" if account.by_provider else "Link", icon=":material/link:"):
        st.markdown(
            f"Whoever next comes from {provider.name} under the name **{account.username}** is this user from then on. "
            f"The password here ends for good ({_ends(account)})."
        )
        if st.button(f"Link {account.username}", key="link_user", type="primary"):
            ended = link_user(account.username, by=actor, **_ports())
            leave_notice(Notice(f"**{account.username}** signs in with {provider.name} now; {_ended(ended)}."))


def _ended(sessions: int) -> str:
    return f"{plural(sessions, 'session')} ended" if sessions else "no session was open"


def _undo(undo: tuple[str, ...], actor: Actor) -> str:
    """Take a change back, and return what to say of it."""
    kind, name = undo[:2]
    if kind == "role":
        change_role(name, Role(undo[2]), by=actor, **_ports())
        return f"**{name}** is {undo[2]} again."
    if kind == "enable":
        enable_user(name, by=actor, **_ports())
        return f"**{name}** may sign in again."
    disable_user(name, by=actor, **_ports())
    return f"**{name}** is disabled again."


def _accounts(actor: Actor) -> list[Account]:
    return list_accounts(by=actor, users=services().users, now=datetime.now(UTC))


def _ports() -> dict[str, Any]:
    return {"users": services().users, "audit": services().audit, "now": datetime.now(UTC)}


def _ends(account: Account) -> str:
    return f"ends {plural(account.n_sessions, 'session')}" if account.n_sessions else "not signed in"


def _role_label(role: Role) -> str:
    return f"{role}: {WHAT_ROLES_DO[role]}"
