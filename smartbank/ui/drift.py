"""Drift on the screen: a verdict in a line for the overview, and the panel with its evidence."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from smartbank.core.drift import Drift, FieldDrift
from smartbank.core.people import Actor
from smartbank.core.wording import agreeing
from smartbank.services.drift import drift_of, speaks_for_the_bank, told_runs
from smartbank.services.runs import Run
from smartbank.ui.charts import WITHOUT_BUTTONS
from smartbank.ui.drift_calls import show_calls_drift
from smartbank.ui.drift_charts import GROUP, NOW, THEN, groups_chart, trend_chart
from smartbank.ui.drift_words import (
    MARKED_VERDICTS,
    Said,
    field_name,
    group_name,
    index_words,
    unseen_words,
    verdict_sentence,
)
from smartbank.ui.first_run import look_at_rankings
from smartbank.ui.resources import bank_settings
from smartbank.ui.text import count, decimal, percent, plain, plural, when


def show_drift_line(run: Run) -> None:
    """Say in a line whether the leads of a run look like those the model learned from; red only to act upon.

    Demo customers and selections say nothing of the bank's, and so have no line.
    """
    drift = drift_of(run)
    if drift is not None and speaks_for_the_bank(run, drift):
        _show(verdict_sentence(drift))


def show_drift(actor: Actor) -> None:
    """Show how the leads of the first run compare with the training rows: verdict, fields, one field, last runs."""
    st.subheader("Do the leads look like those the model learned from?")
    rankings = look_at_rankings(actor)
    if told := told_runs(rankings.offered):
        begun = [(run, drift) for run, drift in told if run == rankings.first]
        own = [(run, drift) for run, drift in told if speaks_for_the_bank(run, drift)]
        _show_leads_drift(rankings.offered, told, (begun or own or told)[0])
    else:
        _show_nothing(rankings.offered)
    show_calls_drift(actor)


def _show_leads_drift(runs: Sequence[Run], told: list[tuple[Run, Drift]], shown: tuple[Run, Drift]) -> None:
    run, drift = shown
    _show(verdict_sentence(drift), is_main=True)
    _show_of_whom(run, drift)
    _show_fields(drift)
    _show_field(drift)
    _show_trend(told, n_before=_n_before(runs))


def _show(said: Said, *, is_main: bool = False) -> None:
    if said.tone == "act":
        st.error(said.text, icon=said.icon)
    elif said.tone == "look" or is_main:
        st.markdown(f"{said.icon} {said.text}")
    else:
        st.caption(f"{said.icon} {said.text}")


def _show_nothing(runs: Sequence[Run]) -> None:
    if _n_before(runs):
        st.info("The rankings so far were made before this was computed. Rank your leads again to see it.")
    else:
        st.info("Rank leads first: they are then compared with those the model learned from.")


def _n_before(runs: Sequence[Run]) -> int:
    """Return how many finished runs of today's market have no drift because they are older than it."""
    return sum(run.is_of_today and drift_of(run) is None for run in runs)


def _show_of_whom(run: Run, drift: Drift) -> None:
    whom = f"{plural(run.summary.leads, 'lead')} of {plain(run.source.label)}, ranked {when(run.work.created_at)}"
    st.caption(f"{whom}, beside the training rows of model {run.result['model_version']}.")
    if run.is_made_up:
        st.caption(":material/science: All are demo customers, drawn to be like the training rows.")
    elif not drift.whole:
        st.caption(":material/filter_alt: They are a selection, which differs because somebody chose it.")


def _show_fields(drift: Drift) -> None:
    st.dataframe(
        pd.DataFrame([_field_row(one) for one in (drift.margin, *drift.fields)]),
        hide_index=True,
        height="content",
        key="drift_fields",
        column_config={"Field": st.column_config.TextColumn(width=200)},
        alt="Index and verdict of the score and of each field, missing values in training and now, values not seen",
    )
    with st.expander("How to read the index"):
        st.markdown(index_words())


def _field_row(one: FieldDrift) -> dict[str, str]:
    then, now = one.missing
    return {
        "Field": field_name(one),
        "Index (PSI)": decimal(one.index, digits=3),
        "Verdict": MARKED_VERDICTS[one.verdict],
        "Missing in training": percent(then),
        "Missing now": percent(now),
        "Values not seen in training": unseen_words(one),
        "Ranked by": "yes" if one.used else "no",
    }


def _show_field(drift: Drift) -> None:
    by_name = {field_name(one): one for one in (drift.margin, *drift.fields)}
    names = sorted(by_name, key=lambda name: -by_name[name].index)
    largest = names.index(field_name(drift.largest))
    one = by_name[st.selectbox("Compare", names, index=largest, key="drift_field", bind="query-params", width=320)]
    table = _groups(one)
    label, then, now = one.risen
    st.plotly_chart(
        groups_chart(table, numbers=bank_settings().numbers),
        key="drift_groups",
        alt=f"{field_name(one)}, training rows beside these leads; {group_name(one.name, label)} grew most, from "
        f"{percent(then)} to {percent(now)}",
        config=WITHOUT_BUTTONS,
    )
    with st.expander("The same as a table"):
        shares = {name: [percent(share) for share in table[name]] for name in (THEN, NOW)}
        st.dataframe(
            table.assign(**shares),
            hide_index=True,
            height="content",
            key="drift_groups_table",
            alt=f"{field_name(one)}: share of the training rows and of these leads by group",
        )


def _groups(one: FieldDrift) -> pd.DataFrame:
    return pd.DataFrame(
        {
            GROUP: [group_name(one.name, label) for label, _then, _now in one.groups],
            THEN: [then / one.n_then for _label, then, _now in one.groups],
            NOW: [now / one.n_now for *_rest, now in one.groups],
        }
    )


def _show_trend(told: Sequence[tuple[Run, Drift]], *, n_before: int) -> None:
    st.markdown("**Over the last rankings**")
    own = [(run, drift) for run, drift in told if speaks_for_the_bank(run, drift)]
    if len(own) > 1:
        oldest_first = [
            {"at": run.work.created_at, "score": drift.margin.index, "field": drift.largest.index}
            for run, drift in reversed(own)
        ]
        st.plotly_chart(
            trend_chart(pd.DataFrame(oldest_first), numbers=bank_settings().numbers),
            key="drift_trend",
            alt=f"Index of the score over {plural(len(own), 'ranking')} of all leads, and the largest of a field; "
            "the table has the figures",
            config=WITHOUT_BUTTONS,
        )
    st.dataframe(
        pd.DataFrame([_trend_row(run, drift) for run, drift in told]),
        hide_index=True,
        key="drift_trend_table",
        alt="The last rankings, newest first: whose leads, index of the score, field with the largest index",
    )
    if n_before:
        was = agreeing(n_before, "ranking was", "rankings were")
        st.caption(f"{count(n_before)} older {was} made before this was computed, and not compared.")


def _trend_row(run: Run, drift: Drift) -> dict[str, str]:
    largest = drift.largest
    kind = "demo" if run.is_made_up else "all" if drift.whole else "selection"
    return {
        "When": when(run.work.created_at),
        "Leads of": run.source.label,
        "Kind": kind,
        "Leads": count(run.summary.leads),
        "Score, index": decimal(drift.margin.index, digits=3),
        "Score, verdict": MARKED_VERDICTS[drift.margin.verdict],
        "Largest field": field_name(largest),
        "Its index": decimal(largest.index, digits=3),
        "Model": str(run.result["model_version"]),
    }
