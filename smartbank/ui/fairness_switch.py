"""Scoring without age and marital status: what it costs on the list at hand, and the switch."""

from datetime import UTC, datetime
from typing import NamedTuple

import pandas as pd
import streamlit as st

from smartbank.bootstrap import model_ports
from smartbank.core.audit import LONGEST_REASON, SHORTEST_REASON
from smartbank.core.fairness import group_names, group_table, groups_of
from smartbank.core.fields import CUSTOMER_ID
from smartbank.core.list_change import ListChange
from smartbank.core.people import Actor, Right
from smartbank.core.twin_list import twin_list
from smartbank.errors import NotFoundError, SmartBankError
from smartbank.services.model_pair import ModelPair, model_pair, switch_fields
from smartbank.services.twins import WITH_BOTH, WITHOUT, margins_both_ways
from smartbank.ui.fairness_past import show_price
from smartbank.ui.list_cost import show_list_cost
from smartbank.ui.notice import Notice, leave_notice
from smartbank.ui.resources import services
from smartbank.ui.text import count, level_name, percent, plain, plural

_NO_PAIR = (
    "The model in force was trained before SmartBank trained each model without age and marital status too. Once a "
    "challenger is trained and in force, you can switch here."
)


class ListAtHand(NamedTuple):
    """The list on the screen: a run, its leads who may be called, the length, and what groups are made by."""

    run_id: str
    leads: pd.DataFrame
    length: int
    by: str


def show_switch(actor: Actor, at_hand: ListAtHand | None) -> None:
    """Show what scoring without age and marital status costs, and to administrators the switch.

    Parameters
    ----------
    at_hand : ListAtHand or None
        None where nothing is ranked yet.
    """
    pair = model_pair(by=actor, ports=model_ports(services()))
    st.markdown("**Scoring without age and marital status, and what it costs**")
    state = "without age and marital status" if pair.is_without else "with both"
    st.markdown(f"Leads are ranked **{state}** now, by model {plain(pair.in_force)}.")
    if pair.both is None:
        st.info(_NO_PAIR, icon=":material/info:")
    elif at_hand is not None:
        _show_on_the_list(*pair.both, at_hand, actor)
    show_price(services().scorer.card)
    if pair.both is not None and actor.may(Right.MANAGE_MODELS):
        _show_form(pair, actor)


def _show_on_the_list(full: str, twin: str, at_hand: ListAtHand, actor: Actor) -> None:
    leads, length = at_hand.leads, at_hand.length
    try:
        margins = _margins(at_hand.run_id, full, twin, actor)
    except NotFoundError as exc:
        st.info(str(exc), icon=":material/info:")
        return
    joined = leads.merge(margins, on=CUSTOMER_ID, how="left", validate="one_to_one")
    found = twin_list(
        joined[WITH_BOTH].to_numpy(dtype=float),
        joined[WITHOUT].to_numpy(dtype=float),
        base_rate=float(leads["propensity"].mean()),
        length=length,
    )
    show_list_cost(
        found,
        length,
        titles=("Expected sales with both", "Without both"),
        costs="On this list, leaving both out costs",
        nothing=f"On this list nothing changes: the best {plural(length, 'lead')} are the same.",
    )
    st.caption("The model that knows both judges here; what came of it in past months stands below.")
    st.dataframe(
        _both_lists(leads, found, at_hand.by),
        hide_index=True,
        key="fair_both_lists",
        alt="Groups on the list with and without age and marital status",
    )


@st.cache_data(max_entries=2, ttl=600, show_spinner="Ranking this list both ways…")
def _margins(run_id: str, full: str, twin: str, _actor: Actor) -> pd.DataFrame:
    scorers = {"full": services().models.scorer_of(full), "twin": services().models.scorer_of(twin)}
    return margins_both_ways(run_id, by=_actor, frames=services().frames, **scorers)


def _both_lists(leads: pd.DataFrame, found: ListChange, by: str) -> pd.DataFrame:
    groups, order = pd.Series(groups_of(leads, by)).map(level_name).to_numpy(dtype=object), group_names(by)
    known, unknown = (
        group_table(groups, listed, found.propensities, order=[level_name(name) for name in order])
        for listed in (found.best, found.listed)
    )
    return pd.DataFrame(
        {
            "Group": known.index,
            "Leads": [count(value) for value in known["leads"]],
            "Listed with both": [count(value) for value in known["listed"]],
            "Listed without": [count(value) for value in unknown["listed"]],
            "Of the group, with both": [percent(value) for value in known["share_listed"]],
            "Of the group, without": [percent(value) for value in unknown["share_listed"]],
        }
    )


def _show_form(pair: ModelPair, actor: Actor) -> None:
    label = "Rank with both again" if pair.is_without else "Rank without age and marital status"
    with st.form("switch_fields_form", border=True):
        st.markdown(
            f"**{label}.** Lists scored from then on are ranked by model {plain(pair.other or '')}, the same model "
            "the other way round. Lists that were scored stay as they are, and you can switch back here."
        )
        reason = st.text_input("Why", key="switch_fields_reason", max_chars=LONGEST_REASON)
        st.caption(f"In {SHORTEST_REASON} to {LONGEST_REASON} characters. Your name and the reason are kept.")
        submitted = st.form_submit_button(label, key="switch_fields", type="primary", icon=":material/swap_horiz:")
    if not submitted:
        return
    try:
        switch_fields(reason=reason, seen=pair.in_force, by=actor, ports=model_ports(services()), now=datetime.now(UTC))
    except SmartBankError as exc:
        st.error(str(exc), icon=":material/error:")
        return
    how = "with age and marital status again" if pair.is_without else "without age and marital status"
    leave_notice(Notice(f"From now on leads are ranked **{how}**. Score them anew to see it in a list."))
