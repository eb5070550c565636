"""What customers allow: every repository of customers must pass these."""

from datetime import UTC, datetime

import pandas as pd
import pytest

from smartbank.core.customers import CustomerQuery
from smartbank.core.fields import CONSENT_COLUMNS
from smartbank.errors import ConflictError, NotFoundError
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


def test_marks_come_back_as_they_were_brought(customers):
    brought = leads(
        customer_id=["a", "b"], do_not_call=["no", None], objected=["no", "yes"], consent=["yes", None], age=[30, 40]
    )

    customers.save_many(brought, source=JANUARY, saved_at=MONDAY)

    assert marks(customers, "a") == ["no", "no", "yes"]
    assert marks(customers, "b") == [None, "yes", None]
    assert customers.barred(require_consent=False) == {"b": "objected"}
    assert customers.standing(["b"])["objected"].tolist() == ["yes"]


def test_a_file_that_says_nothing_of_consent_changes_nothing(customers):
    customers.save_many(leads(customer_id=["a"], objected=["yes"]), source=JANUARY, saved_at=MONDAY)

    counts = customers.save_many(leads(customer_id=["a"]), source=FEBRUARY, saved_at=TUESDAY)

    assert (counts.changed, counts.unchanged) == (0, 1)
    assert marks(customers, "a") == [None, "yes", None]


def test_a_file_sets_an_objection_and_never_lifts_one(customers):
    customers.save_many(leads(customer_id=["a"], do_not_call=["yes"]), source=JANUARY, saved_at=MONDAY)

    customers.save_many(
        leads(customer_id=["a"], do_not_call=["no"], objected=["yes"]), source=FEBRUARY, saved_at=TUESDAY
    )
    customers.save_many(leads(customer_id=["a"], objected=["no"]), source=FEBRUARY, saved_at=TUESDAY)

    assert marks(customers, "a") == ["yes", "yes", None]
    assert customers.load(["a"])["customer_version"].tolist() == [2]


def test_a_file_turns_unknown_into_consent_and_never_lifts_a_refusal(customers):
    said = []
    for word in (None, "yes", None, "no", "yes"):
        customers.save_many(leads(customer_id=["a"], consent=[word]), source=JANUARY, saved_at=MONDAY)
        said.append(marks(customers, "a")[2])

    assert said == [None, "yes", "yes", "no", "no"]


def test_marks_are_set_of_stored_customers_alone(customers, corrections):
    given = leads(customer_id=["a", "b", "c"], age=[30, 40, 50], name=["Ana Silva", None, None], consent=["yes"] * 3)
    customers.save_many(given, source=JANUARY | {"synthetic": True}, saved_at=MONDAY)
    corrections.record_consent("c", OBJECTED, version=1, source=BY_HAND, saved_at=MONDAY)
    brought = leads(
        customer_id=["a", "b", "c", "nobody"],
        do_not_call=["yes", "no", None, "yes"],
        objected=[None, None, "yes", "yes"],
        consent=["no", "yes", None, None],
    )[["customer_id", *CONSENT_COLUMNS]]

    n_marked = customers.set_marks(brought, source={"kind": "marks", "name": "list.csv"}, saved_at=TUESDAY)

    assert n_marked == 1
    assert marks(customers, "a") == ["yes", None, "no"]
    assert marks(customers, "b") == [None, None, "yes"]
    found = customers.load(["a", "b", "c", "nobody"]).set_index("customer_id")
    assert found["customer_version"].to_dict() == {"a": 2, "b": 1, "c": 2}
    assert found.loc["a", ["name", "age", "source_name", "updated_at"]].tolist() == [
        "Ana Silva",
        30,
        "list.csv",
        TUESDAY,
    ]
    assert found["synthetic"].all()
    assert customers.ids(CustomerQuery(text="silva")) == ["a"]
    assert marks_of_versions(customers, "a") == [None, None]
    assert customers.set_marks(brought, source={"kind": "marks"}, saved_at=TUESDAY) == 0


def test_marks_of_many_customers_are_set(customers):
    ids = [f"c{number:03d}" for number in range(250)]
    customers.save_many(leads(customer_id=ids), source=JANUARY, saved_at=MONDAY)
    brought = leads(customer_id=ids[5:], objected=["yes"] * 245)[["customer_id", *CONSENT_COLUMNS]]

    assert customers.barred(require_consent=False) == {}
    assert customers.set_marks(brought, source={"kind": "marks"}, saved_at=TUESDAY) == 245

    assert sorted(customers.barred(require_consent=False)) == ids[5:]


