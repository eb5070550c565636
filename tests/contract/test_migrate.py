"""A database goes to another schema version and back, also after a migration that was broken off."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from smartbank.adapters import mongo
from smartbank.adapters.backup_folder import BackupFolder
from smartbank.adapters.mongo.dump import RAW
from smartbank.adapters.mongo.migrations import STEPS, step_1_2
from smartbank.adapters.mongo.schema import INDEXES, SCHEMA_VERSION
from smartbank.core.audit import AuditAction
from smartbank.core.customers import CustomerQuery
from smartbank.core.people import COMMAND_LINE, Actor, Role
from smartbank.core.work import WorkKind
from smartbank.errors import ForbiddenError, MigrationError, StorageError
from smartbank.services.backups import import_data
from smartbank.services.migrating import migrate
from tests import version_1
from tests.contract.test_customers import leads
from tests.database import VAULT, repositories_on

NOW = datetime(2026, 6, 1, tzinfo=UTC)


@pytest.fixture
def old(empty):
    version_1.make(empty)
    return empty


def ports(database, folder):
    store = mongo.MongoDataStore(database)
    return {
        "schema": mongo.MongoSchemaKeeper(database, vault=VAULT),
        "shelf": BackupFolder(folder / "backups", store),
        "audit": mongo.MongoAuditLog(database),
    }


def go(database, folder, to=None, **instead):
    chosen = {"backup": False, "by": COMMAND_LINE, "now": NOW} | ports(database, folder)
    return migrate(to, **(chosen | instead))


def everything(database, names=None):
    names = names or [name for name in version_1.DOCUMENTS if name not in ("schema", "sessions", "counters")]
    return {
        name: sorted(document.raw for document in database[name].with_options(codec_options=RAW).find())
        for name in names
    }


def indexes(database, names):
    return {name: sorted(set(database[name].index_information()) - {"_id_"}) for name in names}


def stamps(database):
    found = {name: {each["schema_version"] for each in database[name].find()} for name in step_1_2.REWRITTEN}
    return {name: versions for name, versions in found.items() if versions}


def die_after(batches):
    calls = []

    def go_on():
        calls.append(1)
        if len(calls) == batches:
            raise KeyboardInterrupt

    return go_on


def repositories(database):
    return SimpleNamespace(**repositories_on(database, "customers", "queue", "frames", "files", "users", "settings"))


def test_there_is_a_step_to_every_version():
    assert len(STEPS) + 1 == SCHEMA_VERSION


def test_an_older_database_is_refused_with_the_command_that_helps(old):
    with pytest.raises(StorageError, match=r"version 1, this SmartBank needs 3.*python -m smartbank migrate"):
        mongo.ensure_schema(old)


def test_a_database_of_version_1_works_after_the_way_forward(old, tmp_path):
    done = go(old, tmp_path)
    mongo.ensure_schema(old)

    assert (done.before, done.after, done.documents) == (1, 3, 10)
    stored = repositories(old)
    assert stored.customers.ids(CustomerQuery(text="ana sá")) == ["c1"]
    assert stored.customers.ids(CustomerQuery(text="+44 20 7946 0001")) == ["c1"]
    assert stored.customers.load(["c1"]).name.tolist() == ["Ana Sá"]
    assert stored.customers.load_versions([("c1", 1), ("c1", 2)]).age.tolist() == [30, 31]
    assert stored.queue.find("u1").result == {"rows": 2, "share": 0.5}
    assert stored.queue.recent(WorkKind.RUN)[0].request["market"] == "snapshot"
    assert stored.frames.load("run:r1").equals(version_1.RANKED)
    assert b"".join(stored.files.open("f1")) == b"customer_id,age\nc1,31\n"
    assert stored.settings.current().base_rate == 0.03
    assert stored.users.sessions(now=version_1.MAY_1) == []
    ana = stored.users.find("ana")
    assert stored.users.change(ana, ana)


def test_the_same_file_again_changes_nobody_after_the_way_forward(old, tmp_path):
    go(old, tmp_path)
    again = leads(customer_id=["c1"], name=["Ana Sá"], phone=["+442079460001"], age=[31], housing=["yes"])

    counts = repositories(old).customers.save_many(again, source={"kind": "upload", "name": "b.csv"}, saved_at=NOW)

    assert (counts.added, counts.changed, counts.unchanged) == (0, 0, 1)


def test_no_name_and_no_phone_is_left_in_clear(old, tmp_path):
    go(old, tmp_path)

    stored = b"".join(raw for found in everything(old, INDEXES).values() for raw in found)
    assert "Sá".encode() not in stored
    assert b"2079460001" not in stored
    assert b"customer_id,age" not in stored
    assert b"b.csv" not in stored


def test_indexes_and_collections_are_those_of_the_new_version(old, tmp_path):
    go(old, tmp_path)

    assert indexes(old, INDEXES) == {
        name: sorted(index.document["name"] for index in made) for name, made in INDEXES.items()
    }
    assert stamps(old) == {name: {3} if name == "scoring_runs" else {2} for name in stamps(old)}


def test_the_way_back_ends_where_it_began_byte_for_byte(old, tmp_path):
    before = everything(old)
    made = indexes(old, step_1_2.REWRITTEN)

    go(old, tmp_path)
    assert everything(old) != before
    go(old, tmp_path, 1)

    assert everything(old) == before
    assert indexes(old, step_1_2.REWRITTEN) == made
    assert (old["schema"].find_one()["version"], old["schema"].find_one()["state"]) == (1, "ready")


def test_a_document_keeps_the_stamp_of_the_version_that_wrote_it_and_finds_the_way_back(old, tmp_path):
    go(old, tmp_path, 2)
    customers = stamps(old)["customers"]
    go(old, tmp_path)
    new = leads(customer_id=["c3"], name=["Rui"], age=[40])
    repositories(old).customers.save_many(new, source={"kind": "upload", "upload_id": "u9"}, saved_at=NOW)

    assert customers == {2}
    assert [document["schema_version"] for document in old["customers"].find().sort("_id", 1)] == [2, 2, 3]
    assert go(old, tmp_path, 1).documents == 11
    assert {document["schema_version"] for document in old["customers"].find()} == {1}
    assert old["customers"].find_one({"_id": "c3"})["contact_details"]["name"] == "Rui"


def test_what_version_2_added_survives_the_way_back_and_forth(old, tmp_path):
    go(old, tmp_path)
    stored = repositories(old)
    barred = leads(customer_id=["c3"], name=["Rui"], age=[40], do_not_call=["yes"])
    stored.customers.save_many(barred, source={"kind": "upload", "upload_id": "u9"}, saved_at=NOW)
    settings = stored.settings.save(stored.settings.current(), by="ana", at=NOW)

    go(old, tmp_path, 1)
    assert old["customers"].find_one({"_id": "c3"})["contact_details"]["name"] == "Rui"
    assert {document["kind"] for document in old["settings"].find()} == {"scoring_rules"}
    go(old, tmp_path)

    assert stored.customers.load(["c3"]).do_not_call.tolist() == ["yes"]
    assert old["customers"].find_one({"_id": "c3"})["source"]["upload_id"] == "u9"
    assert stored.settings.current() == settings


@pytest.mark.parametrize("batches", [1, 3, 5, 7])
@pytest.mark.parametrize("then", [1, 3])
def test_a_migration_broken_off_goes_on_or_back(old, tmp_path, batches, then):
    before = everything(old)

    with pytest.raises(KeyboardInterrupt):
        go(old, tmp_path, go_on=die_after(batches))
    with pytest.raises(StorageError, match="Run `python -m smartbank migrate` again"):
        mongo.ensure_schema(old)
    go(old, tmp_path, then)

    if then == 1:
        assert everything(old) == before
        assert indexes(old, ["customers"]) == {"customers": ["name_tokens"]}
    else:
        mongo.ensure_schema(old)
        assert repositories(old).customers.ids(CustomerQuery(text="ana")) == ["c1"]


def test_a_way_back_broken_off_goes_on_too(old, tmp_path):
    before = everything(old)
    go(old, tmp_path)

    with pytest.raises(KeyboardInterrupt):
        go(old, tmp_path, 1, go_on=die_after(4))
    go(old, tmp_path, 1)

    assert everything(old) == before


def test_a_migration_killed_while_it_changes_its_mind_never_looks_whole(old, tmp_path):
    with pytest.raises(KeyboardInterrupt):
        go(old, tmp_path, go_on=die_after(2))
    with pytest.raises(KeyboardInterrupt):
        go(old, tmp_path, 1, go_on=die_after(1))

    go(old, tmp_path)

    assert stamps(old) == {name: {3} if name == "scoring_runs" else {2} for name in stamps(old)}


def test_a_migration_that_runs_is_not_joined(old, tmp_path):
    old["schema"].update_one(
        {}, {"$set": {"state": "migrating", "toward": 2, "token": "other", "at": datetime.now(UTC)}}
    )

    with pytest.raises(MigrationError, match="A migration of this database runs"):
        go(old, tmp_path)


def test_nothing_is_migrated_while_a_worker_is_at_work(old, tmp_path):
    before = everything(old)
    lease = {"state": "running", "lease_until": datetime.now(UTC) + timedelta(minutes=1)}
    old["scoring_runs"].update_one({"_id": "r1"}, {"$set": lease})

    with pytest.raises(MigrationError, match="A worker is at work"):
        go(old, tmp_path)

    assert everything(old)["customers"] == before["customers"]


def test_a_backup_comes_first_and_both_are_on_record(old, empty, tmp_path, server_uri):
    before = everything(old)

    done = go(old, tmp_path, backup=True)

    [kept] = (tmp_path / "backups").iterdir()
    [entry] = mongo.MongoAuditLog(old).entries()
    assert done.backup == kept.name == "before-migration-20260601T000000Z"
    assert entry.event.action == AuditAction.MIGRATE
    assert entry.event.details == {"before": 1, "after": 3, "documents": 10, "backup": kept.name}
    with_old = mongo.connect(server_uri, f"{old.name}_b", timeout_ms=20_000)
    store, audit = mongo.MongoDataStore(with_old), mongo.MongoAuditLog(with_old)
    import_data(tmp_path / "backups" / kept.name, known_keys=(), by=COMMAND_LINE, store=store, audit=audit, now=NOW)
    assert everything(with_old) == before
    with pytest.raises(StorageError, match="python -m smartbank migrate"):
        mongo.ensure_schema(with_old)
    go(with_old, tmp_path)
    mongo.ensure_schema(with_old)
    with_old.client.drop_database(with_old.name)
    with_old.client.close()


def test_a_database_of_the_newest_version_is_left_alone(database, tmp_path):
    assert go(database, tmp_path, backup=True).documents == 0

    assert not (tmp_path / "backups").exists()
    assert list(mongo.MongoAuditLog(database).entries()) == []


@pytest.mark.parametrize("version", [0, SCHEMA_VERSION + 1])
def test_a_version_that_does_not_exist_is_refused(old, tmp_path, version):
    with pytest.raises(MigrationError, match=f"no schema version {version}"):
        go(old, tmp_path, version)


def test_only_an_administrator_migrates(old, tmp_path):
    with pytest.raises(ForbiddenError):
        go(old, tmp_path, by=Actor("rui", Role.MANAGER, "127.0.0.1"))
