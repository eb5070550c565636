"""The model card on the screen: what was trained, on what, within which ranges, and where not to trust it."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from smartbank.core.card_figures import card_number, card_part
from smartbank.core.fields import FIELD
from smartbank.core.market.indicators import FACTS, Indicator
from smartbank.core.people import Actor
from smartbank.core.score_purpose import SCORE_PURPOSE
from smartbank.ui.model_first_line import month_words
from smartbank.ui.model_table import show_table
from smartbank.ui.resources import bank_settings, services
from smartbank.ui.text import count, decimal, level_name, percent, plain

_PARAMETERS = {
    "day_ridge": "How far days are held back",
    "half_life_months": "Months after which a row counts half",
    "learning_rate": "Learning rate",
    "linear_ridge": "Shrinkage of the linear part",
    "linear_share": "Share of the linear part (the trees have the rest)",
    "month_ridges": "How months may be held back; the last months choose",
    "monotone": "Where more can only raise or only lower",
    "masked_share": "Share of rows trained without contact history",
    "max_depth": "Depth of a tree",
    "min_child_weight": "Smallest weight of a leaf",
    "month_balance": "How far months are made equal (0 to 1)",
    "n_trees": "Trees",
    "reg_lambda": "Shrinkage of leaves",
    "max_cat_to_onehot": "Levels up to which a category is split one by one",
}
_YEAR_ON_YEAR = "cpi_yoy"


def show_card(actor: Actor) -> None:
    """Show the card in sentences and tables."""
    card = services().scorer.card
    st.markdown("\n\n".join([f"**Model {plain(services().scorer.version)}**", *data_sentences(card), SCORE_PURPOSE]))
    limits = [str(limit) for limit in card.get("limits", []) if isinstance(limit, str)]
    if limits:
        st.subheader("Where not to trust it")
        st.markdown("\n".join(f"* {plain(limit)}" for limit in limits))
    ranges = range_rows(card_part(card, "training_ranges"), list(card.get("features", [])))
    if not ranges.empty:
        st.subheader("What it has seen")
        st.table(ranges.set_index("Field"))
    _settings(card, actor)
    sources = [str(source) for source in card.get("attribution", []) if isinstance(source, str)]
    if sources:
        st.subheader("Sources")
        st.markdown("\n".join(f"* {plain(source)}" for source in sources))


def data_sentences(card: Mapping[str, Any]) -> list[str]:
    """Return what the model was trained on, in sentences; those the card has."""
    data, said = card_part(card, "data"), []
    rows, conversions = card_number(data, "rows"), card_number(data, "conversions")
    if rows and conversions is not None:
        first, last = (month_words(str(data.get(name))) for name in ("first_period", "last_period"))
        said.append(
            f"Trained on {count(rows)} calls from {first} to {last}, of which {count(conversions)} sold "
            f"({percent(conversions / rows)})."
        )
    own = card_number(data, "own_calls")
    if own:
        first = month_words(str(data.get("own_first_period")))
        said.append(f"{count(own)} of these calls are your own, from {first} on; the others came with SmartBank.")
    if "sha256" in data:
        said.append(f"SHA-256 of the {'calls' if own else 'file'}: {plain(str(data['sha256']))}.")
    unused = [FIELD[name].label for name in card.get("fields_not_used", []) if name in FIELD]
    if unused:
        said.append(f"Known of leads and not used: {', '.join(unused)}.")
    return said or ["Its card says nothing of the data it was trained on."]


def range_rows(ranges: Mapping[str, Any], features: list[str]) -> pd.DataFrame:
    """Return the training range of each field in words."""
    rows = [
        (
            _label(name),
            _range(values),
            "order" if name in features else "level" if name not in FIELD or name in _MARKET else "nothing",
        )
        for name, values in ranges.items()
        if isinstance(values, list) and values
    ]
    return pd.DataFrame(rows, columns=["Field", "In the training rows", "Used for"])


def _range(values: list[Any]) -> str:
    if all(isinstance(value, int | float) for value in values):
        return " to ".join(bank_settings().numbers.rewritten(f"{value:,.6g}") for value in values)
    names = [level_name(value) for value in values]
    return ("; " if any("," in name for name in names) else ", ").join(names)


def _label(name: str) -> str:
    if name == _YEAR_ON_YEAR:
        return FACTS[Indicator.CPI].title
    return FIELD[name].label if name in FIELD else plain(name)


_MARKET = ("euribor3m", "emp_var_rate")


def _settings(card: Mapping[str, Any], actor: Actor) -> None:
    parameters = card_part(card, "parameters")
    rows = [(_PARAMETERS.get(name, name), _value(value)) for name, value in parameters.items() if name != "features"]
    if (chosen := card_number(card, "month_ridge")) is not None:
        rows.append(("How months were held back", _value(chosen)))
    rows += [(name, str(value)) for name, value in card_part(card, "libraries").items()]
    if not rows:
        return
    with st.expander("Parameters and libraries", icon=":material/tune:"):
        table = pd.DataFrame(rows, columns=["What", "It is"]).map(str)
        show_table(table, name="parameters", alt="Parameters and libraries of the model", actor=actor)


def _value(value: object) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{_label(str(name))} {'falling' if sign == -1 else 'rising'}" for name, sign in value.items())
    if isinstance(value, list):
        return ", ".join(_value(each) for each in value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value)
    return decimal(value, digits=0 if float(value).is_integer() else 2)
