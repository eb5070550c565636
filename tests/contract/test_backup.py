"""What goes into a backup comes out of it: into an empty database, equal, and only whole."""

import gzip
import json
import uuid
from datetime import UTC, datetime
from pathlib import Path

import bson
import numpy as np
import pandas as pd
import pytest

from smartbank.adapters import mongo
from smartbank.adapters.mongo import dump, restore
from smartbank.adapters.mongo.schema import INDEXES, SCHEMA_VERSION
from smartbank.core.audit import AuditAction, AuditEvent, AuditResult
from smartbank.core.audit_chain import check_chain
from smartbank.core.backups import LEFT_OUT, MANIFEST
from smartbank.core.bank_settings import BankSettings
from smartbank.core.customers import CustomerQuery
from smartbank.core.people import COMMAND_LINE, Actor, Role, User
from smartbank.core.work import Work, WorkKind
from smartbank.errors import BackupError, ForbiddenError, StorageError
from smartbank.services.backups import export_data, import_data
from tests.contract.test_customers import leads
from tests.database import VAULT

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
MADE_AT = datetime(2026, 6, 2, 3, tzinfo=UTC)


@pytest.fixture
def empty(server_uri):
    database = mongo.connect(server_uri, f"smartbank_test_{uuid.uuid4().hex[:12]}", timeout_ms=20_000)
    yield database
    database.client.drop_database(database.name)
    database.client.close()


@pytest.fixture
def filled(database):
    fill(database)
    return database


def three(age):
    return leads(customer_id=["c0", "c1", "c2"], name=["Ana Silva", "Rui Costa", None], age=[age] * 3)


def fill(database):
    """Customers with versions, a run with ranked leads and predictions, a file, a user, settings, an audit log."""
    repository = mongo.MongoCustomerRepository(database, vault=VAULT)
    repository.save_many(three(30), source={"kind": "upload", "name": "a.csv"}, saved_at=NOW)
    repository.save_many(three(50), source={"kind": "upload", "name": "b.csv"}, saved_at=NOW)
    mongo.MongoWorkQueue(database, vault=VAULT).add(Work("r1", WorkKind.RUN, "ana", NOW, {"market": "snapshot"}))
    frame = pd.DataFrame({"customer_id": ["c0", "c1"], "propensity": [0.25, np.nextafter(0.1, 1)]})
    mongo.MongoFrameStore(database, vault=VAULT, chunk_bytes=200).append("run:r1", 0, frame)
    mongo.MongoPredictionRepository(database).save_many(
        [{"run_id": "r1", "rank": 1, "customer_id": "c0", "propensity": 0.25, "scored_at": NOW}]
    )
    mongo.MongoFileStore(database, vault=VAULT).save("f1", [b"PK", b"\x00" * 1_000])
    users = mongo.MongoUserRepository(database)
    users.save(User("ana", Role.ADMIN, "hash", NOW))
    users.start_session("token", "ana", now=NOW, expires_at=NOW)
    mongo.MongoSettingsRepository(database).save(BankSettings(base_rate=0.03), by="ana", at=NOW)
    for name in ("ana", "rui"):
        said = AuditEvent(NOW, name, "command line", AuditAction.RUN, "run", "r1", AuditResult.DONE, {"leads": 2})
        mongo.MongoAuditLog(database).append(said)


def ports(database):
    return {"store": mongo.MongoDataStore(database), "audit": mongo.MongoAuditLog(database)}


def export_from(database, folder, **instead):
    return export_data(folder, **({"by": COMMAND_LINE, "now": MADE_AT} | ports(database) | instead))


def import_into(database, folder, **instead):
    return import_data(folder, **({"by": COMMAND_LINE, "now": MADE_AT} | ports(database) | instead))


def everything(database):
    """Every document as the bytes it is, without the entries that exports and imports add themselves."""
    raw = {name: database[name].with_options(codec_options=dump.RAW) for name in INDEXES if name not in LEFT_OUT}
    found = {name: sorted(document.raw for document in collection.find()) for name, collection in raw.items()}
    found["audit_log"] = [each for each in found["audit_log"] if b"_data\x00" not in each]
    found["counters"] = [each for each in found["counters"] if b"audit_log\x00" not in each]
    return found


def test_an_import_makes_every_document_again_byte_for_byte(filled, empty, tmp_path):
    exported = export_from(filled, tmp_path / "backup")
    imported = import_into(empty, tmp_path / "backup")

    assert everything(empty) == everything(filled)
    assert imported == exported
    assert exported.collections["customer_versions"].documents == 3
    assert exported.collections["run_frame_chunks"].documents > 1
    assert [name for name in LEFT_OUT if empty[name].find_one({})] == []


