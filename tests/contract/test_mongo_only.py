"""What only the database can show: a crash in between, a race, a server that is gone, no personal data in texts."""

import socket
import traceback
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pandas as pd
import pytest
from pymongo.errors import AutoReconnect

from smartbank.adapters import mongo
from smartbank.adapters.mongo.schema import SCHEMA_VERSION
from smartbank.core.customers import CustomerQuery, SaveCounts
from smartbank.core.people import Role, User
from smartbank.core.work import Work, WorkKind
from smartbank.errors import NotFoundError, StorageError
from tests.contract.test_customers import MONDAY, UPLOAD, leads
from tests.database import VAULT

TUESDAY = MONDAY + timedelta(days=1)


def test_a_replaced_version_is_kept_with_its_contents(database):
    customers = mongo.MongoCustomerRepository(database, vault=VAULT)
    customers.save_many(leads(customer_id=["c1"], age=[30], default=["no"]), source=UPLOAD, saved_at=MONDAY)

    customers.save_many(leads(customer_id=["c1"], age=[31]), source=UPLOAD, saved_at=TUESDAY)

    (kept,) = database["customer_versions"].find({"customer_id": "c1"})
    assert (kept["version"], kept["personal_info"]["age"], kept["financial_info"]["default"]) == (1, 30, False)
    stored = database["customers"].find_one({"_id": "c1"})
    assert (stored["version"], stored["personal_info"]["age"], stored["financial_info"]["default"]) == (2, 31, None)
    assert stored["created_at"] < stored["updated_at"]
    assert stored["schema_version"] == SCHEMA_VERSION


def test_a_crash_between_keeping_and_replacing_loses_and_doubles_nothing(database, monkeypatch):
    customers = mongo.MongoCustomerRepository(database, vault=VAULT)
    customers.save_many(leads(customer_id=["c1"], age=[30]), source=UPLOAD, saved_at=MONDAY)

    def die(*_, **__):
        raise AutoReconnect("gone")

    with monkeypatch.context() as broken:
        broken.setattr("pymongo.collection.Collection.bulk_write", die)
        with pytest.raises(StorageError):
            customers.save_many(leads(customer_id=["c1"], age=[31]), source=UPLOAD, saved_at=TUESDAY)
    again = customers.save_many(leads(customer_id=["c1"], age=[31]), source=UPLOAD, saved_at=TUESDAY)

    assert again == SaveCounts(changed=1)
    assert [kept["version"] for kept in database["customer_versions"].find()] == [1]
    assert customers.load(["c1"])[["age", "customer_version"]].to_numpy().tolist() == [[31, 2]]


@pytest.mark.parametrize(
    ("stored", "by_hand", "expected"),
    [
        ({"do_not_call": ["yes"]}, {"do_not_call": "no"}, {}),
        ({"consent": ["yes"]}, {"consent": "no"}, {"c1": "refused"}),
    ],
)
def test_a_mark_changed_between_reading_and_replacing_counts(database, monkeypatch, stored, by_hand, expected):
    customers = mongo.MongoCustomerRepository(database, vault=VAULT)
    corrections = mongo.MongoCustomerCorrections(database, vault=VAULT)
    customers.save_many(leads(customer_id=["c1"], age=[30], **stored), source=UPLOAD, saved_at=MONDAY)
    replace = customers._writer._replace

    def edit_first(documents, stored):
        monkeypatch.undo()
        corrections.record_consent("c1", by_hand, version=1, source={"kind": "edit"}, saved_at=TUESDAY)
        return replace(documents, stored)

    monkeypatch.setattr(customers._writer, "_replace", edit_first)
    counts = customers.save_many(leads(customer_id=["c1"], age=[31], consent=["yes"]), source=UPLOAD, saved_at=TUESDAY)

    assert counts == SaveCounts(changed=1)
    assert customers.barred(require_consent=False) == expected
    assert customers.load(["c1"])[["age", "customer_version"]].to_numpy().tolist() == [[31, 3]]


def test_two_who_bring_the_same_customers_in_at_once_add_each_once(database):
    customers = mongo.MongoCustomerRepository(database, vault=VAULT)
    ids = [f"c{number:03d}" for number in range(300)]

    def save(age):
        return customers.save_many(leads(customer_id=ids, age=[age] * 300), source=UPLOAD, saved_at=MONDAY)

    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(save, [30, 31])

    counts = first + second
    assert (counts.added, counts.changed, counts.unchanged) == (300, 300, 0)
    assert customers.count() == 300
    assert set(customers.load(ids)["customer_version"]) == {2}
    assert database["customer_versions"].count_documents({}) == 300


