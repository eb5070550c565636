"""What is taken back of customers: every repository of customers must pass these."""

from datetime import UTC, datetime, timedelta

import pandas as pd
import pytest

from smartbank.core.customers import CustomerQuery
from smartbank.core.fields import CONSENT_COLUMNS
from tests.contract.test_customers import leads

MONDAY = datetime(2026, 1, 5, 9, tzinfo=UTC)
TUESDAY = datetime(2026, 1, 6, 9, tzinfo=UTC)
JANUARY = {"kind": "upload", "name": "january.csv", "upload_id": "u1"}
FEBRUARY = {"kind": "upload", "name": "february.csv", "upload_id": "u2"}
BY_HAND = {"kind": "edit", "name": "ana"}
OBJECTED = {"do_not_call": None, "objected": "yes", "consent": None}


@pytest.fixture
def customers(build):
    return build("CustomerRepository")


def marks(customers, customer_id):
    found = customers.load([customer_id]).iloc[0]
    return [None if pd.isna(found[name]) else found[name] for name in CONSENT_COLUMNS]


def test_an_upload_is_told_apart_by_what_it_added_and_changed(customers, corrections):
    customers.save_many(leads(customer_id=["a", "b"], age=[30, 40]), source=JANUARY, saved_at=MONDAY)
    customers.save_many(
        leads(customer_id=["a", "b", "c", "d"], age=[31, 41, 50, 60]), source=FEBRUARY, saved_at=TUESDAY
    )
    customers.save_many(leads(customer_id=["b"], age=[42]), source=JANUARY, saved_at=TUESDAY)

    uploaded = corrections.uploaded("u2")

    assert (uploaded.added, uploaded.changed, uploaded.changed_since) == (["c", "d"], ["a"], 1)
    assert corrections.uploaded("u9").added == []


def test_a_restored_customer_is_what_it_was_under_a_new_version(customers, corrections):
    first = leads(customer_id=["a"], age=[30], name=["Ana Silva"])
    customers.save_many(first, source=JANUARY, saved_at=MONDAY)
    customers.save_many(leads(customer_id=["a"], age=[31], name=["Bea Costa"]), source=FEBRUARY, saved_at=TUESDAY)

    n_restored = corrections.restore(["a"], "u2", saved_at=TUESDAY)

    assert n_restored == 1
    found = customers.load(["a"]).iloc[0]
    assert (found["age"], found["name"], found["customer_version"]) == (30, "Ana Silva", 3)
    assert customers.compare(first).counts.unchanged == 1
    assert customers.load_versions([("a", 2)])["age"].tolist() == [31]
    assert corrections.restore(["a"], "u2", saved_at=TUESDAY) == 1
    assert customers.load(["a"])["customer_version"].tolist() == [3]


def test_a_restored_customer_is_found_by_the_name_it_has(customers, corrections):
    customers.save_many(leads(customer_id=["a"], name=["Ana Silva"]), source=JANUARY, saved_at=MONDAY)
    customers.save_many(leads(customer_id=["a"], name=["Bea Costa"]), source=FEBRUARY, saved_at=TUESDAY)
    corrections.restore(["a"], "u2", saved_at=TUESDAY)

    assert customers.ids(CustomerQuery(text="silva")) == ["a"]
    assert customers.ids(CustomerQuery(text="costa")) == []


def test_versions_go_in_the_order_they_were_replaced_and_the_newest_stays(customers, corrections):
    for day, age in enumerate((30, 31, 32, 33)):
        customers.save_many(leads(customer_id=["a"], age=[age]), source=JANUARY, saved_at=MONDAY + timedelta(days=day))

    assert corrections.forget_versions(MONDAY, at_most=9) == 0
    assert corrections.forget_versions(MONDAY + timedelta(days=2), at_most=1) == 1
    assert customers.load_versions([("a", at) for at in (1, 2, 3, 4)])["age"].tolist() == [31, 32, 33]
    assert corrections.forget_versions(MONDAY + timedelta(days=2), at_most=9) == 1
    assert corrections.forget_versions(MONDAY + timedelta(days=9), at_most=9) == 1
    assert customers.load_versions([("a", at) for at in (1, 2, 3, 4)])["age"].tolist() == [33]


def test_what_an_upload_changed_stays_once_nobody_knows_what_it_was_before(customers, corrections):
    customers.save_many(leads(customer_id=["a"], age=[30]), source=JANUARY, saved_at=MONDAY)
    customers.save_many(leads(customer_id=["a", "b"], age=[31, 40]), source=FEBRUARY, saved_at=TUESDAY)
    corrections.forget_versions(TUESDAY, at_most=9)

    uploaded = corrections.uploaded("u2")

    assert (uploaded.added, uploaded.changed, uploaded.changed_since) == (["b"], [], 1)
    assert corrections.restore(["a"], "u2", saved_at=TUESDAY) == 0
    assert customers.load(["a"])["age"].tolist() == [31]


