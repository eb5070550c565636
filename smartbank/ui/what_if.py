"""What if: another value, another market, and what the propensity, the rank and the reasons would be."""

from typing import Any, Final

import pandas as pd
import streamlit as st

from smartbank.core.fields import FIELD, LEAD_COLUMNS
from smartbank.core.market.flags import point_flags
from smartbank.core.people import Actor, Right
from smartbank.core.reasons import percentage_points
from smartbank.core.run_order import RunOrder
from smartbank.core.split import prediction_parts
from smartbank.core.what_if import WhatIf, contradictions
from smartbank.errors import SmartBankError
from smartbank.services.what_if import Ground, Imagined, imagine, load_order, what_if_ground
from smartbank.ui.customer_history import signed_points
from smartbank.ui.kept_what_ifs import decision, show_side_by_side, what_words
from smartbank.ui.notes import show_note_form
from smartbank.ui.resources import bank_settings, services
from smartbank.ui.text import count, field_value, percent
from smartbank.ui.visitor import require_still
from smartbank.ui.waterfall import show_waterfall
from smartbank.ui.what_if_controls import choose_what_if, what_if_address

_ASSOCIATION: Final = (
    "It says how such customers were scored in past calls, and nothing of causes: nobody buys because another job is "
    "written down. No score of it is stored."
)


@st.fragment
def show_what_if(customer_id: str, run_id: str, actor: Actor) -> None:
    """Show the what-if; only this part is drawn again when a control is moved, so it asks who is signed in itself."""
    try:
        require_still(actor)
        draw_what_if(customer_id, run_id, actor)
    except SmartBankError as exc:
        st.error(str(exc), icon=":material/error:")


def draw_what_if(customer_id: str, run_id: str, actor: Actor) -> None:
    """Draw the controls, and the customer before and after.

    Raises
    ------
    NotFoundError
        The run is no longer kept.
    ModelArtifactError
        The model it was scored by is missing.
    """
    ground, order = load_ground_and_order(customer_id, run_id, actor)
    headline = st.container()
    with st.container(border=True):
        asked = choose_what_if((customer_id, run_id), ground.lead, ground.market, ground.scorer.training_market)
    before, after = imagine([WhatIf({}), asked], by=actor, ground=ground, order=order)
    _show_headline(headline, asked, before, after, order)
    _show_doubts(asked, after, ground)
    _show_waterfalls(before, after, ground)
    if actor.may(Right.WRITE_NOTES) and not asked.is_nothing:
        _show_note_form(customer_id, asked, before, after, actor)
    show_side_by_side(customer_id, asked, before, lambda kept: imagine(kept, by=actor, ground=ground, order=order))


def _show_note_form(customer_id: str, asked: WhatIf, before: Imagined, after: Imagined, actor: Actor) -> None:
    said = (
        f"If {what_words(asked)}: {percent(after.propensity)} instead of {percent(before.propensity)}, rank "
        f"{count(after.rank)} instead of {count(before.rank)}."
    )
    show_note_form(customer_id, actor, key="if_note", button="Save as a note", link=what_if_address(asked), said=said)


def load_ground_and_order(customer_id: str, run_id: str, actor: Actor) -> tuple[Ground, RunOrder]:
    """Return what a what-if stands on; kept for minutes, so that moving a control loads no list again.

    Raises
    ------
    NotFoundError
        The run is no longer kept.
    ModelArtifactError
        The model it was scored by is missing.
    """
    return _ground(customer_id, run_id, actor), load_order_of(run_id, actor)


@st.cache_resource(max_entries=50, ttl=600, show_spinner=False)
def _ground(customer_id: str, run_id: str, _actor: Actor) -> Ground:  # noqa: ARG001  the run is part of the key
    held = services()
    return what_if_ground(
        customer_id,
        by=_actor,
        predictions=held.predictions,
        frames=held.frames,
        queue=held.queue,
        load_model=lambda version: held.models.load(version).scorer,
    )


@st.cache_resource(max_entries=4, ttl=600, show_spinner=False)
def load_order_of(run_id: str, _actor: Actor) -> RunOrder:
    """Return the order of a run's leads, kept for minutes. Raises `NotFoundError` where it is no longer kept."""
    return load_order(run_id, by=_actor, frames=services().frames)


