"""What if: another value, another market, and what the propensity, the rank and the reasons would be."""

from collections.abc import Sequence
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
from smartbank.services.what_if import Ground, Imagined, imagine
from smartbank.ui.kept_what_ifs import show_side_by_side, what_words
from smartbank.ui.notes import show_note_form
from smartbank.ui.resources import bank_settings, services
from smartbank.ui.run_order import order_of
from smartbank.ui.scenario_words import shift_sentence
from smartbank.ui.text import count, decision, field_value, percent, signed
from smartbank.ui.visitor import require_still
from smartbank.ui.waterfall import show_waterfall
from smartbank.ui.what_if_controls import choose_what_if, what_if_address

_ASSOCIATION: Final = (
    "It says how such customers were scored in past calls, and nothing of causes: nobody buys because another job is "
    "written down. No score of it is stored."
)


@st.fragment
def show_what_if(ground: Ground, actor: Actor) -> None:
    """Show the what-if; only this part is drawn again when a control is moved, so it asks who is signed in itself."""
    try:
        require_still(actor)
        draw_what_if(ground, actor)
    except SmartBankError as exc:
        st.error(str(exc), icon=":material/error:")


def draw_what_if(ground: Ground, actor: Actor) -> None:
    """Draw the controls, and the customer before and after. Raises `NotFoundError` where the list is gone by now."""
    order = order_of(ground.run_id, actor)

    def imagined(asked: Sequence[WhatIf]) -> list[Imagined]:
        return imagine(asked, by=actor, ground=ground, order=order)

    headline = st.container()
    with st.container(border=True):
        asked = choose_what_if(ground)
    before, after = imagined([WhatIf({}), asked])
    _show_headline(headline, asked, before, after, order)
    _show_doubts(asked, after, ground)
    _show_waterfalls(before, after, ground)
    if actor.may(Right.WRITE_NOTES) and not asked.is_nothing:
        _show_note_form(ground.customer_id, asked, before, after, actor)
    show_side_by_side(ground.customer_id, asked, before, imagined)


def _show_note_form(customer_id: str, asked: WhatIf, before: Imagined, after: Imagined, actor: Actor) -> None:
    said = (
        f"If {what_words(asked)}: {percent(after.propensity)} instead of {percent(before.propensity)}, rank "
        f"{count(after.rank)} instead of {count(before.rank)}."
    )
    show_note_form(customer_id, actor, key="if_note", button="Save as a note", link=what_if_address(asked), said=said)


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
            moved = None if asked.is_nothing else f"{signed(points)} points"
            st.metric("Propensity", percent(after.propensity), moved, border=True)
            ranks = before.rank - after.rank
            st.metric(
                f"Rank of {count(order.last_rank)}",
                count(after.rank),
                None if not ranks else f"{'+' if ranks > 0 else '-'}{count(abs(ranks))} places",
                border=True,
            )
            st.metric("Band", after.band, _instead(before.band, after.band), delta_color="off", border=True)
            decisions = [decision(each.call) for each in (before, after)]
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
    if after.shift is not None and (said := shift_sentence(after.shift, ground.level, is_replay=False)):
        st.markdown(f":material/info: {said}")
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
            show_waterfall(each.as_prediction, reasons, key=f"waterfall_{'if' if each is after else 'now'}")
    with st.expander("Both as a table"):
        st.dataframe(_both(before, after), hide_index=True, alt="What each field adds, before and after")


def _both(before: Imagined, after: Imagined) -> pd.DataFrame:
    """Return each field's value and percentage points before and after, those that moved most first."""
    points = []
    for each in (before, after):
        log_odds = prediction_parts(each.as_prediction)[0]
        points.append(percentage_points(log_odds.base + log_odds.market, each.contributions.tolist()))
    table = pd.DataFrame(
        {
            "Field": [FIELD[name].label for name in LEAD_COLUMNS],
            "Now": [field_value(name, before.lead[name]) for name in LEAD_COLUMNS],
            "What if": [field_value(name, after.lead[name]) for name in LEAD_COLUMNS],
            "Points now": [signed(value) for value in points[0]],
            "Points, what if": [signed(value) for value in points[1]],
        }
    )
    order = sorted(range(len(table)), key=lambda at: -abs(points[1][at] - points[0][at]))
    return table.iloc[order]
