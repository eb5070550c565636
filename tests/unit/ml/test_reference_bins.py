"""The training rows kept beside the model in force, counted by group, against leads drawn from them."""

from pathlib import Path

import numpy as np
import pytest

from smartbank.core.drift import Drift, DriftVerdict, margin_drift
from smartbank.core.fields import FIELD, LEAD_COLUMNS
from smartbank.errors import ModelArtifactError
from smartbank.ml.artifact import load_scorer
from smartbank.ml.artifact_files import champion_version
from smartbank.ml.demo_population import demo_population
from smartbank.ml.reference_rows import ReferenceRows
from smartbank.ml.shelf import ArtifactShelf
from smartbank.ml.synthetic import load_demo_tables
from smartbank.services.drift import run_drift

MODELS = Path(__file__).parents[3] / "models"


@pytest.fixture(scope="module")
def scorer():
    return load_scorer(MODELS)


@pytest.fixture(scope="module")
def reference():
    return ArtifactShelf(MODELS).load(champion_version(MODELS)).training_rows


def test_every_training_row_is_in_one_group_of_each_field(reference):
    bins = {one.field: one for one in reference.bins()}

    assert tuple(bins) == LEAD_COLUMNS
    assert {sum(one.counts) for one in bins.values()} == {41_188}
    assert bins["contact"].labels == ("cellular", "telephone", "unknown")
    assert bins["contact"].counts == (26_144, 15_044, 0)
    assert bins["attempt"].labels == ("1", "2", "3", "4", "5", "6-10", "11+", "unknown")
    assert bins["days_since_contact"].counts[-1] == 39_673  # never contacted before
    assert all(one.levels == () or set(one.levels) <= set(FIELD[name].levels) for name, one in bins.items())


def test_the_rows_of_a_version_are_read_once(reference):
    assert reference.bins() is reference.bins()


def test_a_version_that_is_not_there_is_said_so():
    with pytest.raises(ModelArtifactError):
        ReferenceRows(ArtifactShelf(MODELS).content, "2026.1-00000000").bins()


def test_leads_drawn_like_the_training_rows_have_stable_scores(scorer, reference):
    people = demo_population(load_demo_tables(MODELS), n=5_000, seed=1)

    drift = Drift.from_json(
        run_drift(
            people,
            margins=scorer.margins(people),
            contributions=scorer.contributions(people),
            whole=True,
            strange={},
            scorer=scorer,
            training_rows=reference,
        )
    )

    assert drift.margin.verdict is DriftVerdict.STABLE
    assert drift.of_verdict(DriftVerdict.SHIFTED) == []
    assert {one.name for one in drift.fields if not one.used} == {
        name for place, name in enumerate(LEAD_COLUMNS) if not scorer.contributions(people)[:, place].any()
    }


def test_pensioners_alone_are_a_shift_of_age_and_job(scorer, reference):
    people = demo_population(load_demo_tables(MODELS), n=3_000, seed=1).assign(age=70.0, job="retired")

    drift = Drift.from_json(
        run_drift(
            people,
            margins=scorer.margins(people),
            contributions=scorer.contributions(people),
            whole=True,
            strange={},
            scorer=scorer,
            training_rows=reference,
        )
    )

    assert {"age", "job"} <= {one.name for one in drift.fields if one.verdict is DriftVerdict.SHIFTED}
    assert not drift.spoilt


def test_the_reference_margins_are_tenths_of_themselves(scorer):
    reference = scorer.reference_margins()

    assert margin_drift(reference, np.repeat(reference, 3)).index == pytest.approx(0, abs=1e-12)
    assert margin_drift(reference, reference + 0.5).index > 0.1
