"""Customers of a request are saved and read as rows, with what holds for frames; new ones with their notes at once."""

from concurrent.futures import ThreadPoolExecutor

import pandas as pd
import pytest
from pymongo.client_session import ClientSession
from pymongo.collection import Collection
from pymongo.errors import AutoReconnect, OperationFailure

from smartbank.adapters import mongo
from smartbank.adapters.mongo.customer_writer import CustomerWriter
from smartbank.core.fields import CONSENT_COLUMNS, CUSTOMER_COLUMNS
from smartbank.errors import StorageError
from tests.contract.test_consent import MONDAY, TUESDAY, leads
from tests.database import VAULT

ASKED = {"kind": "api", "name": "crm", "upload_id": "ask-1"}


def rows(*customer_ids, age=30.0, **more):
    """What a request says of new customers: everything but consent."""
    said = [name for name in CUSTOMER_COLUMNS if name not in CONSENT_COLUMNS]
    unknown = dict.fromkeys(said, float("nan"))
    return [unknown | {"customer_id": each, "age": age, "job": "student"} | more for each in customer_ids]


def said(rows):
    """All that rows say, as text: an unknown value equals another one."""
    moments = ("updated_at", "phone_since")
    return [repr(row | {name: row[name].isoformat() for name in moments}) for row in rows]


@pytest.fixture
def customers(build):
    return build("CustomerRepository")


@pytest.fixture
def here(database):
    return mongo.MongoCustomerRepository(database, vault=VAULT)


def test_saved_rows_come_back_as_they_are_stored_in_their_order(customers):
    saved = customers.save_rows(rows("b", "a", name="Ana"), source=ASKED, saved_at=MONDAY)

    assert [(each["customer_id"], each["customer_version"], each["age"], each["name"]) for each in saved] == [
        ("b", 1, 30.0, "Ana"),
        ("a", 1, 30.0, "Ana"),
    ]
    assert said(saved) == said(customers.load_rows(["b", "a"]))
    assert said(saved) == said(customers.load(["b", "a"]).to_dict("records"))


def test_it_is_known_which_upload_or_request_made_each_version(build, customers):
    alone = type(customers).__module__.startswith("smartbank.adapters.memory")
    corrections = build("CustomerCorrections", **({"customers": customers} if alone else {}))
    customers.save_many(leads(customer_id=["a", "b"], age=[30, 30]), source={"upload_id": "u1"}, saved_at=MONDAY)
    customers.save_rows(rows("a", age=31.0), source=ASKED, saved_at=TUESDAY)
    refused = dict.fromkeys(CONSENT_COLUMNS) | {"consent": "no"}
    corrections.record_consent("a", refused, version=2, source={"kind": "edit", "name": "ana"}, saved_at=TUESDAY)
    marks = pd.DataFrame({"customer_id": ["a"], "do_not_call": ["yes"], "objected": [None], "consent": [None]})
    customers.set_marks(marks, source={"kind": "marks", "marks_of": "u2"}, saved_at=TUESDAY)

    assert list(customers.sources("a").items()) == [(1, "u1"), (2, "ask-1"), (4, "u2")]
    assert customers.sources("b") == {1: "u1"}
    assert customers.sources("nobody") == {}


def test_a_changed_row_makes_the_next_version_and_keeps_the_marks_that_are_stored(customers):
    customers.save_many(leads(customer_id=["a"], age=[30], consent=["yes"]), source=ASKED, saved_at=MONDAY)

    (saved,) = customers.save_rows(rows("a", age=31.0, customer_version=1), source=ASKED, saved_at=TUESDAY)

    assert (saved["customer_version"], saved["age"], saved["consent"]) == (2, 31.0, "yes")
    assert said(customers.load_rows(["a"])) == said([saved])
    assert customers.load_versions([("a", 1)])["age"].tolist() == [30.0]


def test_an_equal_row_changes_nothing(customers):
    (before,) = customers.save_rows(rows("a"), source=ASKED, saved_at=MONDAY)

    again = customers.save_rows(rows("a", customer_version=1), source=ASKED, saved_at=TUESDAY)

    assert said(again) == said([before])


