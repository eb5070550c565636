import pandas as pd
import phonenumbers
import pytest

from smartbank.core.fields import CUSTOMER_COLUMNS, LEAD_FIELDS
from smartbank.ml.demo_tables import demo_tables
from smartbank.ml.synthetic import load_demo_tables, synthetic_customers


@pytest.fixture(scope="module")
def customers(shipped_models):
    return synthetic_customers(load_demo_tables(shipped_models), n=3_000, seed=7)


def test_the_same_seed_gives_the_same_customers_and_another_gives_others(shipped_models):
    tables = load_demo_tables(shipped_models)

    first, again, other = (synthetic_customers(tables, n=50, seed=seed) for seed in (7, 7, 8))

    pd.testing.assert_frame_equal(first, again)
    assert not first["name"].equals(other["name"])


def test_customers_have_the_columns_and_types_of_clean_leads(customers):
    numbers = {field.name for field in LEAD_FIELDS if field.kind != "category"}

    assert tuple(customers.columns) == CUSTOMER_COLUMNS
    assert {name for name in CUSTOMER_COLUMNS if customers[name].dtype == "float64"} == numbers
    assert customers["customer_id"].tolist()[:2] == ["DEMO-000001", "DEMO-000002"]
    assert customers["customer_id"].is_unique


@pytest.mark.parametrize("field", LEAD_FIELDS, ids=lambda field: field.name)
def test_every_value_is_one_the_schema_allows(customers, field):
    known = customers[field.name].dropna()

    assert known.isin(field.levels).all() if field.levels else known.between(field.low, field.high).all()


def test_phone_numbers_are_valid_and_from_ranges_kept_for_fiction(customers):
    numbers = customers["phone"]

    assert numbers.str.fullmatch(r"\+(442079460\d{3}|120255501\d{2}|3319900\d{4})").all()
    assert all(phonenumbers.is_valid_number(phonenumbers.parse(number)) for number in numbers)


def test_shares_follow_the_training_rows(customers):
    assert (customers["job"] == "admin.").mean() == pytest.approx(0.253, abs=0.03)
    assert (customers["poutcome"] == "nonexistent").mean() == pytest.approx(0.863, abs=0.03)
    assert customers["default"].isna().mean() == pytest.approx(0.209, abs=0.03)


def test_fields_hang_together(customers):
    students, retired = (customers.loc[customers["job"] == job, "age"].mean() for job in ("student", "retired"))
    new = customers["poutcome"] == "nonexistent"

    assert students < 30
    assert retired > 55
    assert customers.loc[new, "days_since_contact"].isna().all()
    assert (customers.loc[new, "previous"] == 0).all()
    assert (customers.loc[~new, "previous"] > 0).all()


def test_no_customer_is_an_empty_frame(shipped_models):
    nobody = synthetic_customers(load_demo_tables(shipped_models), n=0, seed=0)

    assert tuple(nobody.columns) == CUSTOMER_COLUMNS
    assert nobody.empty


def test_combinations_of_fewer_than_five_rows_are_not_kept(training_data):
    tables = demo_tables(training_data.frame)

    counts = [cell[-1] for step in tables["steps"] for cells in step["cells"].values() for cell in cells]

    assert min(counts) >= 5
