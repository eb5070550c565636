"""Marks by the upload that set them, and lifting those of one: every repository must pass these."""

from datetime import UTC, datetime

import pandas as pd
import pytest

from smartbank.adapters import mongo
from smartbank.adapters.mongo.mark_claims import MarkClaims
from smartbank.core.fields import CONSENT_COLUMNS
from smartbank.core.marks import MARK_COLUMNS
from tests.contract.test_customers import leads
from tests.database import VAULT

MONDAY = datetime(2026, 1, 5, 9, tzinfo=UTC)
TUESDAY = datetime(2026, 1, 6, 9, tzinfo=UTC)
JANUARY = {"kind": "upload", "name": "january.csv", "upload_id": "u0"}
BY_HAND = {"kind": "edit", "name": "ana"}
NONE = dict.fromkeys(CONSENT_COLUMNS)


@pytest.fixture
def customers(build):
    customers = build("CustomerRepository")
    customers.save_many(leads(customer_id=["a", "b", "c"], age=[30, 40, 50]), source=JANUARY, saved_at=MONDAY)
    return customers


@pytest.fixture
def marked(build, request, customers):
    alone = request.node.callspec.params["build"] == "memory"
    return build("MarkedByUploads", **({"customers": customers} if alone else {}))


def mark(customers, upload_id, **said):
    """Have an upload say marks of customers: `a="objected"`."""
    bars = {"objected": "yes", "do_not_call": "yes", "consent": "no"}
    rows = [{"customer_id": key} | {name: bars[name] for name in names.split()} for key, names in said.items()]
    frame = pd.DataFrame(rows).reindex(columns=list(MARK_COLUMNS)).astype("str").where(lambda each: each != "nan")
    source = {"kind": "marks", "name": "notes.csv", "marks_of": upload_id}
    return customers.set_marks(frame, source=source, saved_at=TUESDAY)


def lift(marked, upload_id):
    ids = [*marked.standing(upload_id).customers, *marked.standing(upload_id).others]
    return marked.lift(ids, upload_id, source=BY_HAND, saved_at=TUESDAY)


def barred(customers):
    return dict(customers.barred(require_consent=False))


def test_it_is_known_of_a_customer_what_every_upload_said(customers, marked):
    mark(customers, "u2", a="objected", b="objected")
    mark(customers, "u1", a="objected do_not_call")
    lift(marked, "u1")

    said = marked.said_of("a")

    assert [(each.upload_id, sorted(each.marks), each.withdrawn) for each in said] == [
        ("u1", ["do_not_call", "objected"], True),
        ("u2", ["objected"], False),
    ]
    assert marked.said_of("c") == []


def test_marks_of_one_upload_are_lifted_and_the_version_before_is_kept(customers, marked):
    mark(customers, "u1", a="objected", b="objected do_not_call", x="objected")

    standing = marked.standing("u1")
    assert (standing.alone, standing.elsewhere) == ({"objected": 2, "do_not_call": 1}, {})
    assert standing.customers == ("a", "b")
    assert lift(marked, "u1") == 2

    assert barred(customers) == {}
    found = customers.load(["a"]).iloc[0]
    assert (found["age"], found["customer_version"], found["source_name"]) == (30, 3, "ana")
    assert customers.load_versions([("a", 2)])["objected"].tolist() == ["yes"]
    assert marked.standing("u1").customers == ()


def test_who_has_the_mark_from_another_upload_too_keeps_it(customers, marked):
    mark(customers, "u1", a="objected", b="objected", c="objected")
    mark(customers, "u2", b="objected", c="do_not_call")

    standing = marked.standing("u1")
    assert (standing.alone, standing.elsewhere) == ({"objected": 2}, {"objected": 1})
    lift(marked, "u1")

    assert barred(customers) == {"b": "objected", "c": "do_not_call"}


def test_two_mistaken_uploads_do_not_hold_each_others_marks_up(customers, marked):
    mark(customers, "u1", a="objected")
    mark(customers, "u2", a="objected", b="objected")

    assert lift(marked, "u1") == 0
    assert barred(customers) == {"a": "objected", "b": "objected"}
    assert lift(marked, "u2") == 2

    assert barred(customers) == {}


