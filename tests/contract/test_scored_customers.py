"""New customers and what was predicted of them are kept at once, or not at all."""

import pytest
from pymongo.client_session import ClientSession
from pymongo.errors import OperationFailure

from smartbank.adapters import memory, mongo
from smartbank.core.asked_leads import stored_row
from tests.contract.test_consent import MONDAY
from tests.contract.test_customer_rows import rows, said
from tests.contract.test_predictions import prediction
from tests.database import VAULT

ASKED = {"kind": "api", "name": "crm", "upload_id": "ask-1", "synthetic": False}


@pytest.fixture(params=["memory", "mongo"])
def stores(request):
    """The customers, the predictions, and what keeps both at once."""
    if request.param == "memory":
        customers, predictions = memory.MemoryCustomerRepository(), memory.MemoryPredictionRepository()
        return customers, predictions, memory.MemoryScoredCustomers(customers, predictions)
    database = request.getfixturevalue("database")
    return (
        mongo.MongoCustomerRepository(database, vault=VAULT),
        mongo.MongoPredictionRepository(database),
        mongo.MongoScoredCustomers(database, vault=VAULT),
    )


def test_both_are_there_as_they_are_when_they_are_saved_one_after_the_other(stores):
    customers, predictions, scored = stores
    new, made = rows("a", "b"), [prediction("ask-1", 1, "b"), prediction("ask-1", 2, "a")]

    assert scored.add_new(new, made, source=ASKED, saved_at=MONDAY)

    assert said(customers.load_rows(["a", "b"])) == said(stored_row(each, source_name="crm", at=MONDAY) for each in new)
    assert [each["customer_id"] for each in predictions.in_run("ask-1", 1, 9)] == ["b", "a"]
    assert customers.count() == 2
    assert customers.barred(require_consent=True) == {"a": "unknown", "b": "unknown"}


def test_customers_without_a_prediction_are_kept(stores):
    customers, predictions, scored = stores

    assert scored.add_new(rows("a"), [], source=ASKED, saved_at=MONDAY)

    assert customers.count() == 1
    assert predictions.history("a") == []


def test_where_one_is_stored_already_nothing_is_kept(stores):
    customers, predictions, scored = stores
    customers.save_rows(rows("a"), source=ASKED, saved_at=MONDAY)

    kept = scored.add_new(rows("b", "a"), [prediction("ask-1", 1, "b")], source=ASKED, saved_at=MONDAY)

    assert not kept
    assert customers.load_rows(["b"]) == []
    assert customers.count() == 1
    assert predictions.in_run("ask-1", 1, 9) == []


def test_a_database_without_transactions_keeps_nothing(database, monkeypatch):
    def refused(self, *arguments, **options):
        raise OperationFailure("Transaction numbers are only allowed on a replica set member or mongos", 20)

    monkeypatch.setattr(ClientSession, "with_transaction", refused)

    assert not mongo.MongoScoredCustomers(database, vault=VAULT).add_new(rows("a"), [], source=ASKED, saved_at=MONDAY)
