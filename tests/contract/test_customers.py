"""Every customer repository must pass these, whatever it is built on."""

import math
from datetime import UTC, datetime, timedelta

import pandas as pd
import pytest

from smartbank.core.customers import CustomerQuery, SaveCounts
from smartbank.core.fields import CUSTOMER_COLUMNS, FIELD, LEAD_COLUMNS

MONDAY = datetime(2026, 1, 5, 9, 0, 0, 123456, tzinfo=UTC)
UPLOAD = {"kind": "upload", "name": "january.csv", "synthetic": False}


def leads(**columns):
    """A clean frame of leads; what is not given is unknown."""
    rows = len(next(iter(columns.values())))
    given = {name: columns.get(name, [None] * rows) for name in CUSTOMER_COLUMNS}
    texts = {name for name in CUSTOMER_COLUMNS if name == "customer_id" or FIELD[name].kind in ("text", "category")}
    return pd.DataFrame(
        {name: pd.Series(values, dtype="str" if name in texts else "float64") for name, values in given.items()}
    )


@pytest.fixture
def customers(build):
    return build("CustomerRepository")


def test_who_has_no_phone_number_is_known(four):
    assert four.without_number() == {"c4"}


def test_a_number_that_comes_or_goes_is_noticed(four):
    four.save_many(
        leads(customer_id=["c1", "c4", "c5"], phone=[None, "+442079460004", None]),
        source=UPLOAD,
        saved_at=MONDAY + timedelta(days=1),
    )

    assert four.without_number() == {"c1", "c5"}


@pytest.fixture
def four(customers):
    frame = leads(
        customer_id=["c3", "c1", "c4", "c2"],
        name=["Zoë Núñez", "Anna-Lena O'Neil", "Anne Smith", None],
        phone=["+442079460003", "+442079460001", None, "+442079460002"],
        age=[40, 30, None, 30],
        job=["technician", "student", "retired", "student"],
        marital=["single", "married", None, "single"],
        housing=["yes", "no", None, "yes"],
        loan=["no", "no", "yes", None],
        previous=[1, 0, None, 2],
        days_since_contact=[3, None, None, 12],
    )
    customers.save_many(frame, source=UPLOAD, saved_at=MONDAY)
    return customers


def test_nothing_is_stored_at_first(customers):
    loaded = customers.load(["c1"])

    assert customers.count() == 0
    assert customers.ids(CustomerQuery()) == []
    assert loaded.empty
    known = ["customer_version", "synthetic", "source_name", "updated_at", "phone_since"]
    assert loaded.columns.tolist() == [*CUSTOMER_COLUMNS, *known]


def test_a_frame_comes_back_as_it_was_saved(customers):
    frame = leads(
        customer_id=["b", "a"], name=["Bo", None], age=[51, math.nan], default=["no", None], previous=[0, 2.5]
    )

    customers.save_many(frame, source=UPLOAD, saved_at=MONDAY)

    loaded = customers.load(["b", "a"])
    pd.testing.assert_frame_equal(loaded[list(CUSTOMER_COLUMNS)], frame)
    assert loaded["customer_version"].tolist() == [1, 1]
    assert loaded["synthetic"].tolist() == [False, False]
    assert loaded["source_name"].tolist() == ["january.csv", "january.csv"]
    assert loaded["updated_at"].tolist() == [pd.Timestamp("2026-01-05 09:00:00.123", tz="UTC")] * 2


def test_a_column_without_a_known_value_keeps_its_dtype(customers):
    frame = leads(customer_id=["a"])

    customers.save_many(frame, source=UPLOAD, saved_at=MONDAY)

    loaded = customers.load(["a"])
    assert loaded[list(LEAD_COLUMNS)].isna().all(axis=None)
    assert loaded.dtypes[list(CUSTOMER_COLUMNS)].equals(frame.dtypes)


