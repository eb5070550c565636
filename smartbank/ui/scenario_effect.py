"""What a scenario does to a run, on the screen: figures before and after, and whose band, decision or rank changes."""

from typing import Final

import pandas as pd
import streamlit as st

from smartbank.core.fields import CUSTOMER_ID
from smartbank.core.market.effects import MarketFigures, ScenarioEffect
from smartbank.core.people import Actor
from smartbank.core.rules import BANDS
from smartbank.services.customers import contact_details
from smartbank.ui.resources import services
from smartbank.ui.scenario_words import crossing_sentence, rank_sentence
from smartbank.ui.table import NAME_WIDTH, names_or_ids, show_customer_table
from smartbank.ui.text import count, decimal, percent, plural

_SHOWN: Final = 50
"""Leads listed; more are counted."""


def show_figures(effect: ScenarioEffect) -> None:
    """Show the level, the sales, the calls that pay and the bands before and after."""
    rows = [
        ("Would say yes, of the whole run", *_pair(effect.run_before, effect.run_after, "conversion")),
        ("Would say yes, of these leads", *_pair(effect.before, effect.after, "conversion")),
        ("Sales expected", *_pair(effect.before, effect.after, "expected_sales")),
        ("Worth a call", *_pair(effect.before, effect.after, "worth_calling")),
    ]
    rows += [(f"Leads in band {band}", effect.before.band_leads[band], effect.after.band_leads[band]) for band in BANDS]
    st.table(  # which breaks its lines where a phone has no room for four columns
        pd.DataFrame(
            {
                "What": [name for name, _, _ in rows],
                "As scored": [_text(name, before) for name, before, _ in rows],
                "In the scenario": [_text(name, after) for name, _, after in rows],
                "Difference": [_text(name, after - before, signed=True) for name, before, after in rows],
            }
        ).set_index("What")
    )


def show_changes(effect: ScenarioEffect, *, is_replay: bool, best: int, actor: Actor) -> None:
    """Say how many leads cross the threshold, change band and change rank, and list those asked for."""
    st.markdown(f"**Whose call changes.** {crossing_sentence(effect)}")
    st.markdown(f"**Whom to call first.** {rank_sentence(effect, is_replay=is_replay, best=best)}")
    kinds = {
        "Crossing the threshold": effect.crossing,
        "Changing band": effect.changing_band,
        "Changing rank": effect.rank_changes,
    }
    kinds = {name: leads for name, leads in kinds.items() if len(leads)}
    if not kinds:
        return
    kind = st.radio("Show leads", list(kinds), horizontal=True, key="scenario_list")
    leads = kinds[kind]
    if len(leads) > _SHOWN:
        first = "with the largest moves" if kind == "Changing rank" else "in the order of the list"
        st.caption(f"The first {_SHOWN} of {plural(len(leads), 'lead')}, {first}.")
    _show_leads(leads.head(_SHOWN), kind, actor)


def _show_leads(leads: pd.DataFrame, kind: str, actor: Actor) -> None:
    contacts = contact_details(leads[CUSTOMER_ID].tolist(), by=actor, customers=services().customers)
    shown = pd.DataFrame({"Rank": leads["rank"], "Name": names_or_ids(contacts, leads[CUSTOMER_ID])})
    if "rank_after" in leads:
        shown["Rank in the scenario"] = leads["rank_after"]
    else:
        shown["Propensity"] = [percent(each) for each in leads["propensity_before"]]
        shown["In the scenario"] = [percent(each) for each in leads["propensity_after"]]
        shown["Band"] = _arrow(leads["band_before"], leads["band_after"])
        shown["Worth a call"] = _arrow(leads["call_before"].map(_YES_NO), leads["call_after"].map(_YES_NO))
    shown["Customer"] = leads[CUSTOMER_ID]
    show_customer_table(
        shown,
        leads[CUSTOMER_ID].tolist(),
        key="scenario_leads",
        alt=f"{kind}: rank, name, and what changes",
        columns={"Name": st.column_config.TextColumn(width=NAME_WIDTH)},
    )


_YES_NO: Final = {True: "yes", False: "no"}


def _arrow(before: pd.Series, after: pd.Series) -> list[str]:
    return [one if one == other else f"{one} → {other}" for one, other in zip(before, after, strict=True)]


def _pair(before: MarketFigures, after: MarketFigures, name: str) -> tuple[float, float]:
    return getattr(before, name), getattr(after, name)


def _text(name: str, value: float, *, signed: bool = False) -> str:
    sign = "+" if signed and value > 0 else ""
    if name.startswith("Would say yes"):
        return f"{sign}{decimal(100 * value, digits=1)} points" if signed else percent(value)
    return f"{sign}{decimal(value, digits=1) if name == 'Sales expected' else count(value)}"
