import pandas as pd
import pytest

from smartbank.ml.demo_population import BLOCK, demo_population
from smartbank.ml.synthetic import load_demo_tables


@pytest.fixture(scope="module")
def tables(shipped_models):
    return load_demo_tables(shipped_models)


def test_more_of_a_seed_begin_with_the_same_customers(tables):
    few, many = (demo_population(tables, n=n, seed=0) for n in (3, BLOCK + 1))

    pd.testing.assert_frame_equal(few, many.head(3))
    assert many["customer_id"].iloc[-1] == f"DEMO-{BLOCK + 1:06d}"
    assert many["customer_id"].is_unique
    assert many.iloc[0]["name"] != many.iloc[-1]["name"]


def test_another_seed_has_other_people_under_other_ids(tables):
    one, other = (demo_population(tables, n=20, seed=seed) for seed in (0, 7))

    assert one["name"].tolist() != other["name"].tolist()
    assert other["customer_id"].tolist()[:2] == ["DEMO-7-000001", "DEMO-7-000002"]


def test_nobody_is_a_population_too(tables):
    assert demo_population(tables, n=0, seed=0).empty


@pytest.mark.parametrize(("n", "seed"), [(-1, 0), (1_000_001, 0), (1, -1)])
def test_numbers_that_make_no_sense_are_refused(tables, n, seed):
    with pytest.raises(ValueError, match="Demo customers"):
        demo_population(tables, n=n, seed=seed)
