import numpy as np
import pandas as pd
import pytest

from smartbank.core.fields import LEAD_COLUMNS
from smartbank.core.people import Actor, Role
from smartbank.core.similar import share_interval, similar_calls
from smartbank.ml.shelf import ArtifactShelf
from smartbank.services.similar import explained_rows, similar_to
from tests.actors import ANA
from tests.stubs import NothingTrainedOn, StubScorer, stub_leads
from tests.unit.test_earlier_models import MODELS

GIL = Actor("gil", Role.AGENT, "192.0.2.8")


def past(ages, sold):
    return stub_leads(ages).assign(y=sold, period=pd.Series(["2010-03"] * len(ages), dtype="str"))


def found_among(rows, age, *, count):
    lead = stub_leads([age]).iloc[0]
    scorer = StubScorer()
    own = scorer.contributions(stub_leads([age]))[0]
    return similar_calls(lead, own, rows, scorer.contributions(rows).astype(np.float32), count=count)


def test_the_nearest_calls_by_contributions_are_found_nearest_first():
    found = found_among(past([20, 30, 40, 50, 60], [False, True, True, False, False]), 41, count=3)

    assert found.rows["age"].tolist() == [40.0, 50.0, 30.0]
    assert found.distances == pytest.approx([0.1, 0.9, 1.1], abs=1e-6)
    assert (found.sales, found.base_rate) == (2, 0.4)
    assert found.same["age"] == 0
    assert found.same["job"] == 3


def test_of_equally_near_calls_the_latest_come_first():
    rows = past([40, 40, 40, 40], [True, False, False, False])

    found = found_among(rows, 40, count=2)

    assert found.sales == 0
    assert found.rows.index.tolist() == [0, 1]
    assert found.same["age"] == 2


def test_a_field_the_model_does_not_look_at_makes_nobody_different():
    rows = past([40, 40], [True, False]).assign(job=pd.Series(["student", "retired"], dtype="str"))

    assert found_among(rows, 40, count=2).distances.tolist() == [0.0, 0.0]


@pytest.mark.parametrize(("hits", "of"), [(0, 100), (1, 100), (30, 100), (100, 100)])
def test_the_interval_of_a_share_holds_it_and_stays_within_0_and_1(hits, of):
    from scipy.stats import binomtest  # noqa: PLC0415  the oracle

    found, expected = share_interval(hits, of), binomtest(hits, of).proportion_ci(method="wilson")

    assert found.value == hits / of
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high), abs=1e-6)


def test_the_rows_of_the_shipped_model_that_are_like_one_of_them_begin_with_itself():
    model = ArtifactShelf(MODELS).load(ArtifactShelf(MODELS).shipped())
    explained = explained_rows(by=GIL, scorer=model.scorer, training_rows=model.training_rows)
    place = 41_000
    lead = explained.rows.iloc[place]
    contributions = explained.contributions[place].astype(float).tolist()

    found = similar_to(lead, {"contributions": contributions}, by=GIL, explained=explained)

    assert found.distances[0] == 0.0
    assert (found.rows.head(5)[["poutcome", "contact"]].nunique() <= 1).all()
    assert found.rate.low < found.rate.value < found.rate.high
    assert set(found.same) == set(LEAD_COLUMNS)


def test_a_model_whose_rows_are_not_kept_has_none_alike():
    explained = explained_rows(by=ANA, scorer=StubScorer(), training_rows=NothingTrainedOn())

    assert similar_to(stub_leads([40]).iloc[0], {"contributions": [0.0] * 12}, by=ANA, explained=explained) is None
