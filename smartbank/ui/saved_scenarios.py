"""Saved scenarios: save the one on the screen, open, delete with a way back, and compare up to four on a run."""

import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Final

import pandas as pd
import streamlit as st

from smartbank.core.exports import harmless
from smartbank.core.market.effects import ScenarioEffect
from smartbank.core.market.points import MarketPoint, point_words
from smartbank.core.market.scenarios import LONGEST_NAME, Scenario
from smartbank.core.people import Actor, Right
from smartbank.core.rules import BANDS
from smartbank.errors import SmartBankError
from smartbank.services.scenarios import delete_scenario, restore_scenario, save_scenario, saved_scenarios
from smartbank.ui.notice import Notice, leave_notice, show_notice
from smartbank.ui.resources import bank_settings, services
from smartbank.ui.scenario_controls import set_figures
from smartbank.ui.text import count, decimal, percent, plain, when

_MOST_COMPARED: Final = 4

Effects = Callable[[Sequence[MarketPoint]], list[ScenarioEffect]]
"""Returns what each of some markets does to the leads asked about."""


def show_scenario_notice(actor: Actor) -> None:
    """Show what was just saved or deleted, with the way back."""
    show_notice(lambda undo: _put_back(undo, actor))


def show_saved_scenarios(market: MarketPoint, effects: Effects, actor: Actor) -> None:
    """Show the saved scenarios, and to those who may the form that saves the market on the screen."""
    st.subheader("Saved scenarios")
    if actor.may(Right.BRING_IN):
        _save_form(market, actor)
    kept = {each.scenario_id: each for each in saved_scenarios(by=actor, scenarios=services().scenarios)}
    if not kept:
        st.caption("Nobody saved a scenario yet. Everybody who sees leads sees the saved ones.")
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = st.selectbox(
            "Saved scenario", list(kept), format_func=lambda key: kept[key].name, key="saved_scenario", width=320
        )
        st.button(
            "Open scenario",
            key="open_scenario",
            icon=":material/open_in_new:",
            on_click=set_figures,
            args=(kept[chosen].market,),
        )
        if actor.may(Right.BRING_IN) and st.button("Delete scenario", key="delete_scenario", icon=":material/delete:"):
            _delete(kept[chosen], actor)
    st.caption(_said_of(kept[chosen]))
    _compare(kept, effects)


def _save_form(market: MarketPoint, actor: Actor) -> None:
    with st.form("scenario_form", border=False), st.container(horizontal=True, vertical_alignment="bottom"):
        name = st.text_input(
            "Name", key="scenario_name", max_chars=LONGEST_NAME, placeholder="Rates at 1 percent", width=320
        )
        submitted = st.form_submit_button("Save this scenario", key="save_scenario", icon=":material/save:")
    if not submitted:
        return
    try:
        saved = save_scenario(
            name,
            market,
            training=services().scorer.training_market,
            by=actor,
            scenarios=services().scenarios,
            audit=services().audit,
            now=datetime.now(UTC),
        )
    except SmartBankError as exc:
        st.error(str(exc), icon=":material/error:")
        return
    leave_notice(Notice(f"**{plain(saved.name)}** is saved, and everybody who sees leads can open it."))


def _delete(scenario: Scenario, actor: Actor) -> None:
    try:
        gone = delete_scenario(
            scenario.scenario_id,
            by=actor,
            scenarios=services().scenarios,
            audit=services().audit,
            now=datetime.now(UTC),
        )
    except SmartBankError as exc:
        st.error(str(exc), icon=":material/error:")
        return
    undo = json.dumps(gone.to_json() | {"at": gone.at.isoformat()})
    leave_notice(Notice(f"**{plain(gone.name)}** is deleted.", undo=("scenario", undo)))


def _put_back(undo: tuple[str, ...], actor: Actor) -> str:
    values = json.loads(undo[1])
    scenario = Scenario.from_json(values | {"at": datetime.fromisoformat(values["at"])})
    restore_scenario(scenario, by=actor, scenarios=services().scenarios, audit=services().audit, now=datetime.now(UTC))
    return f"**{plain(scenario.name)}** is back."


def _said_of(scenario: Scenario) -> str:
    words = point_words(scenario.market, numbers=bank_settings().numbers)
    return f"{words}. Saved by {plain(scenario.by)}, {when(scenario.at)}."


def _compare(kept: dict[str, Scenario], effects: Effects) -> None:
    chosen = st.multiselect(
        "Compare on this run",
        list(kept),
        format_func=lambda key: kept[key].name,
        max_selections=_MOST_COMPARED,
        key="compared_scenarios",
        placeholder=f"Up to {_MOST_COMPARED}",
    )
    if not chosen:
        return
    found = effects([kept[key].market for key in chosen])
    rows = [("As scored", found[0].run_before, found[0].before)]
    rows += [(harmless(kept[key].name), each.run_after, each.after) for key, each in zip(chosen, found, strict=True)]
    st.dataframe(
        pd.DataFrame(
            {
                "Scenario": [name for name, _, _ in rows],
                "Would say yes, of the whole run": [percent(run.conversion) for _, run, _ in rows],
                "Sales expected": [decimal(part.expected_sales, digits=1) for _, _, part in rows],
                "Worth a call": [count(part.worth_calling) for _, _, part in rows],
                **{f"Band {band}": [count(part.band_leads[band]) for _, _, part in rows] for band in BANDS},
            }
        ),
        hide_index=True,
        key="scenario_comparison",
        alt="The chosen scenarios side by side on this run: level, expected sales, calls that pay, leads by band",
    )
