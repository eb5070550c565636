"""Schema version 3 adds the collections of the market; the way back and forth loses none of them."""

import pytest

from smartbank.adapters import mongo
from smartbank.core.market.indicators import Indicator
from smartbank.errors import StorageError
from tests.contract.test_migrate import go
from tests.markets import observed


def test_what_version_3_added_survives_the_way_back_and_forth(database, tmp_path):
    observations = mongo.MongoObservationRepository(database)
    observations.record_many([observed(Indicator.EURIBOR, 2.6, "2026-09")])
    kept = observations.history(Indicator.EURIBOR)

    go(database, tmp_path, 2)
    with pytest.raises(StorageError, match="version 2, this SmartBank needs 3"):
        mongo.ensure_schema(database)
    go(database, tmp_path)

    mongo.ensure_schema(database)
    assert observations.history(Indicator.EURIBOR) == kept


def test_an_older_smartbank_can_check_the_audit_log_after_the_way_back(database, tmp_path):
    go(database, tmp_path, 2)

    assert {document["schema_version"] for document in database["audit_log"].find()} == {2}
    go(database, tmp_path)


def test_indexes_added_under_version_2_are_made_on_the_way_forward(database, tmp_path):
    go(database, tmp_path, 2)
    database["sign_in_failures"].drop_index("at")
    database["mark_claims"].drop_indexes()
    go(database, tmp_path)

    assert "at" in database["sign_in_failures"].index_information()
    assert {"upload", "customer"} <= set(database["mark_claims"].index_information())