def test_a_restored_customer_is_replaced_when_it_is(customers, corrections):
    wednesday = TUESDAY + timedelta(days=1)
    customers.save_many(leads(customer_id=["a"], age=[30]), source=JANUARY, saved_at=MONDAY)
    customers.save_many(leads(customer_id=["a"], age=[31]), source=FEBRUARY, saved_at=TUESDAY)
    corrections.restore(["a"], "u2", saved_at=wednesday)
    customers.save_many(leads(customer_id=["a"], age=[32]), source=JANUARY, saved_at=wednesday + timedelta(days=1))

    assert corrections.forget_versions(wednesday, at_most=9) == 2
    assert customers.load_versions([("a", at) for at in (1, 2, 3, 4)])["age"].tolist() == [30, 32]


def test_a_deleted_customer_leaves_no_version(customers, corrections):
    customers.save_many(leads(customer_id=["a", "b"], age=[30, 40]), source=JANUARY, saved_at=MONDAY)
    customers.save_many(leads(customer_id=["a"], age=[31]), source=JANUARY, saved_at=TUESDAY)

    assert corrections.delete(["a"], upload_id="u1") == 1
    assert corrections.delete(["a"], upload_id="u1") == 1

    assert customers.load_versions([("a", 1), ("a", 2), ("b", 1)])["customer_id"].tolist() == ["b"]
    assert customers.count() == 1


def test_synthetic_customers_are_told_apart(customers, corrections):
    assert not customers.has_synthetic()
    customers.save_many(leads(customer_id=["d"]), source={"kind": "demo", "synthetic": True}, saved_at=MONDAY)
    customers.save_many(leads(customer_id=["a"]), source=JANUARY, saved_at=MONDAY)

    assert customers.has_synthetic()
    assert corrections.synthetic_ids() == ["d"]


def test_a_customer_somebody_changed_meanwhile_is_not_deleted(customers, corrections):
    customers.save_many(leads(customer_id=["a", "b"]), source=JANUARY, saved_at=MONDAY)
    corrections.record_consent("a", OBJECTED, version=1, source=BY_HAND, saved_at=TUESDAY)

    assert corrections.delete(["a", "b"], upload_id="u1") == 1

    assert customers.barred(require_consent=False) == {"a": "objected"}
    assert customers.load_versions([("a", 1)])["customer_id"].tolist() == ["a"]


def test_without_an_upload_only_synthetic_customers_are_deleted(customers, corrections):
    customers.save_many(leads(customer_id=["d"]), source={"kind": "demo", "synthetic": True}, saved_at=MONDAY)
    customers.save_many(leads(customer_id=["a"]), source=JANUARY, saved_at=MONDAY)

    assert corrections.delete(["a", "d"]) == 1

    assert customers.load(["a", "d"])["customer_id"].tolist() == ["a"]


def test_an_upload_undone_after_a_later_one_was_undone_takes_its_customers_along(customers, corrections):
    customers.save_many(leads(customer_id=["a"], age=[30]), source=JANUARY, saved_at=MONDAY)
    customers.save_many(leads(customer_id=["a"], age=[31]), source=FEBRUARY, saved_at=TUESDAY)
    corrections.restore(["a"], "u2", saved_at=TUESDAY)

    uploaded = corrections.uploaded("u1")

    assert (uploaded.added, uploaded.changed, uploaded.changed_since) == (["a"], [], 0)
    assert corrections.uploaded("u2").changed_since == 0


def test_an_upload_scored_twice_is_undone_to_what_was_before_it(customers, corrections):
    customers.save_many(leads(customer_id=["a"], age=[30]), source=JANUARY, saved_at=MONDAY)
    for age in (31, 32):
        customers.save_many(leads(customer_id=["a"], age=[age]), source=FEBRUARY, saved_at=TUESDAY)

    assert corrections.restore(corrections.uploaded("u2").changed, "u2", saved_at=TUESDAY) == 1

    assert customers.load(["a"])["age"].tolist() == [30]


def test_undoing_gives_data_back_and_lifts_nothing(customers, corrections):
    customers.save_many(leads(customer_id=["a"], age=[30]), source=JANUARY, saved_at=MONDAY)
    customers.save_many(leads(customer_id=["a"], age=[31], objected=["yes"]), source=FEBRUARY, saved_at=TUESDAY)

    corrections.restore(["a"], "u2", saved_at=TUESDAY)

    assert customers.load(["a"])["age"].tolist() == [30]
    assert customers.barred(require_consent=False) == {"a": "objected"}