def test_load_keeps_the_order_asked_for_and_leaves_unknown_ids_out(four):
    assert four.load(["c2", "nobody", "c3", "c1"])["customer_id"].tolist() == ["c2", "c3", "c1"]


def test_more_customers_than_one_query_may_name_are_loaded_in_order(customers):
    ids = [f"c{number:03d}" for number in range(250)]
    customers.save_many(leads(customer_id=ids), source=UPLOAD, saved_at=MONDAY)

    assert customers.load(ids[::-1])["customer_id"].tolist() == ids[::-1]
    assert customers.count() == 250


def test_the_same_frame_again_changes_nothing(four):
    again = four.load(["c1", "c2", "c3", "c4"])[list(CUSTOMER_COLUMNS)]

    counts = four.save_many(again, source={**UPLOAD, "name": "february.csv"}, saved_at=MONDAY + timedelta(days=31))

    assert counts == SaveCounts(unchanged=4)
    assert set(four.load(["c1", "c2", "c3", "c4"])["source_name"]) == {"january.csv"}


def test_a_changed_customer_gets_the_next_version(four):
    later = MONDAY + timedelta(days=1)
    frame = leads(customer_id=["c1", "new"], name=["Anna-Lena Berg", "Nora"], age=[31, 20])

    counts = four.save_many(frame, source={**UPLOAD, "name": "february.csv"}, saved_at=later)

    assert counts == SaveCounts(added=1, changed=1)
    assert four.load(["c1", "c2", "new"])["customer_version"].tolist() == [2, 1, 1]
    assert four.load(["c1"])["source_name"].tolist() == ["february.csv"]
    assert four.ids(CustomerQuery(text="o'neil")) == []
    assert four.ids(CustomerQuery(text="berg")) == ["c1"]
    assert four.count() == 5


def test_of_two_rows_with_one_id_the_last_is_kept(customers):
    counts = customers.save_many(leads(customer_id=["a", "a"], age=[20, 30]), source=UPLOAD, saved_at=MONDAY)

    assert counts == SaveCounts(added=1)
    assert customers.load(["a"])["age"].tolist() == [30]


def test_synthetic_customers_are_marked(customers):
    customers.save_many(leads(customer_id=["a"]), source={**UPLOAD, "synthetic": True}, saved_at=MONDAY)

    assert customers.load(["a"])["synthetic"].tolist() == [True]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (CustomerQuery(), ["c1", "c2", "c3", "c4"]),
        (CustomerQuery(descending=True), ["c4", "c3", "c2", "c1"]),
        (CustomerQuery(sort="age"), ["c1", "c2", "c3", "c4"]),
        (CustomerQuery(sort="age", descending=True), ["c3", "c1", "c2", "c4"]),
        (CustomerQuery(sort="days_since_contact"), ["c3", "c2", "c1", "c4"]),
        (CustomerQuery(sort="updated_at"), ["c1", "c2", "c3", "c4"]),
        (CustomerQuery(jobs=("student", "retired")), ["c1", "c2", "c4"]),
        (CustomerQuery(jobs=("student",), marital=("single",)), ["c2"]),
        (CustomerQuery(marital=("unknown", "married")), ["c1", "c4"]),
        (CustomerQuery(housing=("yes",)), ["c2", "c3"]),
        (CustomerQuery(housing=("no", "unknown")), ["c1", "c4"]),
        (CustomerQuery(loan=("no",)), ["c1", "c3"]),
        (CustomerQuery(min_age=31), ["c3"]),
        (CustomerQuery(max_age=30), ["c1", "c2"]),
        (CustomerQuery(min_age=30, max_age=30), ["c1", "c2"]),
        (CustomerQuery(max_days_since_contact=3), ["c3"]),
        (CustomerQuery(max_days_since_contact=12), ["c2", "c3"]),
        (CustomerQuery(never_contacted=True), ["c1", "c4"]),
        (CustomerQuery(education=("illiterate",)), []),
        (CustomerQuery(bands=("A",)), ["c1", "c2", "c3", "c4"]),
    ],
)
def test_a_query_finds_exactly_what_it_says(four, query, expected):
    assert four.ids(query) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("c2", ["c2"]),
        ("  c2 ", ["c2"]),
        ("zoe", ["c3"]),
        ("ZOË", ["c3"]),
        ("nunez zoe", ["c3"]),
        ("ann", ["c1", "c4"]),
        ("an", []),
        ("anna-lena", ["c1"]),
        ("lena", ["c1"]),
        ("neil", ["c1"]),
        ("ann smi", ["c4"]),
        ("smith lena", []),
        ("+44 20 7946 0002", ["c2"]),
        ("442079460002", ["c2"]),
        (".*", []),
        ("$ne", []),
    ],
)
def test_text_finds_ids_names_beginnings_and_phones(four, text, expected):
    assert four.ids(CustomerQuery(text=text)) == expected


