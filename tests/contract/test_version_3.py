"""Schema version 3 adds the collections of the market; the way back and forth loses none of them."""

from copy import deepcopy

import pytest

from smartbank.adapters import mongo
from smartbank.core.inbox import Message, MessageKind
from smartbank.core.market.indicators import Indicator
from smartbank.core.work import Work, WorkKind
from smartbank.errors import StorageError
from tests.contract.test_migrate import NOW, go
from tests.database import VAULT
from tests.markets import observed
from tests.replays import Replays
from tests.services import memory_services

LEVEL_OF_VERSION_2 = {"intercept", "market_shift", "base_rate", "snapshot_id", "model_version", "anchor"}
RULES_OF_VERSION_2 = {
    *("version", "base_rate", "base_rate_source", "band_multiples", "cost_of_call", "value_of_sale", "currency"),
}


@pytest.fixture
def replays():
    return Replays(memory_services())


@pytest.fixture
def queue(database, replays):
    """The queue of the database, with the finished run of `replays`."""
    queue = mongo.MongoWorkQueue(database, vault=VAULT)
    queue.add(Work("r1", WorkKind.RUN, "ana", NOW, {"market": "snapshot"}))
    assert queue.claim("a worker", now=NOW).work_id == "r1"
    queue.finish("r1", "a worker", deepcopy(replays.result), now=NOW)
    return queue


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


@pytest.mark.parametrize("to", [2, 1])
def test_a_run_is_equal_bit_for_bit_after_the_way_back_and_forth(database, queue, replays, tmp_path, to):
    result = queue.find("r1").result

    go(database, tmp_path, to)
    go(database, tmp_path)

    restored = queue.find("r1").result
    assert restored == result
    replays.result.clear()
    replays.result.update(restored)
    assert (replays.whole().equal, replays.whole().is_intact) == (3, True)


def test_the_way_back_leaves_runs_as_version_2_reads_them(database, queue, tmp_path):
    before = queue.find("r1").result

    go(database, tmp_path, 2)

    flat = queue.find("r1").result
    go(database, tmp_path)
    assert set(flat["level"]) == LEVEL_OF_VERSION_2
    assert set(flat["rules"]) == RULES_OF_VERSION_2
    assert flat["level"]["intercept"] == before["level"]["intercept"]
    assert flat["snapshot"] == {
        "snapshot_id": before["snapshot"]["snapshot_id"],
        "as_of": "2026-09-30",
        "source": "ECB, Eurostat, INE",
        "euribor3m": 2.6350455,
        "emp_var_rate": 3.7,
        "cpi_yoy": 3.3,
    }


def test_on_the_way_back_only_messages_about_the_market_are_laid_aside(database, tmp_path):
    inbox = mongo.MongoInbox(database)
    kinds = (MessageKind.REMOVAL_FAILED, MessageKind.MARKET_REFRESHED, MessageKind.MARKET_FAILED)
    for kind in kinds:
        inbox.add(Message(f"m {kind}", "ana", kind, NOW, {"new_figures": 1}, "market"))
    before = inbox.newest("ana")

    go(database, tmp_path, 2)
    left = inbox.newest("ana")
    known = {document["kind"] for document in database["inbox"].find()}
    go(database, tmp_path)

    assert [message.kind for message in left] == [MessageKind.REMOVAL_FAILED]
    assert known == {"removal_failed"}
    assert inbox.newest("ana") == before
