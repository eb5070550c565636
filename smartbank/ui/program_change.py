"""One program on the admin page: what it is limited to and for, its access, and its keys."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final

import streamlit as st

from smartbank.core.people import Actor, Right
from smartbank.core.programs import Program
from smartbank.core.scopes import scope_of
from smartbank.errors import SmartBankError
from smartbank.services.programs import (
    ProgramAccount,
    add_key,
    change_program,
    disable_program,
    enable_program,
    revoke_key,
)
from smartbank.ui.meant import note_meant, what_was_meant
from smartbank.ui.notice import Notice, leave_notice
from smartbank.ui.resources import services
from smartbank.ui.scope_words import scope_label, scopes_of
from smartbank.ui.text import day

KEY_ENDS: Final[dict[str, int | None]] = {"90 days": 90, "1 year": 365, "2 years": 730, "No end": None}
KEEP_IT: Final = (
    "It is shown this once: copy it now, and put it where the program keeps its secrets, never into its code or a mail."
)
_SEEN: Final = "program_seen"


def show_program_change(accounts: Sequence[ProgramAccount], actor: Actor) -> None:
    """Show how to change one program, and how to make and revoke its keys."""
    st.subheader("Change a program", anchor=False)
    name = st.selectbox("Program", [account.program.name for account in accounts], key="program", bind="query-params")
    account = next(account for account in accounts if account.program.name == name)
    try:
        seen, rights, purpose = _choose_rights(account.program)
        with st.container(horizontal=True):
            _show_save(seen, rights, purpose, actor)
            _show_access(account.program, actor)
        st.subheader(f"Keys of {name}", anchor=False)
        with st.container(horizontal=True, vertical_alignment="bottom"):
            _show_new_key(account.program, actor)
            _show_revoking(account, actor)
    except SmartBankError as exc:
        st.error(str(exc))


def _choose_rights(program: Program) -> tuple[Program, frozenset[Right], str]:
    """Return the program as it was seen, and the rights and the purpose that are chosen here."""
    seen = _seen(program)
    scope_key, purpose_key = _keys(seen)
    rights = st.multiselect(
        f"{seen.name} ({seen.role}) is limited to",
        scopes_of(seen.role),
        default=sorted(seen.rights_now),
        key=scope_key,
        format_func=scope_label,
    )
    purpose = st.text_input("What it is for", seen.purpose, key=purpose_key, max_chars=200, autocomplete="off")
    return seen, frozenset(rights), purpose


def _show_save(seen: Program, rights: frozenset[Right], purpose: str, actor: Actor) -> None:
    is_same = rights == seen.rights and purpose == seen.purpose
    if st.button("Save", key="save_program", disabled=is_same, icon=":material/save:"):
        st.session_state.pop(_SEEN, None)  # whatever comes of it, the next run looks afresh
        change_program(seen, rights=rights, purpose=purpose, by=actor, **_ports())
        leave_notice(Notice(f"**{seen.name}** is changed. Its keys and tokens follow at their next use."))


def _seen(program: Program) -> Program:
    """Return the program as it was when somebody began to change it here; as it is now while nobody has."""
    seen: Program | None = st.session_state.get(_SEEN)
    if seen is not None and seen.name == program.name:
        scope_key, purpose_key = _keys(seen)
        rights = st.session_state.get(scope_key, sorted(seen.rights_now))
        if frozenset(rights) != seen.rights or st.session_state.get(purpose_key, seen.purpose) != seen.purpose:
            return seen
    st.session_state[_SEEN] = program
    return program


def _keys(seen: Program) -> tuple[str, str]:
    """Return the keys of the fields of a program as it was seen: seen otherwise they begin anew."""
    return f"scope_of_{seen.name}_{scope_of(seen.rights)}", f"purpose_of_{seen.name}_{seen.purpose}"


def _show_access(program: Program, actor: Actor) -> None:
    name = program.name
    if program.disabled:
        if st.button("Enable", key="enable_program", icon=":material/lock_open:", help="With the keys it had"):
            enable_program(name, by=actor, **_ports())
            leave_notice(Notice(f"**{name}** may use SmartBank again.", undo=("disable", name)))
    elif st.button("Disable", key="disable_program", icon=":material/block:", help="Ends its keys and tokens at once"):
        disable_program(name, by=actor, **_ports())
        leave_notice(Notice(f"**{name}** is disabled: its keys and tokens are refused.", undo=("enable", name)))


def _show_new_key(program: Program, actor: Actor) -> None:
    end = st.selectbox("Good for", list(KEY_ENDS), index=1, key="key_end", width=160)
    if st.button("Make a key", key="make_key", icon=":material/key:", disabled=program.disabled):
        key, clear = add_key(program.name, days=KEY_ENDS[end], by=actor, **_ports())
        until = "has no end" if key.expires_at is None else f"is good until {day(key.expires_at)}"
        leave_notice(Notice(f"The new key of **{program.name}** {until}:", clear, advice=KEEP_IT))


def _show_revoking(account: ProgramAccount, actor: Actor) -> None:
    if meant := what_was_meant("revoke_key"):
        key_id, name = meant
        revoke_key(key_id, by=actor, **_ports())
        leave_notice(Notice(f"The key {key_id} of **{name}** is revoked."))
    good = [key.key_id for key in account.keys if key.is_good]
    if not good:
        return
    with st.popover("Revoke a key", icon=":material/key_off:"):
        st.markdown("A revoked key is refused at once and for good, and so are the tokens it was exchanged for.")
        key_id = st.selectbox("Key", good, key=f"revoke_of_{account.program.name}")
        meant_by_it = ("revoke_key", key_id, account.program.name)
        st.button("Revoke it", key="revoke_key", type="primary", on_click=note_meant, args=meant_by_it)


def _ports() -> dict[str, Any]:
    return {"programs": services().programs, "audit": services().audit, "now": datetime.now(UTC)}
