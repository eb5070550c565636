"""Past calls like this customer: how many bought, what makes them alike, and the nearest of them."""

from collections.abc import Mapping
from typing import Any, Final

import pandas as pd
import streamlit as st

from smartbank.core.fields import FIELD, LEAD_COLUMNS
from smartbank.core.people import Actor, Right
from smartbank.core.similar import SimilarCalls
from smartbank.core.training_data import CONVERTED, PERIOD
from smartbank.core.wording import listed
from smartbank.errors import ModelArtifactError
from smartbank.services.similar import ExplainedRows, explained_rows, similar_to
from smartbank.ui.model_first_line import month_words
from smartbank.ui.resources import services
from smartbank.ui.text import count, decimal, field_value, percent

_SHOWN: Final = 10
_NAMED: Final = 3


def show_similar(lead: pd.Series, prediction: Mapping[str, Any], actor: Actor) -> None:
    """Show the past calls most like a scored lead, by the contributions of the model that scored it."""
    st.markdown("**Past calls like this one**")
    try:
        explained = _explained(str(prediction["model_version"]), actor)
    except ModelArtifactError as exc:
        st.info(str(exc), icon=":material/info:")
        return
    found = similar_to(lead, prediction, by=actor, explained=explained)
    if found is None:
        st.caption("No past calls are kept beside this model.")
        return
    st.markdown(similar_sentence(found))
    st.caption(_alike(found, float(prediction["propensity"])))
    if not actor.may(Right.SEE_LEADS):
        return  # single calls of other customers are not an agent's to read
    with st.expander(f"The {_SHOWN} most similar"):
        st.dataframe(_nearest(found), hide_index=True, key="similar_table", alt="The most similar past calls")


@st.cache_resource(max_entries=2, show_spinner="Looking for calls like this one…")
def _explained(version: str, _actor: Actor) -> ExplainedRows:
    model = services().models.load(version)
    return explained_rows(by=_actor, scorer=model.scorer, training_rows=model.training_rows)


def similar_sentence(found: SimilarCalls) -> str:
    """Return how many of the similar calls sold, beside all calls of the training."""
    low, high = percent(found.rate.low, digits=0), percent(found.rate.high, digits=0)
    return (
        f"Of the {count(len(found.rows))} past calls most like this one, **{count(found.sales)} sold** (chance leaves "
        f"{low} to {high} open); of all {percent(found.base_rate)} did."
    )


def _alike(found: SimilarCalls, propensity: float) -> str:
    """Return how like they are: what most of them share, what fewest do, and what the distance is worth."""
    by_count = sorted(found.same.items(), key=lambda each: -each[1])
    said = [f"{FIELD[name].label.lower()} ({count(same)})" for name, same in by_count[:_NAMED]]
    differing = [f"{FIELD[name].label.lower()} ({count(same)})" for name, same in by_count[-_NAMED:]]
    worth = 100 * propensity * (1 - propensity) * float(found.distances[-1])
    return (
        f"Alike means that each field weighs as much. The same as here are {listed(said)}; least often "
        f"{listed(differing)}. All that tells the least similar one from this customer is worth "
        f"{decimal(worth, digits=1)} percentage points. Their rate is that of past calls at the level of then: it says "
        "whether the order is right, not what this month brings."
    )


def _nearest(found: SimilarCalls) -> pd.DataFrame:
    rows = found.rows.head(_SHOWN)
    shown = {FIELD[name].label: [field_value(name, value) for value in rows[name]] for name in LEAD_COLUMNS}
    return pd.DataFrame(
        {
            "Sold": ["yes" if sold else "no" for sold in rows[CONVERTED]],
            "Month": [month_words(str(period)) for period in rows[PERIOD]],
            "Distance": [decimal(value, digits=3) for value in found.distances[:_SHOWN]],
            **shown,
        }
    )
