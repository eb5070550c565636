"""What cannot be imported is refused before a byte is written, and half an import never looks whole."""

import json
from datetime import UTC, datetime

import pytest

from smartbank.adapters import mongo
from smartbank.adapters.mongo import restore
from smartbank.adapters.mongo.schema import SCHEMA_VERSION
from smartbank.core.audit import AuditAction
from smartbank.core.backups import MANIFEST
from smartbank.errors import BackupError, StorageError
from tests.contract.backups import everything, export_from, import_into
from tests.database import VAULT


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


def test_a_backup_names_its_keys_and_is_refused_where_they_are_not(filled, empty, tmp_path):
    manifest = export_from(filled, tmp_path / "backup")

    with pytest.raises(BackupError, match=r"sealed with the key .* which is not there"):
        import_into(empty, tmp_path / "backup", known_keys=["another"])

    assert manifest.data_keys == tuple(VAULT.key_ids())
    assert empty.list_collection_names() == []