def test_text_and_filters_hold_together(four):
    assert four.ids(CustomerQuery(text="ann", jobs=("retired",))) == ["c4"]
    assert four.ids(CustomerQuery(text="c1", jobs=("retired",))) == []


def test_versions_are_those_stored_and_unknown_ids_are_left_out(four):
    four.save_many(leads(customer_id=["c1"], age=[31]), source=UPLOAD, saved_at=MONDAY)

    standing = four.standing(["c1", "nobody", "c3"])

    assert standing["customer_version"].to_dict() == {"c1": 2, "c3": 1}
    assert standing["synthetic"].tolist() == [False, False]
    moment = "datetime64[ms, UTC]"
    assert standing.dtypes.astype(str).tolist() == ["int64", "bool", moment, moment, "str", "str", "str"]


def test_contact_details_come_in_the_order_asked_for_with_gaps(four):
    details = four.contact_details(["c2", "nobody", "c1"])

    assert details["name"].isna().tolist() == [True, True, False]
    assert details["phone"].tolist()[0] == "+442079460002"
    assert details.iloc[2].tolist() == ["Anna-Lena O'Neil", "+442079460001", False]


def test_asking_for_most_customers_gives_the_same_as_asking_for_few(customers):
    ids = [f"c{i:03}" for i in range(150)]
    customers.save_many(leads(customer_id=ids, age=list(range(20, 95)) * 2), source=UPLOAD, saved_at=MONDAY)

    many = customers.load(ids[::-1])

    assert many["customer_id"].tolist() == ids[::-1]
    pd.testing.assert_frame_equal(many.head(3), customers.load(ids[::-1][:3]))


def test_an_earlier_version_is_found_beside_the_newest(customers):
    customers.save_many(leads(customer_id=["a"], age=[30]), source=UPLOAD, saved_at=MONDAY)
    customers.save_many(leads(customer_id=["a", "b"], age=[31, 40]), source=UPLOAD, saved_at=MONDAY)

    found = customers.load_versions([("a", 2), ("a", 1), ("b", 1), ("b", 7), ("nobody", 1)])

    shown = found[["customer_id", "customer_version", "age"]]
    assert shown.values.tolist() == [["a", 2, 31], ["a", 1, 30], ["b", 1, 40]]


def test_real_and_demo_customers_are_told_apart(customers):
    customers.save_many(leads(customer_id=["c1", "c2"], age=[30, 40]), source={"synthetic": False}, saved_at=MONDAY)
    customers.save_many(leads(customer_id=["d1"], age=[50]), source={"synthetic": True}, saved_at=MONDAY)

    assert customers.ids(CustomerQuery()) == ["c1", "c2", "d1"]
    assert customers.ids(CustomerQuery(origin="real")) == ["c1", "c2"]
    assert customers.ids(CustomerQuery(origin="demo")) == ["d1"]
    assert CustomerQuery(origin="real").selects_everyone
