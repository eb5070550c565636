"""What somebody changes in the rules on calling before it is saved, and the widgets that change it.

The draft is kept apart from the widgets: Streamlit forgets a widget that a run which was broken off had not drawn.
"""

from dataclasses import replace
from typing import Any, Final

import streamlit as st

from smartbank.core.call_rules import CallRule, RuleBook, RuleKind, changed_rules
from smartbank.core.rule_checks import MOST_CALLS, MOST_DAYS
from smartbank.core.rule_merge import merged_rules
from smartbank.ui.rule_text import rule_effect, rule_name

_SEEN: Final = "rules_seen"
"""Key in the session state: the rules the form was begun from."""
_MINE: Final = "rules_mine"
"""Key in the session state: the rules as the form has them."""
_NEXT: Final = "rules_next"
"""Key in the session state: the rules the form begins from in the next run."""
_WIDGET: Final = "rule_"
"""What the keys of the widgets begin with."""


def open_draft(current: RuleBook) -> tuple[RuleBook, RuleBook]:
    """Return the rules the form was begun from, and what it says now; begins it where nothing of it was changed."""
    following = st.session_state.pop(_NEXT, None)
    if following is not None:
        begin_draft(following)
    seen: RuleBook | None = st.session_state.get(_SEEN)
    if seen is None or (seen.version != current.version and not changed_rules(seen, draft())):
        begin_draft(current)
    return st.session_state[_SEEN], draft()


def begin_draft(book: RuleBook, *, later: bool = False) -> None:
    """Put rules into the form; `later` where its widgets are drawn already: in the next run."""
    if later:
        st.session_state[_NEXT] = book
        return
    st.session_state[_SEEN] = book
    change_draft(book)
    forget_widgets()


def take_over(current: RuleBook) -> None:
    """Begin from rules somebody else saved, with what this form changed kept."""
    mine = merged_rules(st.session_state[_SEEN], draft(), current)
    begin_draft(current)
    change_draft(mine)


def draft() -> RuleBook:
    """Return what the form says, with the version it was begun from."""
    mine: RuleBook = st.session_state[_MINE]
    return mine


def began_from() -> RuleBook:
    """Return the rules the form was begun from."""
    seen: RuleBook = st.session_state[_SEEN]
    return seen


def change_draft(book: RuleBook) -> None:
    """Have the form say something else."""
    st.session_state[_MINE] = book


def forget_widgets(rule_id: str = "") -> None:
    """Have the widgets of a rule, or all of them, say again what the form says; not once they are drawn."""
    begins = f"{_WIDGET}{rule_id}_" if rule_id else _WIDGET
    for key in [key for key in st.session_state if str(key).startswith(begins)]:
        del st.session_state[key]


def widget_key(rule_id: str, name: str, value: Any) -> str:  # noqa: ANN401  whatever the widget holds
    """Return the key of a widget, which says a value unless somebody changed it there."""
    key = f"{_WIDGET}{rule_id}_{name}"
    if key not in st.session_state:
        st.session_state[key] = value
    return key


def said(rule_id: str, name: str) -> Any:  # noqa: ANN401  whatever the widget holds
    """Return what a widget says; None where another callback of the same run did away with it."""
    return st.session_state.get(f"{_WIDGET}{rule_id}_{name}")


def put_in_draft(rule_id: str, name: str) -> None:
    """Take over what a widget of a rule says, when it was changed."""
    rule, value = draft().rule(rule_id), said(rule_id, name)
    if rule is not None and value is not None:
        change_draft(draft().with_rule(replace(rule, **{name: value})))


def show_built_in(rules: RuleBook) -> None:
    """Draw each rule that is always there: its switch, whom it leaves out, and its numbers."""
    for rule in rules.rules:
        if rule.kind is RuleKind.SEGMENT:
            continue
        with st.container(border=True):
            show_switch(rule, rule_name(rule))
            st.caption(rule_effect(rule))
            with st.container(horizontal=True):
                if rule.kind is RuleKind.ATTEMPTS:
                    show_number(rule, "limit", "Calls", 1, MOST_CALLS)
                if rule.days:
                    show_number(rule, "days", "Days", 1, MOST_DAYS)


def show_switch(rule: CallRule, label: str) -> None:
    """Draw what switches a rule on and off."""
    key = widget_key(rule.rule_id, "on", rule.on)
    st.toggle(label, key=key, on_change=put_in_draft, args=(rule.rule_id, "on"))


def show_number(rule: CallRule, name: str, label: str, low: int, high: int) -> None:
    """Draw the input of a whole number of a rule, both ends included."""
    value = min(max(int(getattr(rule, name)), low), high)
    key = widget_key(rule.rule_id, name, value)
    st.number_input(label, low, high, step=1, key=key, width=160, on_change=put_in_draft, args=(rule.rule_id, name))
