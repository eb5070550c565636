"""What the overview and a ranked list say when the settings changed since a ranking was made."""

from datetime import UTC, datetime

import streamlit as st

from smartbank.core.bank_settings import BankSettings, changed_rules, settings_from
from smartbank.core.people import Actor, Right
from smartbank.core.settings_fields import SETTING_FIELD
from smartbank.core.settings_text import base_rate_words, value_text
from smartbank.services.runs import Run, queue_run
from smartbank.ui.resources import bank_settings, services


def show_changed_settings(run: Run, actor: Actor) -> bool:
    """Say what changed since a run of today's market, offer to rank its customers again, and return whether it was."""
    settings = bank_settings()
    rules = run.result["rules"]
    names = [] if run.is_replay else changed_rules(rules, settings)
    if not names:
        return False
    then = settings_from({**settings.__dict__, **rules})
    said = [_changed(name, then, settings) for name in names]
    st.warning(
        f"{'; '.join(said)}. The order stays right, the percentages and bands do not.",
        title="Settings changed since this ranking: rank again",
        icon=":material/update:",
    )
    if not actor.may(Right.BRING_IN) or not st.button("Rank again", icon=":material/bolt:", key="rank_again"):
        return False
    st.session_state["show_run"] = queue_run(
        run.source_again,
        market="snapshot",
        by=actor,
        queue=services().queue,
        audit=services().audit,
        now=datetime.now(UTC),
    )
    return True


def _changed(name: str, then: BankSettings, now: BankSettings) -> str:
    if name == "base_rate_market":
        return f"The base rate is the same figure, but now it is of {base_rate_words(now)}"
    return f"{SETTING_FIELD[name].label} {value_text(name, then)} then, {value_text(name, now)} now"