def test_who_is_taken_for_new_and_is_stored_is_changed_and_the_others_are_added(customers):
    customers.save_rows(rows("a"), source=ASKED, saved_at=MONDAY)

    saved = customers.save_rows(rows("b", "a", age=40.0), source=ASKED, saved_at=TUESDAY)

    assert [(each["customer_id"], each["customer_version"], each["age"]) for each in saved] == [
        ("b", 1, 40.0),
        ("a", 2, 40.0),
    ]
    assert customers.count() == 2


def test_many_rows_are_saved_as_few_are(customers):
    ids = [f"c{number:03}" for number in range(150)]
    customers.save_rows(rows(*ids[:120]), source=ASKED, saved_at=MONDAY)

    saved = customers.save_rows(rows(*ids, age=31.0), source=ASKED, saved_at=TUESDAY)

    assert [each["customer_version"] for each in saved] == [2] * 120 + [1] * 30
    assert customers.count() == 150


def test_a_row_others_changed_twice_meanwhile_names_the_version_it_has(here, database, monkeypatch):
    elsewhere = mongo.MongoCustomerRepository(database, vault=VAULT)
    here.save_rows(rows("a"), source=ASKED, saved_at=MONDAY)
    replace = CustomerWriter._replace

    def late(self, documents, stored):
        monkeypatch.setattr(CustomerWriter, "_replace", replace)
        for age in (41.0, 50.0):
            elsewhere.save_rows(rows("a", age=age, customer_version=1), source=ASKED, saved_at=TUESDAY)
        return replace(self, documents, stored)

    monkeypatch.setattr(CustomerWriter, "_replace", late)

    (saved,) = here.save_rows(rows("a", age=50.0, customer_version=1), source=ASKED, saved_at=TUESDAY)

    assert (saved["customer_version"], saved["age"]) == (3, 50.0)
    assert said([saved]) == said(here.load_rows(["a"]))


def test_another_process_sees_at_once_that_somebody_new_gave_no_consent(here, database):
    elsewhere = mongo.MongoCustomerRepository(database, vault=VAULT)
    assert elsewhere.barred(require_consent=True) == {}

    here.save_rows(rows("a"), source=ASKED, saved_at=MONDAY)

    assert elsewhere.barred(require_consent=True) == {"a": "unknown"}
    assert elsewhere.count() == 1


def test_of_many_who_bring_the_same_people_in_at_once_each_is_added_once(here):
    def save(number):
        own = [f"own-{number}"]
        return here.save_rows(rows("a", "b", *own, age=float(number)), source=ASKED, saved_at=MONDAY)

    with ThreadPoolExecutor(2) as pool:
        saved = list(pool.map(save, range(20, 26)))

    assert [len(each) for each in saved] == [3] * 6
    assert sorted(each[0]["customer_version"] for each in saved) == list(range(1, 7))
    assert here.count() == 8


def test_where_the_notes_of_new_customers_cannot_be_written_nobody_is_added(here, database, monkeypatch):
    def gone(self, *arguments, **options):
        raise AutoReconnect("gone")

    with monkeypatch.context() as broken:
        broken.setattr(Collection, "bulk_write", gone)
        with pytest.raises(StorageError):
            here.save_rows(rows("a"), source=ASKED, saved_at=MONDAY)

    assert here.load_rows(["a"]) == []
    assert here.count() == 0


def test_on_a_database_without_transactions_new_customers_are_noted_before_and_after(here, monkeypatch):
    def refused(self, *arguments, **options):
        raise OperationFailure("Transaction numbers are only allowed on a replica set member or mongos", 20)

    monkeypatch.setattr(ClientSession, "with_transaction", refused)

    (saved,) = here.save_rows(rows("a"), source=ASKED, saved_at=MONDAY)

    assert saved["customer_version"] == 1
    assert here.count() == 1
    assert here.barred(require_consent=True) == {"a": "unknown"}
