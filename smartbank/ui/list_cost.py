"""What another list than the best one costs, in three figures and a sentence."""

import streamlit as st

from smartbank.core.list_change import ListChange
from smartbank.core.wording import agreeing
from smartbank.ui.resources import bank_settings
from smartbank.ui.text import count, decimal, money, percent, plural


def show_list_cost(change: ListChange, length: int, *, titles: tuple[str, str], costs: str, nothing: str) -> None:
    """Show what a change of the list costs.

    Parameters
    ----------
    titles : tuple of str
        What the expected sales of the best list and of the other one are called.
    costs : str
        How the sentence begins: "These shares cost".
    nothing : str
        What is said where the lists are the same.
    """
    best, other, cost = (
        decimal(value, digits=1) for value in (change.unbounded_sales, change.expected_sales, change.cost)
    )
    with st.container(horizontal=True):
        for title, value in zip((*titles, "Cost in expected sales"), (best, other, cost), strict=True):
            st.metric(title, value, border=True)
    if not change.swapped:
        st.markdown(nothing)
        return
    value = money(round(change.cost * bank_settings().rules.value_of_sale))
    st.markdown(
        f"{costs} {cost} of {best} expected sales ({percent(change.cost / change.unbounded_sales)}), worth about "
        f"{value}: {count(change.swapped)} of the best {plural(length, 'lead')} "
        f"{agreeing(change.swapped, 'gives', 'give')} "
        f"{agreeing(change.swapped, 'its place to another', 'their places to others')}."
    )
