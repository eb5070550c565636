"""The settings of the bank on the admin page: what holds, who changed it, and the form to change it."""

from datetime import UTC, datetime
from typing import Final

import pandas as pd
import streamlit as st

from smartbank.core.bank_settings import BankSettings, changed_names, conflict
from smartbank.core.fingerprint import fingerprint
from smartbank.core.people import Actor, Right
from smartbank.core.settings_doubts import doubts
from smartbank.core.settings_fields import SETTING_FIELD, SETTING_FIELDS, validate_settings
from smartbank.core.settings_text import history_lines, value_text
from smartbank.errors import ConflictError, SettingsError
from smartbank.services.settings import change_settings, settings_history
from smartbank.ui.resources import services
from smartbank.ui.settings_form import begin_draft, draft, has_draft, show_fields, take_over
from smartbank.ui.text import when

_HISTORY_SHOWN: Final = 20


def show_settings(actor: Actor) -> None:
    """Show the settings section: a form for whoever may change them, a table for others, and the history."""
    current = services().settings.current()
    if actor.may(Right.CHANGE_SETTINGS):
        _form(current, actor)
    else:
        _values(current)
    _history(actor)


def _form(current: BankSettings, actor: Actor) -> None:
    if not has_draft() or (draft().version != current.version and not _mine()):
        begin_draft(current)
    mine = draft()
    show_fields(mine)
    names = _mine()
    if mine.version != current.version:
        _meanwhile(current, actor)  # here, where whoever pressed Save looks
    try:
        validate_settings(draft())
    except SettingsError as exc:
        st.error(str(exc), icon=":material/error:")
        return
    can_save = bool(names) and mine.version == current.version
    if can_save and (asked := doubts(current, draft())):
        st.warning(" ".join(asked), icon=":material/help:")
        can_save = st.checkbox("I looked again: it is right", key=f"settings_sure_{fingerprint(asked, length=8)}")
    with st.container(horizontal=True, vertical_alignment="center"):
        if st.button(
            "Save settings", type="primary", icon=":material/save:", key="settings_save", disabled=not can_save
        ):
            _save(draft(), actor)
        if names:
            labels = ", ".join(SETTING_FIELD[name].label for name in names)
            st.caption(f"Changed and not saved yet: {labels}.")


def _mine() -> list[str]:
    """Return the names of what the form has changed."""
    return [name for name in changed_names(draft(changed=False), draft()) if name in SETTING_FIELD]


def _meanwhile(current: BankSettings, actor: Actor) -> None:
    """Tell whoever edits that somebody else saved, with both values, and let them choose how to go on."""
    seen, mine = draft(changed=False), draft()
    history = settings_history(_HISTORY_SHOWN, by=actor, settings=services().settings)
    st.warning(
        str(conflict(seen.version, history)), title="Somebody else changed the settings", icon=":material/group:"
    )
    names = [name for name in SETTING_FIELD if name in {*changed_names(seen, current), *changed_names(seen, mine)}]
    st.dataframe(
        pd.DataFrame(
            [
                {
                    "Setting": SETTING_FIELD[name].label,
                    "Before": value_text(name, seen),
                    "In force now": value_text(name, current),
                    "Yours": value_text(name, mine),
                }
                for name in names
            ]
        ),
        hide_index=True,
        alt="Settings that were changed: before, in force now, and yours",
    )
    with st.container(horizontal=True):
        st.button("Go on with my changes", key="settings_merge", on_click=take_over, args=(current,))
        st.button("Drop my changes", key="settings_drop", on_click=begin_draft, args=(current,))


def _save(changed: BankSettings, actor: Actor) -> None:
    try:
        saved = change_settings(
            changed,
            by=actor,
            settings=services().settings,
            market=services().market,
            audit=services().audit,
            now=datetime.now(UTC),
        )
    except ConflictError:
        st.rerun()  # the next run shows both values
    services().in_force.forget()
    begin_draft(saved, later=True)
    st.toast(f"Saved as version {saved.version}. Lists ranked from now on use it.", icon=":material/check:")
    st.rerun()


def _values(current: BankSettings) -> None:
    st.dataframe(
        pd.DataFrame(
            [
                {"Setting": field.label, "Value": value_text(field.name, current), "What it does": field.help}
                for field in SETTING_FIELDS
            ]
        ),
        hide_index=True,
        alt="Settings in force",
    )


def _history(actor: Actor) -> None:
    changes = settings_history(_HISTORY_SHOWN + 1, by=actor, settings=services().settings)
    st.markdown("**Who changed what**")
    if not changes:
        st.caption("Nothing was changed yet: the defaults hold.")
        return
    st.dataframe(
        pd.DataFrame(
            [
                {"When": when(line.at), "Who": line.by, "What": "; ".join(line.texts), "Version": line.version}
                for line in history_lines(changes)[:_HISTORY_SHOWN]
            ]
        ),
        hide_index=True,
        alt="Changes of the settings, newest first: when, who, what",
    )
