"""Keys are rotated on the database: found before, during and after, broken off anywhere, beside others who write."""

from datetime import UTC, datetime

import pandas as pd
import pytest
from pymongo.collection import Collection

from smartbank.adapters import memory, mongo
from smartbank.adapters.key_file import KeyFile, new_key
from smartbank.adapters.mongo.opening import open_vault
from smartbank.adapters.vault import Vault
from smartbank.core.audit import AuditAction, AuditResult
from smartbank.core.customers import CustomerQuery, SaveCounts
from smartbank.core.mappings import SavedMapping
from smartbank.core.notes import Note
from smartbank.core.people import COMMAND_LINE, Actor, Role
from smartbank.core.work import Progress, Work, WorkKind
from smartbank.errors import ForbiddenError, StartUpError, StorageError
from smartbank.services.keys import key_uses, rotate_keys
from tests.contract.test_customers import MONDAY, UPLOAD, leads

NOW = datetime(2026, 6, 1, tzinfo=UTC)
IDS = [f"c{number:03d}" for number in range(150)]
FRAME = leads(customer_id=IDS, name=["Anna Quorwenn"] * 150, phone=["+442079460001"] * 150, age=[30] * 150)


@pytest.fixture
def kept(tmp_path):
    file = KeyFile(tmp_path)
    file.load_or_make()
    return file


@pytest.fixture
def open_another(kept):
    """Return a function that opens the keys as another process would."""
    return lambda: Vault(kept.load(), kept_in=kept)


NOTE = Note("n1", "c000", MONDAY, "mara", "Ring Anna Quorwenn.", {})


@pytest.fixture
def vault(open_another):
    return open_another()


@pytest.fixture
def filled(database, vault):
    """A database with customers, replaced versions, a file, a frame and work, as a running process made it."""
    customers = mongo.MongoCustomerRepository(database, vault=vault)
    customers.save_many(FRAME, source=UPLOAD, saved_at=MONDAY)
    customers.save_many(FRAME.head(3).assign(age=31.0), source=UPLOAD, saved_at=MONDAY)
    mongo.MongoFileStore(database, vault=vault).save("f1", [b"Anna Quorwenn"])
    mongo.MongoFrameStore(database, vault=vault).append("run:1", 0, pd.DataFrame({"rank": [1]}))
    queue = mongo.MongoWorkQueue(database, vault=vault)
    queue.add(Work("w1", WorkKind.UPLOAD, "mara", MONDAY, {"file": "quorwenn.csv"}))
    queue.claim("one", now=MONDAY)
    mongo.MongoMappingRepository(database, vault=vault).save(SavedMapping("h1", {"Quorwenn": "name"}, "mara", MONDAY))
    mongo.MongoNoteRepository(database, vault=vault).add(NOTE)
    mongo.MongoErasedCustomers(database, vault=vault).begin("gone", on=MONDAY.date())
    return database


def rotate(database, vault, audit=None):
    return rotate_keys(
        by=COMMAND_LINE,
        ring=vault,
        data=mongo.MongoSealedData(database, vault=vault),
        audit=audit or memory.MemoryAuditLog(),
        now=NOW,
        report=lambda _done, _total: None,
    )


def assert_everything_opens(database, vault):
    customers = mongo.MongoCustomerRepository(database, vault=vault)
    assert customers.load(IDS)["name"].tolist() == ["Anna Quorwenn"] * 150
    assert customers.load_versions([("c000", 1)])["name"].tolist() == ["Anna Quorwenn"]
    assert customers.ids(CustomerQuery(text="quorw")) == IDS
    assert customers.ids(CustomerQuery(text="+44 20 7946 0001")) == IDS
    assert list(mongo.MongoFileStore(database, vault=vault).open("f1")) == [b"Anna Quorwenn"]
    assert mongo.MongoFrameStore(database, vault=vault).load("run:1")["rank"].tolist() == [1]
    assert mongo.MongoMappingRepository(database, vault=vault).find("h1").fields == {"Quorwenn": "name"}
    assert mongo.MongoNoteRepository(database, vault=vault).find("n1").text == NOTE.text
    assert mongo.MongoErasedCustomers(database, vault=vault).among(["gone"]) == {"gone": MONDAY.date()}
    assert mongo.MongoWorkQueue(database, vault=vault).find("w1").request == {"file": "quorwenn.csv"}


def test_a_rotation_leaves_one_key_that_opens_and_finds_everything(filled, kept, vault, open_another):
    old, audit = vault.sealing_key(), memory.MemoryAuditLog()

    done = rotate(filled, open_another(), audit)

    assert (done.resealed, done.removed, done.still_used) == (159, (old,), {})
    assert len(kept.load()) == 1
    assert_everything_opens(filled, open_another())
    (entry,) = audit.entries()
    assert (entry.event.action, entry.event.result) == (AuditAction.ROTATE_KEYS, AuditResult.DONE)
    assert (entry.event.object_id, entry.event.details["removed"]) == (done.newest, [old])