def test_the_count_is_right_after_a_writer_died(database):
    customers = mongo.MongoCustomerRepository(database, vault=VAULT)
    customers.save_many(leads(customer_id=["c1", "c2"]), source=UPLOAD, saved_at=MONDAY)
    database["customers"].insert_one({"_id": "written, not counted"})

    database["counters"].update_one({"_id": "customers"}, {"$inc": {"writers": 1}})
    assert customers.count() == 3
    long_ago = datetime(2026, 1, 1, tzinfo=UTC)
    database["counters"].update_one({"_id": "customers"}, {"$set": {"at": long_ago}})
    assert customers.count() == 3

    assert database["counters"].find_one({"_id": "customers"})["writers"] == 0
    assert customers.count() == 3


def test_a_common_name_is_narrowed_by_the_filter_not_by_an_index_over_it(database):
    customers = mongo.MongoCustomerRepository(database, vault=VAULT)
    ids = [f"c{number:03d}" for number in range(120)]
    frame = leads(customer_id=ids, name=["Anna Smith"] * 120, age=list(range(20, 140)))
    customers.save_many(frame, source=UPLOAD, saved_at=MONDAY)

    assert customers.ids(CustomerQuery(text="anna smith", max_age=21)) == ["c000", "c001"]


def test_a_large_part_is_split_by_rows_and_comes_back_as_one(database):
    frames = mongo.MongoFrameStore(database, vault=VAULT, chunk_bytes=20_000)
    values = np.random.default_rng(7).random(10_000)
    frame = pd.DataFrame({"rank": range(1, 10_001), "propensity": values})

    frames.append("run:1", 0, frame)

    sizes = [len(chunk["data"]) for chunk in database["run_frame_chunks"].find({"owner": "run:1"})]
    assert len(sizes) > 5
    assert max(sizes) <= 20_000
    (part,) = frames.parts("run:1")
    pd.testing.assert_frame_equal(part, frame)


def test_replacing_and_deleting_leave_no_chunk_behind(database):
    frames, files = mongo.MongoFrameStore(database, vault=VAULT), mongo.MongoFileStore(database, vault=VAULT)
    for text in (b"first", b"second"):
        frames.append("run:1", 0, pd.DataFrame({"text": [text.decode()]}))
        files.save("export:1", [text])
    assert [database[name].count_documents({}) for name in ("run_frame_chunks", "file_chunks")] == [1, 1]

    frames.delete("run:1")
    files.delete("export:1")

    assert [database[name].count_documents({}) for name in ("run_frame_chunks", "file_chunks")] == [0, 0]


def test_an_upload_that_breaks_off_leaves_no_chunk_behind(database):
    def torn():
        yield b"a" * 5_000_000
        raise ConnectionAbortedError

    with pytest.raises(ConnectionAbortedError):
        mongo.MongoFileStore(database, vault=VAULT).save("upload:1", torn())

    assert database["file_chunks"].count_documents({}) == 0


def test_a_file_replaced_while_it_is_read_is_an_error_not_a_mixture(database):
    files = mongo.MongoFileStore(database, vault=VAULT)
    files.save("export:1", [b"a" * 5_000_000])
    stream = files.open("export:1")
    next(stream)

    files.save("export:1", [b"b" * 5_000_000])

    with pytest.raises(StorageError, match="replaced while it was being read"):
        next(stream)


def test_a_server_that_is_gone_is_said_in_words():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        database = mongo.connect(f"mongodb://127.0.0.1:{taken.getsockname()[1]}", "smartbank", timeout_ms=100)
        calls = [
            lambda: mongo.ping(database),
            lambda: mongo.ensure_schema(database),
            lambda: mongo.MongoCustomerRepository(database, vault=VAULT).count(),
            lambda: mongo.MongoCustomerRepository(database, vault=VAULT).ids(CustomerQuery()),
            lambda: mongo.MongoCustomerRepository(database, vault=VAULT).save_many(
                leads(customer_id=["a"]), source=UPLOAD, saved_at=MONDAY
            ),
            lambda: mongo.MongoWorkQueue(database, vault=VAULT).claim("ann", now=MONDAY),
            lambda: mongo.MongoWorkQueue(database, vault=VAULT).add(Work("w", WorkKind.RUN, "ann", MONDAY, {})),
            lambda: mongo.MongoFrameStore(database, vault=VAULT).load("run:1"),
            lambda: mongo.MongoFileStore(database, vault=VAULT).save("file", [b"x"]),
            lambda: mongo.MongoPredictionRepository(database).history("c1"),
            lambda: mongo.MongoUserRepository(database).find("mara"),
            lambda: mongo.MongoSettingsRepository(database).current(),
        ]

        for call in calls:
            with pytest.raises(StorageError, match="does not answer"):
                call()
        database.client.close()