def test_what_was_imported_can_be_worked_with(filled, empty, tmp_path):
    export_from(filled, tmp_path / "backup")
    import_into(empty, tmp_path / "backup")

    mongo.ensure_schema(empty)
    repository = mongo.MongoCustomerRepository(empty, vault=VAULT)
    assert repository.count() == 3
    assert repository.ids(CustomerQuery(text="Ana")) == mongo.MongoCustomerRepository(filled, vault=VAULT).ids(
        CustomerQuery(text="Ana")
    )
    assert mongo.MongoFrameStore(empty, vault=VAULT).load("run:r1").propensity.tolist() == [0.25, np.nextafter(0.1, 1)]
    assert b"".join(mongo.MongoFileStore(empty, vault=VAULT).open("f1")) == b"PK" + b"\x00" * 1_000
    assert mongo.MongoSettingsRepository(empty).current().base_rate == 0.03
    assert set(empty["predictions"].index_information()) == {"_id_", "run_rank", "customer_scored"}


def test_the_audit_log_goes_on_where_it_was(filled, empty, tmp_path):
    manifest = export_from(filled, tmp_path / "backup")
    import_into(empty, tmp_path / "backup")

    log = mongo.MongoAuditLog(empty)
    entries = list(log.entries())
    assert check_chain(entries, heads=[manifest.audit_head]).is_intact
    assert [entry.event.action for entry in entries] == ["run", "run", "import_data"]
    assert [entry.event.action for entry in mongo.MongoAuditLog(filled).newest(limit=1)] == ["export_data"]


def test_a_backup_is_what_mongodump_writes_and_its_owner_alone_may_read_it(filled, tmp_path):
    folder = tmp_path / "deep" / "backup"

    export_from(filled, folder)

    documents = bson.decode_all(gzip.decompress((folder / "users.bson.gz").read_bytes()))
    assert [document["_id"] for document in documents] == ["ana"]
    assert folder.stat().st_mode & 0o077 == 0
    assert {path.stat().st_mode & 0o077 for path in folder.iterdir()} == {0}
    assert [path.name for path in folder.parent.iterdir()] == ["backup"]
    assert not (folder / "sessions.bson.gz").exists()
    said = json.loads((folder / MANIFEST).read_text())
    assert (said["schema_version"], said["collections"]["users"]["documents"]) == (SCHEMA_VERSION, 1)
    assert said["left_out"] == ["sessions", "tickets", "sign_in_failures"]


def test_a_chunk_that_nobody_names_stays_out(filled, tmp_path):
    filled["file_chunks"].insert_one({"_id": "left behind", "owner": "f9", "data": b"x"})

    manifest = export_from(filled, tmp_path / "backup")

    assert manifest.collections["file_chunks"].documents == 1


def test_a_file_replaced_while_the_backup_is_made_is_in_it_whole(filled, empty, tmp_path):
    files = mongo.MongoFileStore(filled, vault=VAULT)
    calls = []

    def replace_once():
        calls.append(1)
        if dump_is_at(tmp_path, "file_chunks") and files.saved_before(datetime.now(UTC)) == ["f1"]:
            files.save("f2", [b"new"])
            files.save("f1", [b"newer"])

    export_from(filled, tmp_path / "backup", go_on=replace_once)
    import_into(empty, tmp_path / "backup")

    assert b"".join(mongo.MongoFileStore(empty, vault=VAULT).open("f1")) == b"newer"


def dump_is_at(folder, name):
    return any(Path(folder).glob(f"{dump.UNFINISHED}*/{name}.bson.gz"))


def test_a_backup_that_breaks_off_leaves_nothing_behind(filled, tmp_path):
    def leave():
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        export_from(filled, tmp_path / "backup", go_on=leave)

    assert list(tmp_path.iterdir()) == []
    assert mongo.MongoAuditLog(filled).newest(limit=1)[0].event.result == AuditResult.FAILED


def test_an_existing_folder_is_never_written_into(filled, tmp_path):
    with pytest.raises(BackupError, match="exists already"):
        export_from(filled, tmp_path)


@pytest.mark.parametrize(
    ("number", "said"), [(28, "is full, so no backup was made. Make room"), (30, "Name a folder that can be written")]
)
def test_a_disk_that_refuses_is_said_in_a_sentence(filled, tmp_path, monkeypatch, number, said):
    def refuse(*_):
        raise OSError(number, "refused")

    monkeypatch.setattr(dump, "write_new", refuse)

    with pytest.raises(BackupError, match=said):
        export_from(filled, tmp_path / "backup")
    assert list(tmp_path.iterdir()) == []