@pytest.mark.parametrize("by_hand_first", [True, False])
def test_a_mark_a_person_set_stays(customers, corrections, marked, by_hand_first):
    if by_hand_first:
        corrections.record_consent("a", NONE | {"objected": "yes"}, version=1, source=BY_HAND, saved_at=MONDAY)
    mark(customers, "u1", a="objected")
    if not by_hand_first:
        corrections.record_consent("a", NONE, version=2, source=BY_HAND, saved_at=MONDAY)
        corrections.record_consent("a", NONE | {"objected": "yes"}, version=3, source=BY_HAND, saved_at=MONDAY)

    assert marked.standing("u1").elsewhere == {"objected": 1}
    assert marked.lift(["a"], "u1", source=BY_HAND, saved_at=TUESDAY) == 0

    assert barred(customers) == {"a": "objected"}


def test_a_mark_from_before_the_first_version_that_is_kept_stays(customers, corrections, marked):
    corrections.record_consent("a", NONE | {"objected": "yes"}, version=1, source=BY_HAND, saved_at=MONDAY)
    mark(customers, "u1", a="objected do_not_call", b="objected")
    assert corrections.forget_versions(TUESDAY, at_most=9) == 3

    standing = marked.standing("u1")

    assert standing.customers == ()
    assert standing.elsewhere == {"objected": 2, "do_not_call": 1}
    assert lift(marked, "u1") == 0
    assert barred(customers) == {"a": "objected", "b": "objected"}


def test_a_mark_from_before_uploads_were_noted_stays(customers, marked):
    customers.set_marks(
        pd.DataFrame({"customer_id": ["a"], "do_not_call": [None], "objected": ["yes"], "consent": [None]}),
        source={"kind": "marks", "name": "old.csv"},
        saved_at=MONDAY,
    )
    mark(customers, "u1", a="objected")

    assert marked.standing("u1").customers == ()
    assert marked.uploads(["u1", "u9"]) == {"u1"}


def test_consent_that_was_given_before_the_upload_said_no_is_given_again(customers, corrections, marked):
    corrections.record_consent("a", NONE | {"consent": "yes"}, version=1, source=BY_HAND, saved_at=MONDAY)
    mark(customers, "u1", a="consent")

    lift(marked, "u1")

    assert customers.standing(["a"])["consent"].tolist() == ["yes"]


def test_customers_an_upload_brought_with_their_marks_are_freed_of_them(customers, marked):
    source = {"kind": "upload", "name": "notes.csv", "upload_id": "u1"}
    customers.save_many(leads(customer_id=["d", "e"], objected=["yes", "no"]), source=source, saved_at=TUESDAY)

    assert marked.standing("u1").alone == {"objected": 1}
    assert lift(marked, "u1") == 1

    assert barred(customers) == {}


def test_lifting_again_after_it_broke_off_counts_the_same(customers, marked):
    mark(customers, "u1", a="objected", b="objected")
    ids = list(marked.standing("u1").customers)
    marked.lift(ids[:1], "u1", source=BY_HAND, saved_at=TUESDAY)

    assert marked.lift(ids, "u1", source=BY_HAND, saved_at=TUESDAY) == 2

    assert customers.load(["a"])["customer_version"].tolist() == [3]


def test_an_upload_scored_again_after_its_marks_were_lifted_sets_and_lifts_them_again(customers, marked):
    mark(customers, "u1", a="objected")
    lift(marked, "u1")
    mark(customers, "u1", a="objected")
    assert barred(customers) == {"a": "objected"}

    assert lift(marked, "u1") == 1

    assert barred(customers) == {}


def test_nothing_said_of_a_customer_outlives_the_customer(customers, corrections, marked):
    mark(customers, "u1", a="objected")
    corrections.record_consent("a", NONE, version=2, source=BY_HAND, saved_at=TUESDAY)
    source = {"kind": "upload", "name": "again.csv", "upload_id": "u3"}
    customers.save_many(leads(customer_id=["a"], age=[99]), source=source, saved_at=TUESDAY)

    assert corrections.delete(["a"], upload_id="u3") == 1

    assert marked.uploads(["u1"]) == set()


def test_a_mark_another_upload_says_while_it_is_lifted_stands(database, monkeypatch):
    customers = mongo.MongoCustomerRepository(database, vault=VAULT)
    customers.save_many(leads(customer_id=["a"], age=[30]), source=JANUARY, saved_at=MONDAY)
    mark(customers, "u1", a="objected")
    marked = mongo.MongoMarkedByUploads(database, vault=VAULT)
    replace = marked._replace

    def meanwhile(old, new):
        MarkClaims(database).note("u2", {"a": {"objected": "yes"}})
        replace(old, new)

    monkeypatch.setattr(marked, "_replace", meanwhile)

    assert lift(marked, "u1") == 0

    assert barred(customers) == {"a": "objected"}
    assert marked.standing("u2").alone == {"objected": 1}