def test_an_address_that_cannot_be_used_is_said_in_words():
    with pytest.raises(StorageError, match="SMARTBANK_MONGODB_URI"):
        mongo.connect("mongodb://", "smartbank", timeout_ms=100)


def test_a_refused_write_tells_nothing_of_the_customer(database):
    customers = mongo.MongoCustomerRepository(database, vault=VAULT)
    database.command("collMod", "customers", validator={"version": {"$gt": 100}})
    try:
        with pytest.raises(StorageError) as caught:
            customers.save_many(leads(customer_id=["c1"], name=["Zoe Nunez"]), source=UPLOAD, saved_at=MONDAY)
    finally:
        database.command("collMod", "customers", validator={})

    told = "".join(traceback.format_exception(caught.value))
    assert "code 121" in str(caught.value)
    assert "Nunez" not in told.replace('name=["Zoe Nunez"]', "")


def test_a_text_the_database_cannot_keep_is_refused_without_showing_it(database):
    predictions = mongo.MongoPredictionRepository(database)

    with pytest.raises(StorageError, match="broken characters") as caught:
        predictions.save_many([{"run_id": "r1", "rank": 1, "customer_id": "secret\ud800"}])

    assert caught.value.__cause__ is None


def test_new_and_known_customers_may_come_in_any_mixture(database):
    customers = mongo.MongoCustomerRepository(database, vault=VAULT)
    ids = [f"c{number:04d}" for number in range(1_500)]
    customers.save_many(leads(customer_id=ids[200:], age=[30] * 1_300), source=UPLOAD, saved_at=MONDAY)

    few = customers.save_many(leads(customer_id=ids[:250], age=[30] * 250), source=UPLOAD, saved_at=TUESDAY)
    all_of_them = customers.save_many(
        leads(customer_id=ids, age=[31] * 10 + [30] * 1_490), source=UPLOAD, saved_at=TUESDAY
    )

    assert few == SaveCounts(added=200, unchanged=50)
    assert all_of_them == SaveCounts(changed=10, unchanged=1_490)
    assert customers.count() == 1_500


def test_work_queued_before_the_newest_were_listed_is_found(database):
    queue = mongo.MongoWorkQueue(database, vault=VAULT)
    for work_id in ("w1", "w2", "w3"):
        queue.add(Work(work_id, WorkKind.RUN, "mara", MONDAY, {}))
    database["counters"].delete_many({})

    assert [work.work_id for work in queue.recent(WorkKind.RUN, limit=2)] == ["w3", "w2"]
    queue.add(Work("w4", WorkKind.RUN, "mara", MONDAY, {}))
    assert [work.work_id for work in queue.recent(WorkKind.RUN)] == ["w4", "w3", "w2", "w1"]


def test_work_whose_queueing_broke_off_is_passed_over_in_the_list_of_the_newest(database):
    queue = mongo.MongoWorkQueue(database, vault=VAULT)
    for work_id in ("w1", "w2"):
        queue.add(Work(work_id, WorkKind.RUN, "mara", MONDAY, {}))
    database["scoring_runs"].delete_one({"_id": "w2"})

    assert [work.work_id for work in queue.recent(WorkKind.RUN)] == ["w1"]


def test_a_file_whose_saving_was_killed_is_not_opened_but_is_listed_and_deleted(database):
    files = mongo.MongoFileStore(database, vault=VAULT)
    database["files"].insert_one({"_id": "u1", "chunks": [], "size": 0, "saved_at": MONDAY, "complete": False})
    database["file_chunks"].insert_one({"_id": "piece", "owner": "u1", "data": b"Ana Silva"})

    with pytest.raises(NotFoundError):
        files.open("u1")
    assert files.saved_before(TUESDAY) == ["u1"]
    files.delete("u1")

    assert database["file_chunks"].count_documents({}) == 0


def test_a_broken_save_leaves_no_head(database):
    def torn():
        yield b"half"
        raise ConnectionAbortedError

    with pytest.raises(ConnectionAbortedError):
        mongo.MongoFileStore(database, vault=VAULT).save("u1", torn())

    assert (database["files"].find_one(), database["file_chunks"].find_one()) == (None, None)


def test_a_user_kept_before_there_was_single_sign_on_can_be_read_and_linked(database):
    users = mongo.MongoUserRepository(database)
    users.add(User("mara", Role.MANAGER, "hash", MONDAY))
    database["users"].update_one({"_id": "mara"}, {"$unset": {"subject": ""}})

    before = users.find("mara")

    assert not before.by_provider
    assert users.change(before, replace(before, subject=""))
    assert users.find("mara").by_provider
