import os
from datetime import UTC, datetime

import pytest

from smartbank.adapters.backup_files import write_new
from smartbank.adapters.backup_folder import BackupFolder
from smartbank.core.audit import GENESIS
from smartbank.core.backups import (
    MANIFEST,
    KeptCollection,
    Manifest,
    backup_name,
    manifest_text,
    migration_backup_name,
)
from smartbank.errors import BackupError


class Store:
    """A database with one user, which writes only a manifest."""

    def write(self, folder, *, made_at, go_on):
        go_on()
        folder.mkdir(parents=True)
        manifest = Manifest(2, "0.1.0", made_at, {"users": KeptCollection(1, 99, "ab")}, (0, GENESIS), ("a1b2c3d4",))
        write_new(folder / MANIFEST, manifest_text(manifest).encode())
        return manifest


@pytest.fixture
def shelf(tmp_path):
    return BackupFolder(tmp_path / "backups", Store())


def make(shelf, day, named=backup_name):
    made_at = datetime(2026, 6, day, 3, 0, 5, tzinfo=UTC)
    return shelf.make(named(made_at), made_at=made_at, go_on=lambda: None)


def test_there_is_none_at_first(shelf):
    assert shelf.all() == []
    assert shelf.keep(3) == 0


def test_backups_are_listed_newest_first_by_what_their_manifests_say(shelf):
    first, second = make(shelf, 1), make(shelf, 2)

    assert shelf.all() == [second, first]
    assert (first.name, first.documents, first.size) == ("smartbank-20260601T030005Z", 1, 99)


def test_the_oldest_go_and_so_does_what_was_broken_off(shelf, tmp_path):
    make(shelf, 1)
    kept = [make(shelf, 3), make(shelf, 2)]
    (tmp_path / "backups" / ".unfinished-smartbank-20260604T030005Z-ab").mkdir()

    assert shelf.keep(2) == 1

    assert shelf.all() == kept
    assert len(list((tmp_path / "backups").iterdir())) == 2


def test_one_made_before_a_migration_is_none_of_the_daily_ones(shelf, tmp_path):
    before = make(shelf, 1, migration_backup_name)
    daily = make(shelf, 2)

    assert before.name == "before-migration-20260601T030005Z"
    assert shelf.all() == [daily]
    assert shelf.keep(0) == 1
    assert (tmp_path / "backups" / before.name / MANIFEST).exists()


def test_what_was_broken_off_a_day_ago_goes_before_a_backup_that_fails(tmp_path):
    def no_room():
        raise BackupError("The disk is full.")

    now = datetime(2026, 6, 5, 3, tzinfo=UTC)
    old, underway, begun_long_ago = (tmp_path / f".unfinished-smartbank-{name}" for name in "abc")
    for folder, hours in ((old, 25), (underway, 23), (begun_long_ago, 25)):
        folder.mkdir()
        (folder / "users.bson.gz").touch()
        for path in (folder / "users.bson.gz", folder):
            os.utime(path, times=(now.timestamp() - hours * 3600,) * 2)
    os.utime(begun_long_ago / "users.bson.gz", times=(now.timestamp() - 60,) * 2)

    with pytest.raises(BackupError):
        BackupFolder(tmp_path, Store()).make(backup_name(now), made_at=now, go_on=no_room)

    assert sorted(tmp_path.iterdir()) == [underway, begun_long_ago]


def test_what_is_not_a_backup_is_neither_listed_nor_deleted(shelf, tmp_path):
    make(shelf, 1)
    spoilt, others = make(shelf, 2), tmp_path / "backups" / "notes"
    (tmp_path / "backups" / spoilt.name / MANIFEST).write_text("{}")
    others.mkdir()

    assert shelf.keep(0) == 1

    assert shelf.all() == []
    assert others.exists()
    assert (tmp_path / "backups" / spoilt.name).exists()


def test_a_key_is_needed_by_the_backups_that_name_it_also_before_migrations(shelf):
    make(shelf, 1)
    make(shelf, 2, migration_backup_name)

    assert shelf.needing("a1b2c3d4") == ["before-migration-20260602T030005Z", "smartbank-20260601T030005Z"]
    assert shelf.needing("00000000") == []
