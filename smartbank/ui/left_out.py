"""Who was not scored: those who must not be called, and those a rule on calling leaves out, counted and listed."""

from typing import Final

import pandas as pd
import streamlit as st

from smartbank.core.call_rules import CallRule
from smartbank.core.consent import barred_sentence
from smartbank.core.exclusion import excluded_sentence, rule_words
from smartbank.core.people import Actor
from smartbank.services.customers import contact_details
from smartbank.services.left_out import left_out, ruled_out, rules_of_run
from smartbank.services.runs import Run
from smartbank.ui.print_style import on_screen_only
from smartbank.ui.resources import services
from smartbank.ui.table import names_or_ids, page_of, show_customer_table
from smartbank.ui.text import count, plain, plural

_COLUMNS: Final = {"Name": st.column_config.TextColumn(width=140), "Why": st.column_config.TextColumn(width=230)}
"""Widths at which a screen of 390 pixels shows who, and most of why."""


def show_left_out(run: Run, actor: Actor) -> None:
    """Show the way from the customers loaded to those scored, and on demand who was left out by which rule."""
    barred, counts = run.result["barred"], ruled_out(run)
    if not (barred or counts):
        return
    book = rules_of_run(run)
    loaded = run.summary.leads + sum(barred.values()) + sum(counts.values())
    steps = [plural(loaded, "customer"), barred_sentence(barred), excluded_sentence(counts, book)]
    st.caption(f"{plain(' → '.join(filter(None, steps)))} → {count(run.summary.leads)} scored.")
    if not counts:
        return
    with on_screen_only("left_out"):
        who = st.expander("Who was left out", icon=":material/rule:", key="left_out_who", on_change="rerun")
        if who.open:
            with who:
                _show_who(run, actor)


def _show_who(run: Run, actor: Actor) -> None:
    book = rules_of_run(run)
    who = left_out(run.run_id, by=actor, frames=services().frames)
    known = {rule.rule_id: f"{count(number)} {rule_words(rule)}" for rule, number in _counted(run)}
    chosen = st.selectbox(
        "Rule", ["", *known], format_func=lambda rule: known.get(rule, "All rules"), key="left_out_rule"
    )
    shown = who[who["rule"] == chosen] if chosen else who
    page = page_of(shown.reset_index(drop=True), key="left_out_page")
    contacts = contact_details(page["customer_id"].tolist(), by=actor, customers=services().customers)
    words = {rule.rule_id: rule_words(rule) for rule in book.rules}
    show_customer_table(
        pd.DataFrame(
            {
                "Name": names_or_ids(contacts, page["customer_id"]),
                "Why": [words.get(rule, "a rule of before") for rule in page["rule"]],
                "Customer": page["customer_id"],
            }
        ),
        page["customer_id"].tolist(),
        key="left_out_table",
        alt=f"Customers a rule left out, page of {len(page)}: name, why, customer",
        columns=_COLUMNS,
    )


def _counted(run: Run) -> list[tuple[CallRule, int]]:
    counts = ruled_out(run)
    return [(rule, counts[rule.rule_id]) for rule in rules_of_run(run).rules if counts.get(rule.rule_id)]
