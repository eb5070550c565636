"""The keys of the data lie wrapped in the database: a KMS or a file opens them, and nothing else does."""

from datetime import UTC, datetime, timedelta

import pytest

from smartbank.adapters import mongo
from smartbank.adapters.key_file import new_key
from smartbank.adapters.memory import MemoryAuditLog
from smartbank.adapters.mongo.data_keys import DATA_KEYS, SETTLED_AFTER
from smartbank.adapters.mongo.key_wrapper import KEY_VAULT, MongoKeyWrapper, new_wrapping_key
from smartbank.adapters.mongo.notes import about_note
from smartbank.adapters.mongo.opening import open_vault
from smartbank.adapters.vault import Vault, key_id
from smartbank.core.audit import AuditAction, AuditResult
from smartbank.core.people import COMMAND_LINE
from smartbank.core.wrapping import WrappingKey, parsed_name
from smartbank.errors import BackupError, StartUpError
from smartbank.services.keys import rewrap_keys, rotate_keys
from tests.contract.backups import NOW, export_from, import_into, three
from tests.kms import Kms

UPLOAD = {"kind": "upload", "name": "a.csv"}


@pytest.fixture(scope="module")
def kms(tmp_path_factory):
    started = Kms(tmp_path_factory.mktemp("kms"))
    yield started
    started.stop()


@pytest.fixture(params=["file", "kms"])
def wrapping(request, tmp_path):
    """A wrapping key in a file, or in a KMS."""
    if request.param == "kms":
        started = request.getfixturevalue("kms")
        return started.wrapping(started.make_key())
    return in_file(tmp_path / "wrapping-key", new_wrapping_key())


def in_file(path, *lines):
    path.write_text("\n".join(["# newest first", *lines]))
    return WrappingKey(*parsed_name(f"file:{path}"))


def opened(database, wrapping, *given):
    return open_vault(database, keys=list(given), folder=None, wrapping=wrapping)


def customers(database, vault):
    return mongo.MongoCustomerRepository(database, vault=vault)


def save(database, vault, age=30):
    customers(database, vault).save_many(three(age), source=UPLOAD, saved_at=NOW)


def names(database, vault):
    return customers(database, vault).load(["c0", "c1"])["name"].tolist()


def later():
    """Return a moment at which a key made just now has settled."""
    return datetime.now(UTC) + 2 * SETTLED_AFTER


def rotate(database, vault, *, now):
    data = mongo.MongoSealedData(database, vault=vault)
    return rotate_keys(by=COMMAND_LINE, ring=vault, data=data, audit=MemoryAuditLog(), now=now, report=lambda *_: None)


def test_the_first_start_makes_a_key_that_every_other_process_opens(database, wrapping):
    first = opened(database, wrapping)
    save(database, first)

    second = opened(database, wrapping)

    assert second.key_ids() == first.key_ids()
    assert names(database, second) == ["Ana Silva", "Rui Costa"]


def test_nothing_in_the_database_opens_without_the_wrapping_key(database, wrapping, tmp_path):
    vault = opened(database, wrapping)
    [stored] = database[DATA_KEYS].find()

    other = in_file(tmp_path / "another-key", new_wrapping_key())

    assert stored["key_id"] == vault.sealing_key()
    assert stored["wrapped"].subtype == 6
    with pytest.raises(StartUpError, match="does not open the keys of the data"):
        opened(database, other)
    with pytest.raises(StartUpError, match="SMARTBANK_WRAPPING_KEY does not say with which key"):
        open_vault(database, keys=[new_key()], folder=None)


def test_a_rotation_retires_a_key_once_no_other_computer_can_be_sealing_with_it(database, wrapping):
    running = opened(database, wrapping)
    save(database, running)
    old = running.sealing_key()

    done = rotate(database, opened(database, wrapping), now=datetime.now(UTC))
    save(database, running, age=31)
    again = rotate(database, opened(database, wrapping), now=later())

    assert (done.resealed, done.removed, done.waiting) == (3, (), (old,))
    assert (again.removed, again.waiting, again.still_used) == ((old,), (), {})
    assert opened(database, wrapping).key_ids() == [done.newest] == running.key_ids()
    assert names(database, running) == names(database, opened(database, wrapping)) == ["Ana Silva", "Rui Costa"]


def test_what_was_sealed_in_the_last_moment_before_is_moved_by_the_second_run(database, wrapping):
    late = opened(database, wrapping)
    old = late.sealing_key()
    with late.writing():
        rotate(database, opened(database, wrapping), now=datetime.now(UTC))
        said = late.seal_text("Ring at noon.", about_note("n1"))
        database["customer_notes"].insert_one({"_id": "n1", "said": said, "sealed_with": [old]})

    again = rotate(database, opened(database, wrapping), now=later())

    assert (again.resealed, again.removed) == (1, (old,))
    said = database["customer_notes"].find_one({"_id": "n1"})["said"]
    assert opened(database, wrapping).open_text(said, about_note("n1")) == "Ring at noon."


