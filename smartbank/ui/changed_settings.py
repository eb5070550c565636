"""What the overview and a ranked list say when settings or the market changed since a ranking was made."""

from typing import Final

import streamlit as st

from smartbank.core.bank_settings import BankSettings, changed_rules, settings_from
from smartbank.core.card_figures import twin_of
from smartbank.core.market.moves import moved_figures
from smartbank.core.people import Actor, Right
from smartbank.core.rules import rules_from
from smartbank.core.settings_fields import SETTING_FIELD
from smartbank.core.settings_text import base_rate_words, value_text
from smartbank.services.leveling import rate_in
from smartbank.services.runs import Run
from smartbank.ui.rank_again import rank_next, says_it_waits
from smartbank.ui.resources import bank_settings, card_of, services
from smartbank.ui.text import decimal, percent, plain

_TITLES: Final = {
    (True, False): "Settings changed since this ranking: rank again",
    (False, True): "The market moved since this ranking: rank again",
    (True, True): "Settings and market changed since this ranking: rank again",
}
_ANOTHER_MODEL: Final = "Another model is in force since this ranking: rank again"
_WORTH_SAYING: Final = 0.0005
"""Share by which the level would be another one, from which ranking again changes a figure on the screen."""


def show_changed_settings(run: Run, actor: Actor) -> bool:
    """Say what changed since a run of today's market, offer to rank its customers again, and return whether it was."""
    if run.is_replay:
        return False
    settings, market = _changed_settings(run), _changed_market(run)
    champion = services().scorer.version
    if champion != run.result["model_version"]:
        said = _another_model(champion, run.result["model_version"])
        title = _ANOTHER_MODEL
    elif settings or market:
        said = f"{'; '.join(settings + market)}. The order stays right, the percentages and bands do not."
        title = _TITLES[bool(settings), bool(market)]
    else:
        return False
    st.warning(said, title=title, icon=":material/update:")
    if says_it_waits(actor):
        return False
    if not actor.may(Right.BRING_IN) or not st.button("Rank again", icon=":material/bolt:", key="rank_again"):
        return False
    rank_next(run.source_again, actor)
    return True


def _another_model(champion: str, earlier: str) -> str:
    """Return what another model in force means for a list: its fields were switched, or it is another altogether."""
    if twin_of(services().scorer.card) == earlier:
        return "Age and marital status no longer count, and this list was ranked with both: the order may change."
    if twin_of(card_of(earlier)) == champion:
        return "Age and marital status count again, and this list was ranked without: the order may change."
    return f"Model {plain(champion)} is in force, and another one ranked this list: the order may change."


def _changed_settings(run: Run) -> list[str]:
    now, rules = bank_settings(), run.result["rules"]
    then = settings_from({**now.__dict__, **rules})
    return [_changed(name, then, now) for name in changed_rules(rules, now)]


def _changed_market(run: Run) -> list[str]:
    """Return how the market moved and what the level would be in it; nothing where the level would stay.

    Nothing either where another model is in force by now: levels of two models are not compared.
    """
    scorer, now = services().scorer, services().market.look()
    if scorer.version != run.result["model_version"]:
        return []
    figures = moved_figures(run.snapshot, now, numbers=bank_settings().numbers)
    if not figures:
        return []
    rate = rate_in(now, run.level, rules_from(run.result["rules"]), scorer)
    difference = rate - run.level.rate
    if abs(difference) < _WORTH_SAYING:
        return []
    more = "more" if difference > 0 else "less"
    points = decimal(100 * abs(difference), digits=1)
    return [*figures, f"the level would be {percent(rate)}, {points} points {more} than {percent(run.level.rate)}"]


def _changed(name: str, then: BankSettings, now: BankSettings) -> str:
    if name == "base_rate_market":
        return f"The base rate is the same figure, but now it is of {base_rate_words(now)}"
    return f"{SETTING_FIELD[name].label} {value_text(name, then)} then, {value_text(name, now)} now"
