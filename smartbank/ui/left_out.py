"""Who was not scored: those who must not be called, and those a rule on calling leaves out, counted and listed."""

import streamlit as st

from smartbank.core.consent import barred_sentence
from smartbank.core.exclusion import excluded_sentence, rule_words
from smartbank.core.people import Actor
from smartbank.services.left_out import left_out, ruled_out, rules_of_run
from smartbank.services.runs import Run
from smartbank.ui.resources import services
from smartbank.ui.text import count, plain, plural
from smartbank.ui.who_and_why import show_who_and_why


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
    show_who_and_why(
        "Who was left out",
        lambda: left_out(run.run_id, by=actor, frames=services().frames),
        {rule.rule_id: rule_words(rule) for rule in book.rules},
        actor,
        key="left_out",
        label="Rule",
        unknown="a rule of before",
    )
