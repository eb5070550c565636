"""The rules on calling on the admin page: what holds, who changed it, and the form to change it."""

from datetime import UTC, datetime
from typing import Final

import pandas as pd
import streamlit as st

from smartbank.core.call_rules import RuleBook, changed_rules
from smartbank.core.people import Actor, Right
from smartbank.core.rule_checks import validate_rules
from smartbank.core.wording import listed
from smartbank.errors import ConflictError, SettingsError
from smartbank.services.call_rules import change_rules, rules_history, rules_in_force
from smartbank.ui.resources import bank_settings, services
from smartbank.ui.rule_counts import show_counts
from smartbank.ui.rule_hours import hours_consequence, show_hours
from smartbank.ui.rule_segments import show_segments
from smartbank.ui.rule_text import (
    HOURS,
    change_words,
    fixed_rules,
    hours_words,
    name_in,
    rule_effect,
    rule_name,
    value_words,
    who_changed_what,
)
from smartbank.ui.rules_form import begin_draft, open_draft, show_built_in, take_over
from smartbank.ui.text import plain, when

_HISTORY_SHOWN: Final = 20


def show_rules(actor: Actor) -> None:
    """Show the rules: a form for whoever may change them, a table for others, what they come to, and the history."""
    current = rules_in_force(by=actor, rules=services().rules)
    if actor.may(Right.CHANGE_SETTINGS):
        _form(current, actor)
    else:
        _values(current)
        st.caption(hours_consequence(current.hours, bank_settings(), now=datetime.now(UTC)))
        show_counts(current, actor)
    _history(actor)


def _form(current: RuleBook, actor: Actor) -> None:
    seen, mine = open_draft(current)
    _fixed()
    st.markdown("**Rules that can be changed**")
    show_built_in(mine)
    show_segments(mine)
    show_hours(mine.hours)
    if seen.version != current.version:
        _meanwhile(seen, mine, current, actor)  # here, where whoever pressed Save looks
    try:
        validate_rules(mine)
    except SettingsError as exc:
        st.error(plain(str(exc)), icon=":material/error:")
        return
    _save_row(seen, mine, current, actor)
    show_counts(mine, actor)


def _fixed() -> None:
    """Say whom nobody may ever call: these are no rules one can change."""
    require_consent = bank_settings().require_consent
    consent = "on" if require_consent else "off, so nobody needs to give consent"
    with st.container(border=True):
        st.markdown("**Always in force**")
        st.markdown(f"Never called: {listed(fixed_rules(require_consent=require_consent))}.")
        st.caption(f"The setting “Call only with consent” is {consent}. It is changed under Settings.")


def _save_row(seen: RuleBook, mine: RuleBook, current: RuleBook, actor: Actor) -> None:
    changed, is_newest = changed_rules(seen, mine), seen.version == current.version
    can_save = bool(changed) and is_newest
    with st.container(horizontal=True, vertical_alignment="center"):
        if st.button("Save rules", type="primary", icon=":material/save:", key="rules_save", disabled=not can_save):
            _save(mine, actor)
        if can_save:
            st.button("Drop my changes", key="rules_drop", on_click=begin_draft, args=(current,))
        if changed:
            names = ", ".join(name_in((mine, seen), rule_id) for rule_id in changed)
            st.caption(f"Changed and not saved yet: {plain(names)}.")


def _meanwhile(seen: RuleBook, mine: RuleBook, current: RuleBook, actor: Actor) -> None:
    """Tell whoever edits that somebody else saved, with both values, and let them choose how to go on."""
    history = rules_history(_HISTORY_SHOWN, by=actor, rules=services().rules)
    who = plain(who_changed_what(seen.version, history))
    st.warning(who, title="Somebody else changed the rules", icon=":material/group:")
    ids = dict.fromkeys([*changed_rules(seen, current), *changed_rules(seen, mine)])
    st.dataframe(
        pd.DataFrame(
            [
                {
                    "Rule": name_in((current, mine, seen), rule_id),
                    "Before": value_words(seen, rule_id),
                    "In force now": value_words(current, rule_id),
                    "Yours": value_words(mine, rule_id),
                }
                for rule_id in ids
            ]
        ),
        hide_index=True,
        alt="Rules that were changed: before, in force now, and yours",
    )
    with st.container(horizontal=True):
        st.button("Go on with my changes", key="rules_merge", on_click=take_over, args=(current,))
        st.button("Drop my changes", key="rules_drop", on_click=begin_draft, args=(current,))


def _save(changed: RuleBook, actor: Actor) -> None:
    try:
        saved = change_rules(changed, by=actor, rules=services().rules, audit=services().audit, now=datetime.now(UTC))
    except ConflictError:
        st.rerun()  # the next run shows both values
    begin_draft(saved, later=True)
    st.toast(f"Saved as version {saved.version}. Lists ranked from now on use it.", icon=":material/check:")
    st.rerun()


def _values(current: RuleBook) -> None:
    always = fixed_rules(require_consent=bank_settings().require_consent)
    rows = [("Always in force", "on", f"Never called: {words}.") for words in always]
    rows += [(rule_name(rule), "on" if rule.on else "off", rule_effect(rule)) for rule in current.rules]
    rows.append((name_in((), HOURS), "on", f"{hours_words(current.hours)}."))
    table = pd.DataFrame(rows, columns=["Rule", "On or off", "What it does"])
    st.dataframe(table, hide_index=True, alt="Rules on calling in force")


def _history(actor: Actor) -> None:
    changes = rules_history(_HISTORY_SHOWN + 1, by=actor, rules=services().rules)
    st.markdown("**Who changed what**")
    if not changes:
        st.caption("Nothing was changed yet: the defaults hold.")
        return
    lines = list(zip(changes, change_words(changes), strict=True))[:_HISTORY_SHOWN]
    st.dataframe(
        pd.DataFrame(
            [
                {"When": when(change.at), "Who": change.by, "What": words, "Version": change.book.version}
                for change, words in lines
            ]
        ),
        hide_index=True,
        alt="Changes of the rules, newest first: when, who, what",
    )
