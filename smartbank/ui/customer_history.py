"""A customer's predictions and calls on one line of time, and what changed between two predictions."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import pandas as pd
import streamlit as st

from smartbank.core.difference import Difference
from smartbank.core.fields import CUSTOMER_ID, FIELD
from smartbank.core.outcomes import Outcome, OutcomeKind
from smartbank.core.people import Actor
from smartbank.core.wording import listed
from smartbank.core.work_ids import is_request
from smartbank.errors import SmartBankError
from smartbank.services.customer_view import CustomerView, predictions_of_today
from smartbank.services.difference import what_changed
from smartbank.ui.charts import WITHOUT_BUTTONS, history_chart
from smartbank.ui.notes import show_notes
from smartbank.ui.resources import bank_settings, services
from smartbank.ui.split_words import market_of
from smartbank.ui.text import field_value, percent, plain, signed, when

OUTCOME_WORDS: Final = {
    OutcomeKind.SUBSCRIBED: "Bought",
    OutcomeKind.DECLINED: "Declined",
    OutcomeKind.NO_ANSWER: "No answer",
    OutcomeKind.CALLBACK: "Asked to be called back",
    OutcomeKind.WRONG_NUMBER: "Wrong number",
    OutcomeKind.OBJECTED: "Objected to calls",
}


def trend(view: CustomerView) -> tuple[str, str] | None:
    """Return by how many points the propensity moved since the prediction before, and when that was; None for one."""
    scores = predictions_of_today(view.history)
    if len(scores) < 2:
        return None
    newest, before = scores[:2]
    return signed(100 * (newest["propensity"] - before["propensity"])), when(before["scored_at"])


def show_history(view: CustomerView, actor: Actor) -> None:
    """Show predictions and calls by time, and the parts of the difference between two predictions."""
    predictions = list(view.history)
    if predictions and len(predictions) + len(view.outcomes) > 1:
        calls = [(each.at, OUTCOME_WORDS[each.outcome]) for each in view.outcomes]
        st.plotly_chart(
            history_chart(
                pd.DataFrame(predictions)[["scored_at", "propensity"]], calls, numbers=bank_settings().numbers
            ),
            key="customer_history",
            alt="Propensity over time, with the calls that were made",
            config=WITHOUT_BUTTONS,
        )
    _show_difference(view, actor)
    show_notes(str(view.customer[CUSTOMER_ID]), actor)
    st.markdown("**Predictions and calls, newest first**")
    st.dataframe(
        _timeline(view), hide_index=True, key="customer_timeline", alt="Predictions and calls of this customer"
    )


def _timeline(view: CustomerView) -> pd.DataFrame:
    rows: list[tuple[Any, dict[str, str]]] = [(each["scored_at"], _scored(each, view)) for each in view.history]
    rows += [(each.at, _called(each)) for each in view.outcomes]
    rows.sort(key=lambda row: row[0], reverse=True)
    return pd.DataFrame([{"When": when(moment), **row} for moment, row in rows])


def _scored(prediction: Mapping[str, Any], view: CustomerView) -> dict[str, str]:
    is_asked = is_request(prediction["run_id"])
    return {
        "What": "Scored for a program" if is_asked else "Scored",
        "Propensity": percent(prediction["propensity"]),
        "Band": prediction["band"],
        "Rank": "" if is_asked else f"{prediction['rank']}",
        "Market": market_of(prediction, view.markets, bank_settings().numbers),
        "Model": prediction["model_version"],
        "Run": prediction["run_id"],
    }


def _called(outcome: Outcome) -> dict[str, str]:
    return {
        "What": OUTCOME_WORDS[outcome.outcome],
        "Propensity": percent(outcome.propensity),
        "Band": "",
        "Rank": "",
        "Market": "",
        "Model": "",
        "Run": outcome.run_id,
    }


def _show_difference(view: CustomerView, actor: Actor) -> None:
    st.markdown("**What changed between two scores**")
    scores = predictions_of_today(view.history)
    if len(scores) < 2:
        st.caption("Not enough information: this customer was scored once in the market of its day.")
        return
    later, earlier = _choice(scores)
    if later["run_id"] == earlier["run_id"]:
        st.caption("Choose two different scores.")
        return
    try:
        found = what_changed(
            earlier,
            later,
            markets=view.markets,
            by=actor,
            customers=services().customers,
            load_model=services().models.scorer_of,
        )
    except SmartBankError as exc:
        st.info(str(exc), icon=":material/info:")
        return
    st.markdown(_sentence(earlier, later, found))
    st.dataframe(
        _parts(earlier, later, found),
        hide_index=True,
        width=420,
        key="customer_difference",
        alt="Parts of the difference",
    )


def _choice(scores: Sequence[Mapping[str, Any]]) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """Return the later and the earlier of the two scores that are chosen; at first the newest two."""
    by_run = {str(each["run_id"]): each for each in scores}
    names = list(by_run)

    def said(run_id: str) -> str:
        score = by_run[run_id]  # the end of the run's id tells scores of one minute apart
        return f"{when(score['scored_at'])}: {percent(score['propensity'])} ({run_id[-6:]})"

    with st.container(horizontal=True):
        first = st.selectbox("Score", names, 0, format_func=said, key="score_later", width=320)
        second = st.selectbox("And the one of", names, 1, format_func=said, key="score_earlier", width=320)
    chosen = sorted((by_run[first], by_run[second]), key=lambda each: str(each["scored_at"]), reverse=True)
    return chosen[0], chosen[1]


def _sentence(earlier: Mapping[str, Any], later: Mapping[str, Any], found: Difference) -> str:
    moved = signed(found.points)
    said = f"From {percent(earlier['propensity'])} to {percent(later['propensity'])}: {moved} percentage points."
    if found.changed:
        fields = [
            f"{FIELD[name].label} was {field_value(name, before)} and is {field_value(name, after)}"
            for name, (before, after) in found.changed.items()
        ]
        said += f" {listed(fields)}."
    return plain(said)


def _parts(earlier: Mapping[str, Any], later: Mapping[str, Any], found: Difference) -> pd.DataFrame:
    rest = "Another model, and its level" if found.is_other_model else "The level: base rate, outcomes, who was ranked"
    rows = [
        ("Before", percent(earlier["propensity"])),
        ("What is known of the customer", signed(found.customer_points)),
        ("The market", signed(found.market_points)),
        (rest, signed(found.rest_points)),
        ("After", percent(later["propensity"])),
    ]
    return pd.DataFrame(rows, columns=["Part", "Percentage points"])
