"""What the model looks at: each field's weight, and what each of its values does, for all leads or a segment."""

from typing import Final

import pandas as pd
import streamlit as st

from smartbank.core.effects import points
from smartbank.core.fields import FIELD, LEAD_COLUMNS
from smartbank.core.people import Actor
from smartbank.services.first_run import first_whole_run
from smartbank.services.model_view import Effects, reference_effects, run_effects
from smartbank.ui.charts import WITHOUT_BUTTONS
from smartbank.ui.first_run import look_at_rankings
from smartbank.ui.model_charts import points_chart
from smartbank.ui.model_table import show_table
from smartbank.ui.resources import bank_settings, services
from smartbank.ui.text import count, decimal, percent, plural, signed

EVERYONE: Final = "everyone"
PAST: Final = "Past calls"
NEWEST: Final = "Your ranked leads"
_LABELS: Final = {FIELD[name].label: name for name in LEAD_COLUMNS}


def show_effects(actor: Actor) -> None:
    """Show the weight of each field and the effect of each value, in past calls, your ranked leads, or a segment."""
    effects, what = _chosen(actor)
    if effects.contributions.empty:
        st.info("The rows this model was trained on are not beside it.", icon=":material/science:")
        return
    base_rate = bank_settings().base_rate
    st.markdown(
        f"What the order of leads is made of, in {plural(len(effects.contributions), what)}: how many "
        f"percentage points a field moves a lead that stands at the base rate, {percent(base_rate)}. These are "
        "associations in past calls, not promises of what a change would do."
    )
    segment, said = _segment(effects)
    _weights(effects, segment, said, base_rate=base_rate, actor=actor)
    _values(effects, segment, said, base_rate=base_rate, actor=actor)


def _chosen(actor: Actor) -> tuple[Effects, str]:
    """Return the effects in past calls, or in the ranked leads where these are chosen, and what they are of."""
    version = services().scorer.version
    run = first_whole_run(look_at_rankings(actor).runs)
    if run is not None and run.result["model_version"] == version:
        where = st.radio("In", [PAST, NEWEST], horizontal=True, key="effects_in", bind="query-params")
        if where == NEWEST:
            found = _effects_of_run(run.run_id, version, actor)
            if not found.contributions.empty:
                return found, "ranked lead"
    return _effects(version, actor), "training row"


def _segment(effects: Effects) -> tuple[Effects | None, str]:
    """Let the reader choose a group of leads; None means all."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        label = st.selectbox("Of whom", [EVERYONE, *_LABELS], key="segment", bind="query-params", width=280)
        if label == EVERYONE:
            return None, EVERYONE
        groups = sorted(effects.groups[_LABELS[label]].unique().tolist())
        group = st.selectbox("Who are", groups, key=f"segment_{_LABELS[label]}", bind="query-params", width=360)
    return effects.of_segment(_LABELS[label], group), group


def _weights(effects: Effects, segment: Effects | None, said: str, *, base_rate: float, actor: Actor) -> None:
    weights = effects.weights()
    weights = weights[weights > 0]
    if weights.empty:
        st.info("The model looks at none of the fields.", icon=":material/visibility_off:")
        return
    series = {EVERYONE: [100 * points(value, base_rate=base_rate) for value in weights]}
    if segment is not None:
        own = segment.weights()
        series[said] = [100 * points(own[name], base_rate=base_rate) for name in weights.index]
    labels = [FIELD[str(name)].label for name in weights.index]
    st.subheader("How much each field counts")
    st.plotly_chart(
        points_chart(labels, series, signed=False, numbers=bank_settings().numbers),
        key="model_weights",
        alt=f"How far each field moves a lead on average; most: {labels[0]}. The table below has the same",
        config=WITHOUT_BUTTONS,
    )
    unused = [FIELD[name].label for name in LEAD_COLUMNS if name not in weights.index]
    if unused:
        st.caption(f"Not looked at: {', '.join(unused)}.")
    _table("Field", labels, series, with_sign=False, name="weights", actor=actor)


def _values(effects: Effects, segment: Effects | None, said: str, *, base_rate: float, actor: Actor) -> None:
    st.subheader("What each value does")
    label = st.selectbox("Field", list(_LABELS), key="field", bind="query-params", width=320, index=_first(effects))
    found = effects.by_group(_LABELS[label])
    groups = [str(group) for group in found.index]
    series = {EVERYONE: [100 * points(value, base_rate=base_rate) for value in found["effect"]]}
    more = {"Leads": found["leads"].tolist()}
    if segment is not None:
        own = segment.by_group(_LABELS[label]).reindex(found.index)
        series[said] = [100 * points(value, base_rate=base_rate) for value in own["effect"]]
        more[f"Leads: {said}"] = own["leads"].fillna(0).tolist()
    st.plotly_chart(
        points_chart(
            [f"{group} ({count(leads)})" for group, leads in zip(groups, found["leads"], strict=True)],
            series,
            numbers=bank_settings().numbers,
        ),
        key="model_values",
        alt=f"What each value of {label} does to a lead, from {groups[0]} to {groups[-1]}; the table has the same",
        config=WITHOUT_BUTTONS,
    )
    _table(label, groups, series, more=more, name="values", actor=actor)


def _table(
    first: str,
    labels: list[str],
    series: dict[str, list[float]],
    *,
    name: str,
    actor: Actor,
    with_sign: bool = True,
    more: dict[str, list[int]] | None = None,
) -> None:
    shown = {
        f"Points: {each}": [_points(value, with_sign=with_sign) for value in values] for each, values in series.items()
    }
    counts = {each: [count(value) for value in values] for each, values in (more or {}).items()}
    show_table(
        pd.DataFrame({first: labels, **shown, **counts}),
        name=name,
        folded=True,
        alt=f"Percentage points by {first}",
        taken=pd.DataFrame(
            {first: labels, **{f"Points: {each}": values for each, values in series.items()}, **(more or {})}
        ),
        actor=actor,
    )


def _points(value: float, *, with_sign: bool) -> str:
    if pd.isna(value):
        return "nobody"
    return signed(value) if with_sign else decimal(value, digits=1)


def _first(effects: Effects) -> int:
    """Return the position of the field that counts most, to begin with."""
    return LEAD_COLUMNS.index(str(effects.weights().index[0]))


@st.cache_data(max_entries=2, show_spinner="Looking at what the model looks at…")
def _effects(version: str, _actor: Actor) -> Effects:
    model = services().models.load(version)
    return reference_effects(by=_actor, scorer=model.scorer, training_rows=model.training_rows)


@st.cache_data(max_entries=2, show_spinner="Looking at what the model looks at…")
def _effects_of_run(run_id: str, version: str, _actor: Actor) -> Effects:
    scorer = services().models.scorer_of(version)
    return run_effects(run_id, by=_actor, scorer=scorer, frames=services().frames)