def test_a_process_that_runs_meanwhile_reads_finds_and_writes_on(filled, vault, open_another):
    queue = mongo.MongoWorkQueue(filled, vault=vault)

    done = rotate(filled, open_another())

    assert_everything_opens(filled, vault)
    queue.report("w1", "one", Progress("Reading", 5, 10), now=MONDAY)
    assert queue.find("w1").progress == Progress("Reading", 5, 10)
    assert vault.sealing_key() == done.newest
    assert set(mongo.MongoSealedData(filled, vault=vault).sealed_with(done.newest).values()) >= {150, 3, 1}


def test_after_a_rotation_nobody_looks_changed(filled, open_another):
    rotate(filled, open_another())

    counts = mongo.MongoCustomerRepository(filled, vault=open_another()).save_many(
        FRAME.tail(147), source=UPLOAD, saved_at=NOW
    )

    assert counts == SaveCounts(unchanged=147)


def test_broken_off_in_the_middle_everything_opens_and_the_next_one_goes_on(filled, kept, open_another, monkeypatch):
    written, bulk_write = [], Collection.bulk_write

    def die_at_the_second(self, *args, **options):
        written.append(args)
        if len(written) == 2:
            raise KeyboardInterrupt
        return bulk_write(self, *args, **options)

    with monkeypatch.context() as broken:
        broken.setattr(Collection, "bulk_write", die_at_the_second)
        with pytest.raises(KeyboardInterrupt):
            rotate(filled, open_another())
    assert len(kept.load()) == 2
    assert_everything_opens(filled, open_another())
    during = open_another()
    uses = key_uses(by=COMMAND_LINE, ring=during, data=mongo.MongoSealedData(filled, vault=during))
    assert [use.customers for use in uses] == [100, 50]

    done = rotate(filled, open_another())

    assert (done.newest, done.resealed, done.removed) == (uses[0].key_id, 59, (uses[1].key_id,))
    assert_everything_opens(filled, open_another())


def test_half_way_through_unchanged_customers_stay_and_changed_ones_get_the_new_key(filled, kept, open_another):
    old = kept.load()
    with kept.alone():
        kept.save([new_key(), *old])
    customers = mongo.MongoCustomerRepository(filled, vault=open_another())

    counts = customers.save_many(FRAME.tail(147).assign(age=[40.0] + [30.0] * 146), source=UPLOAD, saved_at=NOW)

    assert counts == SaveCounts(changed=1, unchanged=146)
    assert customers.ids(CustomerQuery(text="quorwenn")) == IDS
    assert (
        mongo.MongoSealedData(filled, vault=open_another()).sealed_with(open_another().key_ids()[0])["customers"] == 1
    )


def test_what_does_not_open_keeps_its_key(filled, vault, open_another):
    old = vault.sealing_key()
    filled["customers"].update_one({"_id": "c007"}, {"$set": {"contact_details.name": f"s1.{old}.AAAA"}})

    done = rotate(filled, open_another())

    assert (done.resealed, done.removed, done.still_used) == (158, (), {old: 1})
    assert open_another().key_ids() == [done.newest, old]


def test_keys_given_from_outside_are_not_changed_but_named_once_nothing_needs_them(filled, kept):
    older, newer = kept.load()[0], new_key()
    given = Vault([newer, older])

    done = rotate(filled, given)

    assert (done.newest, done.removed) == (given.key_ids()[0], ())
    assert done.unused == (given.key_ids()[1],)
    assert_everything_opens(filled, Vault([newer]))


def test_without_its_key_a_database_is_not_started_on_and_no_new_key_is_made(filled, tmp_path):
    with pytest.raises(StartUpError, match="data-keys is missing"):
        open_vault(filled, keys=[], folder=tmp_path / "elsewhere")

    assert not KeyFile(tmp_path / "elsewhere").exists()
    with pytest.raises(StorageError, match="which is not there"):
        mongo.MongoCustomerRepository(filled, vault=Vault([new_key()])).load(IDS[:1])


def test_who_may_not_change_settings_may_not_rotate_and_that_is_on_record(filled, open_another):
    ring, audit = open_another(), memory.MemoryAuditLog()
    data = mongo.MongoSealedData(filled, vault=ring)
    mara = Actor("mara", Role.MANAGER, "10.0.0.1")

    with pytest.raises(ForbiddenError):
        rotate_keys(by=mara, ring=ring, data=data, audit=audit, now=NOW, report=lambda *_: None)

    assert [entry.event.result for entry in audit.entries()] == [AuditResult.REFUSED]
    assert len(ring.key_ids()) == 1
