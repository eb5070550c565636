import numpy as np
import pandas as pd
import pytest

from smartbank.core.fields import LEAD_COLUMNS
from smartbank.errors import LeadValidationError
from smartbank.ml.encoding import Encoder

JOB, AGE = LEAD_COLUMNS.index("job"), LEAD_COLUMNS.index("age")


def leads(**columns):
    n = len(next(iter(columns.values())))
    return pd.DataFrame({name: columns.get(name, [None] * n) for name in LEAD_COLUMNS})


@pytest.fixture
def encoder():
    return Encoder.fitted(leads(job=["student", "admin.", "retired"], age=[20.0, 30.0, 70.0]))


def test_a_level_s_code_is_its_place_among_the_levels_that_occur(encoder):
    assert encoder.levels["job"] == ("admin.", "retired", "student")
    assert encoder.codes(leads(job=["admin.", "student"]))[:, JOB].tolist() == [0.0, 2.0]


@pytest.mark.parametrize("job", ["astronaut", "librarian", "zookeeper", "unknown", "", None, np.nan, pd.NA, 3])
def test_what_the_training_rows_did_not_have_is_unknown(encoder, job):
    codes = encoder.codes(leads(job=[job, "retired"]))

    assert np.isnan(codes[0, JOB])
    assert codes[1, JOB] == 1.0


MIXED = ["admin.", "astronaut", None, np.nan, pd.NA, "", "unknown", "retired", 3, "student"]


@pytest.mark.parametrize("dtype", ["object", "str", "string", "category"])
def test_many_rows_get_the_codes_each_gets_alone(encoder, dtype):
    said = [value for value in MIXED if dtype == "object" or not isinstance(value, int)]
    many = leads(job=pd.Series(said * 60, dtype=object).astype(dtype))

    together = encoder.codes(many)

    alone = np.concatenate([encoder.codes(many.iloc[row : row + 1]) for row in range(len(said))])
    np.testing.assert_array_equal(together[: len(said)], alone)
    np.testing.assert_array_equal(together, np.tile(alone, (60, 1)))


def test_numbers_stay_and_infinite_ones_are_unknown(encoder):
    codes = encoder.codes(leads(age=[45.0, np.inf, -np.inf, np.nan]))

    assert codes[0, AGE] == 45.0
    assert np.isnan(codes[1:, AGE]).all()


def test_columns_without_a_value_are_all_unknown(encoder):
    codes = encoder.codes(leads(age=[None, None]))

    assert codes.dtype == np.float32
    assert codes.shape == (2, 12)
    assert np.isnan(codes).all()


def test_other_columns_and_their_order_do_not_matter(encoder):
    plain = leads(job=["retired"], age=[70.0])
    shuffled = plain[list(reversed(LEAD_COLUMNS))].assign(duration=500, name="Ana")

    np.testing.assert_array_equal(encoder.codes(shuffled), encoder.codes(plain))


def test_a_missing_column_is_named(encoder):
    with pytest.raises(LeadValidationError, match="lack columns: job"):
        encoder.codes(leads(age=[45.0]).drop(columns="job"))


def test_the_tables_survive_json(encoder):
    assert Encoder.from_json(encoder.to_json()) == encoder


def test_leads_come_back_from_their_codes(encoder):
    known = leads(job=["student", None, "astronaut"], age=[45.0, np.nan, 30.0])

    back = encoder.leads(encoder.codes(known))

    assert list(back.columns) == list(LEAD_COLUMNS)
    assert back["job"].fillna("?").tolist() == ["student", "?", "?"]
    assert back["age"].tolist()[::2] == [45.0, 30.0]
    assert back["age"].isna().tolist() == [False, True, False]
    assert np.array_equal(encoder.codes(back), encoder.codes(known), equal_nan=True)
