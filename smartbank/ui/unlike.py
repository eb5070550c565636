"""What a ranked list says where its customers are far unlike those ranked before, and the two answers to it."""

import streamlit as st

from smartbank.core.people import Actor, Right
from smartbank.core.unlike import BEFORE, unlike_words
from smartbank.services.runs import Run
from smartbank.ui.rank_again import rank_next, says_it_waits
from smartbank.ui.resources import bank_settings


def show_unlike(run: Run, actor: Actor) -> bool:
    """Say that the customers of a run may have been picked, offer to rank them again, and return whether they are."""
    unlike = run.unlike
    if unlike is None:
        return False
    words = unlike_words(unlike, numbers=bank_settings().numbers)
    st.warning(words, title="Were these customers picked?", icon=":material/filter_alt:")
    if says_it_waits(actor) or not actor.may(Right.BRING_IN):
        return False
    with st.container(horizontal=True):
        picked = st.button("Rank again as picked", icon=":material/bolt:", key="rank_picked")
        whole = unlike.beside == BEFORE and st.button(
            "They are all our customers",
            icon=":material/groups:",
            key="rank_whole",
            help="All of them, or some drawn at random: they are ranked again as a whole, and percentages of picked "
            "customers and of programs go by them.",
        )
    if picked or whole:
        rank_next(run.picked_again if picked else run.whole_again, actor)
    return picked or whole
