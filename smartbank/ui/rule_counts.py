"""What the rules mean: how many stored customers each one would leave out now, counted when somebody asks."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

import pandas as pd
import streamlit as st

from smartbank.core.call_rules import RuleBook
from smartbank.core.consent import barred_sentence
from smartbank.core.exclusion import excluded_sentence
from smartbank.core.people import Actor
from smartbank.services.rule_counts import RuleCounts, count_left_out
from smartbank.ui.resources import bank_settings, services
from smartbank.ui.rule_text import rule_name
from smartbank.ui.text import count, plain, plural

_COUNTED: Final = "rules_counted"
"""Key in the session state: the rules that were counted last, and what came of it."""


def show_counts(rules: RuleBook, actor: Actor) -> None:
    """Offer to count, and show what was counted for as long as it is of these very rules."""
    st.markdown("**What the rules mean now**")
    with st.container(horizontal=True, vertical_alignment="center"):
        pressed = st.button("Count", icon=":material/calculate:", key="rules_count")
        st.caption("How many stored customers each of these rules leaves out today, whether or not they are saved.")
    if pressed:
        with st.spinner("Counting the customers…"):
            st.session_state[_COUNTED] = _as_asked(rules), _count(rules, actor)
    asked, counts = st.session_state.get(_COUNTED, (None, None))
    if counts is not None and asked == _as_asked(rules):
        _show(rules, counts)


def _as_asked(rules: RuleBook) -> tuple[RuleBook, bool]:
    return replace(rules, version=0), bank_settings().require_consent


def _count(rules: RuleBook, actor: Actor) -> RuleCounts:
    return count_left_out(
        rules,
        by=actor,
        require_consent=bank_settings().require_consent,
        customers=services().customers,
        outcomes=services().outcomes,
        now=datetime.now(UTC),
    )


def _show(rules: RuleBook, counts: RuleCounts) -> None:
    stored = plural(counts.stored, "customer")
    steps = [stored, barred_sentence(counts.barred), excluded_sentence(counts.ruled_out, rules)]
    st.markdown(f"{plain(' → '.join(filter(None, steps)))} → {count(counts.left)} may be called.")
    if not rules.in_force:
        return
    table = pd.DataFrame(
        {
            "Rule": [rule_name(rule) for rule in rules.in_force],
            "Customers left out": [count(counts.ruled_out.get(rule.rule_id, 0)) for rule in rules.in_force],
        }
    )
    st.dataframe(table, hide_index=True, alt="Stored customers each rule leaves out")
    st.caption("Whoever falls under several rules is counted under the first one.")
