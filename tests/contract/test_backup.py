"""What goes into a backup comes out of it: into an empty database, equal, and only whole."""

import gzip
import json
from datetime import UTC, datetime
from pathlib import Path

import bson
import numpy as np
import pytest

from smartbank.adapters import mongo
from smartbank.adapters.mongo import dump
from smartbank.adapters.mongo.schema import SCHEMA_VERSION
from smartbank.core.audit import AuditResult
from smartbank.core.audit_chain import check_chain
from smartbank.core.backups import LEFT_OUT, MANIFEST
from smartbank.core.customers import CustomerQuery
from smartbank.core.people import Actor, Role
from smartbank.errors import BackupError, ForbiddenError
from tests.contract.backups import everything, export_from, import_into
from tests.database import VAULT


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
    assert said["left_out"] == ["sessions", "tickets", "sign_in_failures", "token_keys", "request_answers"]


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


@pytest.mark.parametrize("use", [export_from, import_into])
def test_only_an_administrator_takes_data_out_or_in(filled, tmp_path, use):
    manager = Actor("rui", Role.MANAGER, "127.0.0.1")

    with pytest.raises(ForbiddenError):
        use(filled, tmp_path / "backup", by=manager)

    assert not (tmp_path / "backup").exists()