def test_undoing_an_upload_leaves_the_marks_it_brought(customers, corrections):
    brought = leads(customer_id=["a"], objected=["yes"])[["customer_id", *CONSENT_COLUMNS]]
    customers.save_many(leads(customer_id=["a"], age=[30]), source=JANUARY, saved_at=MONDAY)
    customers.set_marks(brought, source={"kind": "marks", "name": "february.csv"}, saved_at=MONDAY)
    customers.save_many(leads(customer_id=["a"], age=[31], objected=["yes"]), source=FEBRUARY, saved_at=TUESDAY)

    assert corrections.restore(["a"], "u2", saved_at=TUESDAY) == 1

    assert customers.load(["a"])["age"].tolist() == [30]
    assert customers.barred(require_consent=False) == {"a": "objected"}


def test_consent_may_be_required(customers):
    customers.save_many(
        leads(customer_id=["a", "b", "c"], consent=["yes", None, "no"]), source=JANUARY, saved_at=MONDAY
    )

    assert customers.barred(require_consent=False) == {"c": "refused"}
    assert customers.barred(require_consent=True) == {"b": "unknown", "c": "refused"}


def test_customers_are_found_by_what_their_marks_come_to(customers):
    customers.save_many(
        leads(
            customer_id=["a", "b", "c"],
            name=["Ana", "Ana", "Ana"],
            objected=[None, "yes", None],
            consent=["yes", None, None],
        ),
        source=JANUARY,
        saved_at=MONDAY,
    )

    assert customers.ids(CustomerQuery(consent=("objected", "do_not_call"))) == ["b"]
    assert customers.ids(CustomerQuery(text="ana", consent=("unknown", "given"))) == ["a", "c"]
    assert customers.ids(CustomerQuery(text="b", consent=("given",))) == []
    assert not CustomerQuery(consent=("given",)).selects_everyone


def test_a_comparison_says_what_saving_would_do_and_saves_nothing(customers):
    customers.save_many(
        leads(customer_id=["a", "b"], age=[30, 40], name=["Ana", "Ben"], objected=[None, "yes"]),
        source=JANUARY,
        saved_at=MONDAY,
    )

    compared = customers.compare(
        leads(customer_id=["a", "b", "c"], age=[31, 40, 50], name=["Ana", "Ben", None], consent=["yes", None, "no"])
    )

    assert compared.counts.__dict__ == {"added": 1, "changed": 1, "unchanged": 1}
    assert dict(compared.states) == {"given": 1, "objected": 1, "refused": 1}
    assert compared.changes.values.tolist() == [["a", "age", "30", "31"], ["a", "consent", "", "yes"]]
    assert customers.load(["a", "c"])["customer_version"].tolist() == [1]


def test_a_mark_recorded_by_hand_is_a_new_version(customers, corrections):
    customers.save_many(leads(customer_id=["a"], age=[30]), source=JANUARY, saved_at=MONDAY)

    version = corrections.record_consent("a", OBJECTED, version=1, source=BY_HAND, saved_at=TUESDAY)

    assert version == 2
    assert marks(customers, "a") == [None, "yes", None]
    assert marks_of_versions(customers, "a") == [None, "yes"]
    found = customers.load(["a"]).iloc[0]
    assert (found["age"], found["updated_at"]) == (30, TUESDAY)


def marks_of_versions(customers, customer_id):
    found = customers.load_versions([(customer_id, 1), (customer_id, 2)])
    return [None if pd.isna(value) else value for value in found["objected"]]


def test_somebody_may_lift_an_objection_by_hand(customers, corrections):
    customers.save_many(leads(customer_id=["a"], objected=["yes"]), source=JANUARY, saved_at=MONDAY)

    corrections.record_consent("a", {"objected": "no"}, version=1, source=BY_HAND, saved_at=TUESDAY)

    assert customers.barred(require_consent=False) == {}


def test_the_later_of_two_edits_is_told(customers, corrections):
    customers.save_many(leads(customer_id=["a"]), source=JANUARY, saved_at=MONDAY)
    corrections.record_consent("a", OBJECTED, version=1, source=BY_HAND, saved_at=TUESDAY)

    with pytest.raises(ConflictError, match="Somebody else changed"):
        corrections.record_consent("a", {}, version=1, source=BY_HAND, saved_at=TUESDAY)
    with pytest.raises(NotFoundError, match="no such customer"):
        corrections.record_consent("nobody", OBJECTED, version=1, source=BY_HAND, saved_at=TUESDAY)


def test_the_last_synthetic_customer_is_missed_at_once(customers, corrections):
    customers.save_many(leads(customer_id=["d", "e"]), source={"kind": "demo", "synthetic": True}, saved_at=MONDAY)
    seen = [customers.has_synthetic()]

    for customer_id in ("d", "e"):
        corrections.delete([customer_id])
        seen.append(customers.has_synthetic())

    assert seen == [True, True, False]