def _show_headline(
    place: st.delta_generator.DeltaGenerator, asked: WhatIf, before: Imagined, after: Imagined, order: RunOrder
) -> None:
    with place:
        if asked.is_nothing:
            st.subheader("Change a field or the market below, and see what it does.")
        else:
            st.subheader(f"{percent(after.propensity)} instead of {percent(before.propensity)}.")
            st.markdown(f"If {what_words(asked)}.")
        points = 100 * (after.propensity - before.propensity)
        with st.container(horizontal=True):
            moved = None if asked.is_nothing else f"{signed_points(points)} points"
            st.metric("Propensity", percent(after.propensity), moved, border=True)
            ranks = before.rank - after.rank
            st.metric(
                f"Rank of {count(len(order))}",
                count(after.rank),
                None if not ranks else f"{'+' if ranks > 0 else '-'}{count(abs(ranks))} places",
                border=True,
            )
            st.metric("Band", after.band, _instead(before.band, after.band), delta_color="off", border=True)
            decisions = [decision(each) for each in (before, after)]
            st.metric("Decision", decisions[1], _instead(*decisions), delta_color="off", border=True)


def _instead(before: str, after: str) -> str | None:
    return None if before == after else f"instead of {before}"


def _show_doubts(asked: WhatIf, after: Imagined, ground: Ground) -> None:
    for sentence in contradictions(after.lead):
        st.warning(sentence, icon=":material/error:")
    for sentence in _beyond_training(asked, ground.scorer.card):
        st.markdown(f":material/warning: {sentence}")
    if asked.market is not None:
        for flag in point_flags(asked.market, ground.scorer.training_market, numbers=bank_settings().numbers):
            st.markdown(f":material/warning: {flag.sentence}")
        if after.shift is not None and after.shift.is_held_back:
            st.markdown(
                ":material/info: The market may move the level only so far; this one would move it further than that."
            )
    st.caption(_ASSOCIATION)


def _beyond_training(asked: WhatIf, card: Any) -> list[str]:  # noqa: ANN401  any JSON value
    ranges = card.get("training_ranges", {})
    found = []
    for name, value in asked.values.items():
        seen = ranges.get(name, [])
        if isinstance(value, float) and len(seen) == 2 and not seen[0] <= value <= seen[1]:
            found.append(
                f"{FIELD[name].label} {count(value)} is beyond what the model has seen, which ends at "
                f"{count(seen[1] if value > seen[1] else seen[0])}."
            )
        if isinstance(value, str) and seen and value not in seen:
            found.append(f"{FIELD[name].label} {field_value(name, value)} does not occur in the model's past calls.")
    return found


def _show_waterfalls(before: Imagined, after: Imagined, ground: Ground) -> None:
    for column, title, each in zip(st.columns(2), ("As the customer is", "What if"), (before, after), strict=True):
        with column:
            st.markdown(f"**{title}: {percent(each.propensity)}**")
            reasons = services().writer_of(ground.scorer.version).reasons(each.lead, each.contributions)
            show_waterfall(_as_prediction(each, ground), reasons, key=f"waterfall_{'if' if each is after else 'now'}")
    with st.expander("Both as a table"):
        st.dataframe(_both(before, after, ground), hide_index=True, alt="What each field adds, before and after")


def _as_prediction(each: Imagined, ground: Ground) -> dict[str, Any]:
    return {
        "margin": each.margin,
        "level": each.level,
        "intercept": ground.level.intercept,
        "contributions": each.contributions.tolist(),
    }


def _both(before: Imagined, after: Imagined, ground: Ground) -> pd.DataFrame:
    """Return each field's value and percentage points before and after, those that moved most first."""
    points = []
    for each in (before, after):
        log_odds = prediction_parts(_as_prediction(each, ground))[0]
        points.append(percentage_points(log_odds.base + log_odds.market, each.contributions.tolist()))
    table = pd.DataFrame(
        {
            "Field": [FIELD[name].label for name in LEAD_COLUMNS],
            "Now": [field_value(name, before.lead[name]) for name in LEAD_COLUMNS],
            "What if": [field_value(name, after.lead[name]) for name in LEAD_COLUMNS],
            "Points now": [signed_points(value) for value in points[0]],
            "Points, what if": [signed_points(value) for value in points[1]],
        }
    )
    order = sorted(range(len(table)), key=lambda at: -abs(points[1][at] - points[0][at]))
    return table.iloc[order]