def test_a_database_that_holds_something_is_refused_with_what_it_holds(filled, database, tmp_path):
    export_from(filled, tmp_path / "backup")
    before = everything(database)

    with pytest.raises(BackupError, match=r"not empty: it holds customers, customer_versions, scoring_runs"):
        import_into(database, tmp_path / "backup")

    assert everything(database) == before
    assert mongo.MongoAuditLog(database).newest(limit=1)[0].event.action == AuditAction.IMPORT_DATA


def flip(path):
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda folder: flip(folder / "customers.bson.gz"), "customers.bson.gz in the backup was changed"),
        (lambda folder: (folder / "users.bson.gz").unlink(), "users.bson.gz is missing"),
        (lambda folder: (folder / MANIFEST).unlink(), "is not a backup"),
        (lambda folder: (folder / MANIFEST).write_text("{}"), "manifest.json of the backup is damaged"),
        (lambda folder: edit(folder, schema_version=0), "manifest.json of the backup is damaged"),
        (lambda folder: edit(folder, format=2), "The backup has format 2"),
    ],
)
def test_a_spoilt_backup_is_refused_before_a_byte_is_written(filled, empty, tmp_path, spoil, said):
    export_from(filled, tmp_path / "backup")
    spoil(tmp_path / "backup")

    with pytest.raises(BackupError, match=said):
        import_into(empty, tmp_path / "backup")

    assert empty.list_collection_names() == []


def edit(folder, **values):
    said = json.loads((folder / MANIFEST).read_text())
    (folder / MANIFEST).write_text(json.dumps(said | values))


def test_a_backup_of_a_newer_schema_is_refused(filled, empty, tmp_path, monkeypatch):
    filled["schema"].update_one({"_id": "schema"}, {"$set": {"version": SCHEMA_VERSION + 1}})
    export_from(filled, tmp_path / "backup")
    filled["schema"].update_one({"_id": "schema"}, {"$set": {"version": SCHEMA_VERSION}})

    with pytest.raises(BackupError, match="Update SmartBank, then import"):
        import_into(empty, tmp_path / "backup")


def test_a_broken_off_import_keeps_everybody_out_until_it_is_run_again(filled, empty, tmp_path, monkeypatch):
    export_from(filled, tmp_path / "backup")
    calls = []

    def die():
        calls.append(1)
        if len(calls) == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        import_into(empty, tmp_path / "backup", go_on=die)

    with pytest.raises(StorageError, match="Run `python -m smartbank data import` with the same folder again"):
        mongo.ensure_schema(empty)
    with pytest.raises(StorageError, match="broken off"):
        export_from(empty, tmp_path / "half")
    import_into(empty, tmp_path / "backup")
    mongo.ensure_schema(empty)
    assert everything(empty) == everything(filled)


def test_an_import_that_still_runs_is_not_taken_over(filled, empty, tmp_path):
    export_from(filled, tmp_path / "backup")
    mark = {"state": "importing", "token": "other", "at": datetime.now(UTC), "version": SCHEMA_VERSION}
    empty["schema"].insert_one({"_id": "schema", **mark})

    with pytest.raises(BackupError, match="An import into this database runs"):
        import_into(empty, tmp_path / "backup")


def test_a_counter_that_was_being_changed_is_set_right(filled, empty, tmp_path):
    filled["counters"].update_one({"_id": "customers"}, {"$set": {"value": 7, "writers": 1}})

    export_from(filled, tmp_path / "backup")
    import_into(empty, tmp_path / "backup")

    found = empty["counters"].find_one({"_id": "customers"})
    assert (found["value"], found["writers"]) == (3, 0)


def test_large_collections_come_in_batches(filled, empty, tmp_path, monkeypatch):
    monkeypatch.setattr(restore, "_BATCH_DOCUMENTS", 2)
    export_from(filled, tmp_path / "backup")

    import_into(empty, tmp_path / "backup")

    assert everything(empty) == everything(filled)


@pytest.mark.parametrize("use", [export_from, import_into])
def test_only_an_administrator_takes_data_out_or_in(filled, tmp_path, use):
    manager = Actor("rui", Role.MANAGER, "127.0.0.1")

    with pytest.raises(ForbiddenError):
        use(filled, tmp_path / "backup", by=manager)

    assert not (tmp_path / "backup").exists()
