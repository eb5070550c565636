"""Segments the bank does not call, in the form of the rules: add, change, switch off, remove."""

from dataclasses import replace
from typing import Final

import streamlit as st

from smartbank.core.call_rules import CallRule, RuleBook, RuleKind, new_segment_id
from smartbank.core.fields import FIELD
from smartbank.core.rule_checks import MOST_SEGMENTS, NAME_CHARACTERS, SEGMENT_FIELDS
from smartbank.ui.rule_text import segment_words
from smartbank.ui.rules_form import (
    began_from,
    change_draft,
    draft,
    forget_widgets,
    said,
    show_number,
    show_switch,
    widget_key,
)
from smartbank.ui.text import field_value

_YOUNGEST, _OLDEST = int(FIELD["age"].low), int(FIELD["age"].high)
_FIRST_AGES: Final = (_YOUNGEST, 24)
"""Ages a new segment begins with; without a name it cannot be saved."""


def show_segments(rules: RuleBook) -> None:
    """Draw the segments, a bordered box each, and the button that adds one."""
    segments = [rule for rule in rules.rules if rule.kind is RuleKind.SEGMENT]
    st.markdown("**Segments that are not called**")
    if not segments:
        st.caption("There is none. Add one to leave out, for example, customers under 25, or students.")
    for rule in segments:
        with st.container(border=True):
            _segment(rule)
    st.button(
        "Add a segment",
        icon=":material/add:",
        key="segment_add",
        on_click=_add,
        disabled=len(segments) >= MOST_SEGMENTS,
    )


def _segment(rule: CallRule) -> None:
    show_switch(rule, f"Not called: {segment_words(rule)}")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.text_input(
            "Name",
            key=widget_key(rule.rule_id, "name", rule.name),
            max_chars=NAME_CHARACTERS,
            placeholder="Under 25",
            width=200,
            on_change=_rename,
            args=(rule.rule_id,),
        )
        st.selectbox(
            "Looks at",
            SEGMENT_FIELDS,
            key=widget_key(rule.rule_id, "segment_field", rule.segment_field),
            format_func=lambda name: FIELD[name].label,
            width=240,
            on_change=_look_at,
            args=(rule.rule_id,),
        )
        _whom(rule)
        st.button(
            "Remove", key=f"segment_remove_{rule.rule_id}", icon=":material/delete:", on_click=_remove, args=(rule,)
        )


def _whom(rule: CallRule) -> None:
    name = rule.segment_field
    if name == "age":
        show_number(rule, "low", "From age", _YOUNGEST, _OLDEST)
        show_number(rule, "high", "To age", _YOUNGEST, _OLDEST)
        return
    st.multiselect(
        FIELD[name].label,
        FIELD[name].levels,
        key=widget_key(rule.rule_id, f"values_{name}", list(rule.values)),
        format_func=lambda level: field_value(name, level),
        placeholder="Choose",
        width=300,
        on_change=_choose_values,
        args=(rule.rule_id,),
    )


def _add() -> None:
    everything = RuleBook(rules=(*began_from().rules, *draft().rules))
    low, high = _FIRST_AGES
    rule_id = new_segment_id(everything)
    change_draft(
        draft().with_rule(CallRule(rule_id, RuleKind.SEGMENT, segment_field=SEGMENT_FIELDS[0], low=low, high=high))
    )


def _remove(rule: CallRule) -> None:
    change_draft(draft().without(rule.rule_id))
    forget_widgets(rule.rule_id)


def _rename(rule_id: str) -> None:
    rule, name = draft().rule(rule_id), said(rule_id, "name")
    if rule is not None and name is not None:
        change_draft(draft().with_rule(replace(rule, name=name.strip())))


def _look_at(rule_id: str) -> None:
    """Have a segment look at another field; what it said of the one before goes."""
    rule, name = draft().rule(rule_id), said(rule_id, "segment_field")
    if rule is None or name is None:
        return
    low, high = _FIRST_AGES if name == "age" else (0, 0)
    change_draft(draft().with_rule(replace(rule, segment_field=name, values=(), low=low, high=high)))


def _choose_values(rule_id: str) -> None:
    """Take over which values a segment leaves out, in the order of the field."""
    rule = draft().rule(rule_id)
    chosen = None if rule is None else said(rule_id, f"values_{rule.segment_field}")
    if rule is None or chosen is None:
        return
    levels = FIELD[rule.segment_field].levels
    change_draft(draft().with_rule(replace(rule, values=tuple(level for level in levels if level in chosen))))