def test_signatures_made_before_a_rotation_are_known_after_it(database, wrapping):
    vault = opened(database, wrapping)
    old, signature = vault.sealing_key(), vault.sign(b"a list", key_id=vault.sealing_key())
    rotate(database, vault, now=datetime.now(UTC))
    rotate(database, vault, now=later())

    found = opened(database, wrapping).is_signature(signature, b"a list", key_id=old)

    assert found is True


def test_keys_given_from_outside_move_over_by_a_rotation(database, wrapping):
    outside = new_key()
    save(database, Vault([outside]))
    with pytest.raises(StartUpError, match="sealed with keys that are not wrapped"):
        opened(database, wrapping)

    both = opened(database, wrapping, outside)
    done = rotate(database, both, now=datetime.now(UTC))

    assert (done.unused, done.removed, done.waiting) == ((key_id(outside),), (), ())
    assert names(database, opened(database, wrapping)) == ["Ana Silva", "Rui Costa"]


def test_a_changed_key_in_the_database_is_refused(database, wrapping):
    opened(database, wrapping)
    database[DATA_KEYS].update_one({}, {"$set": {"wrapped": MongoKeyWrapper(database, wrapping).wrap(new_key())}})

    with pytest.raises(StartUpError, match="was changed in the database"):
        opened(database, wrapping)


def test_a_new_line_in_the_file_takes_over_by_rewrapping(database, tmp_path):
    path, old, new = tmp_path / "wrapping-key", new_wrapping_key(), new_wrapping_key()
    save(database, opened(database, in_file(path, old)))
    audit = MemoryAuditLog()

    both = in_file(path, new, old)
    done = rewrap_keys(by=COMMAND_LINE, wrapper=MongoKeyWrapper(database, both), audit=audit, now=NOW)

    assert done == 1
    assert names(database, opened(database, in_file(path, new))) == ["Ana Silva", "Rui Costa"]
    with pytest.raises(StartUpError, match="does not open the keys of the data"):
        opened(database, in_file(path, old))
    [entry] = audit.entries()
    assert (entry.event.action, entry.event.result) == (AuditAction.REWRAP_KEYS, AuditResult.DONE)


def test_keys_move_from_a_file_to_a_kms_and_to_another_key_of_it(database, kms, tmp_path):
    first, second = kms.wrapping(kms.make_key()), kms.wrapping(kms.make_key())
    save(database, opened(database, first))

    assert MongoKeyWrapper(database, second).rewrap() == 1

    assert database[KEY_VAULT].find_one()["masterKey"]["key"] == second.name["key"]
    assert names(database, opened(database, second)) == ["Ana Silva", "Rui Costa"]


def test_a_kms_that_is_gone_or_has_lost_the_key_is_said_without_its_words(database, kms, caplog):
    wrapping = kms.wrapping(kms.make_key())
    opened(database, wrapping)

    kms.stop()
    with pytest.raises(StartUpError, match=r"The KMS \(aws\) does not open .* it does not answer"):
        opened(database, wrapping)
    kms.start()
    with pytest.raises(StartUpError, match="it answered 400"):
        opened(database, wrapping)

    assert "status 400" in caplog.text
    assert "what-only-they-know" not in caplog.text
    assert "who-asks" not in caplog.text


def test_a_backup_brings_its_keys_along_and_opens_with_the_wrapping_key_only(database, empty, wrapping, tmp_path):
    save(database, opened(database, wrapping))
    manifest = export_from(database, tmp_path / "backup")
    other = in_file(tmp_path / "another-key", new_wrapping_key())

    def brought(key):
        return lambda _missing: mongo.keys_in_backup(empty, tmp_path / "backup", manifest, key)

    with pytest.raises(StartUpError, match="does not open the keys of the data"):
        import_into(empty, tmp_path / "backup", known_keys=(), bring_back=brought(other))
    with pytest.raises(BackupError, match="which is not there"):
        import_into(empty, tmp_path / "backup", known_keys=())
    assert empty.list_collection_names() == []
    import_into(empty, tmp_path / "backup", known_keys=(), bring_back=brought(wrapping))

    assert names(empty, opened(empty, wrapping)) == ["Ana Silva", "Rui Costa"]


@pytest.mark.parametrize(
    ("text", "said"),
    [("", "holds no wrapping keys"), ("bm90IGEga2V5", "holds no wrapping keys"), (None, "cannot be read")],
)
def test_a_file_that_is_no_wrapping_key_is_refused(database, tmp_path, text, said):
    path = tmp_path / "wrapping-key"
    if text is not None:
        path.write_text(text)

    with pytest.raises(StartUpError, match=said):
        opened(database, WrappingKey(*parsed_name(f"file:{path}")))

    assert database[DATA_KEYS].find_one() is None


def test_a_replaced_key_settles_longer_than_a_request_may_take():
    assert timedelta(minutes=5) <= SETTLED_AFTER <= timedelta(hours=1)
