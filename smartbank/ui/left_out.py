"""Who was not scored: those who must not be called, and those a rule on calling leaves out, counted and listed."""

import streamlit as st

from smartbank.core.exclusion import rule_words
from smartbank.core.people import Actor
from smartbank.services.left_out import left_out, left_out_words, loaded_for, ruled_out, rules_of_run
from smartbank.services.runs import Run
from smartbank.ui.resources import services
from smartbank.ui.text import count, plain, plural
from smartbank.ui.who_and_why import show_who_and_why


def show_left_out(run: Run, actor: Actor) -> None:
    """Show the way from the customers loaded to those scored, and on demand who was left out by which rule."""
    if not (said := left_out_words(run)):
        return
    steps = [plural(loaded_for(run), "customer"), *said]
    st.caption(f"{plain(' → '.join(steps))} → {count(run.summary.leads)} scored.")
    if not ruled_out(run):
        return
    show_who_and_why(
        "Who was left out",
        lambda: left_out(run.run_id, by=actor, frames=services().frames),
        {rule.rule_id: rule_words(rule) for rule in rules_of_run(run).rules},
        actor,
        key="left_out",
        label="Rule",
        unknown="a rule of before",
    )
