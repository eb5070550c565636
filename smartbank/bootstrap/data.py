"""Wire what commands need that work on the whole database: export, import, backups, migration; no model is loaded."""

from collections.abc import Callable, Collection, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from smartbank.adapters import mongo
from smartbank.adapters.backup_folder import BackupFolder
from smartbank.adapters.key_file import KeyFile
from smartbank.adapters.vault import key_id
from smartbank.bootstrap.databases import connect, open_database, open_vault
from smartbank.config import Settings
from smartbank.core.ports import AuditLog, BackupShelf, DataStore, JobSchedule, SchemaKeeper


@dataclass(frozen=True)
class DataServices:
    """What works on the whole database, also on one of an older schema.

    Attributes
    ----------
    known_keys : tuple of str
        Ids of the keys of the data that are at hand.
    bring_back : callable
        Given a backup's folder and ids of keys, puts those that were retired back into force, and returns their ids;
        with a wrapping key it returns those that lie wrapped in the backup and open.
    """

    store: DataStore
    audit: AuditLog
    jobs: JobSchedule
    backups: BackupShelf
    known_keys: tuple[str, ...]
    bring_back: Callable[[Path, Collection[str]], list[str]]


@contextmanager
def open_data(settings: Settings) -> Generator[DataServices]:
    """Yield what works on the whole database in force; nothing is prepared or changed by opening it."""
    with _connected(settings) as database:
        store = mongo.MongoDataStore(database)
        yield DataServices(
            store=store,
            audit=mongo.MongoAuditLog(database),
            jobs=mongo.MongoJobSchedule(database),
            backups=BackupFolder(settings.var_dir / "backups", store),
            known_keys=_known_keys(settings),
            bring_back=lambda folder, key_ids: _bring_back(folder, key_ids, settings, database, store),
        )


@dataclass(frozen=True)
class MigrationServices:
    """What takes the database to another schema version."""

    schema: SchemaKeeper
    audit: AuditLog
    backups: BackupShelf


@contextmanager
def open_migration(settings: Settings) -> Generator[MigrationServices]:
    """Yield what takes the database in force to another schema version.

    Raises
    ------
    StartUpError
        The keys of the data are missing.
    """
    with _connected(settings) as database:
        yield MigrationServices(
            schema=mongo.MongoSchemaKeeper(database, vault=open_vault(_on_database(settings), database)),
            audit=mongo.MongoAuditLog(database),
            backups=BackupFolder(settings.var_dir / "backups", mongo.MongoDataStore(database)),
        )


@contextmanager
def _connected(settings: Settings) -> Generator[mongo.MongoDatabase]:
    with open_database(settings) as uri:
        database = connect(settings.on_database(uri), patient=True)
        try:
            yield database
        finally:
            database.client.close()


def _on_database(settings: Settings) -> Settings:
    return settings.model_copy(update={"embedded_database": settings.embedded_database or settings.mongodb_uri is None})


def _known_keys(settings: Settings) -> tuple[str, ...]:
    kept = KeyFile(Path(settings.var_dir))
    is_kept = _on_database(settings).embedded_database and not settings.wrapping_key and kept.exists()
    return tuple(map(key_id, settings.master_keys() or (kept.load() if is_kept else [])))


def _bring_back(
    folder: Path, key_ids: Collection[str], settings: Settings, database: mongo.MongoDatabase, store: DataStore
) -> list[str]:
    """Put retired keys, kept in this folder or in the one the backup lies in, behind the keys in force."""
    wrapping = settings.wrapping()
    if wrapping is not None:
        return [
            each for each in mongo.keys_in_backup(database, folder, store.check(folder), wrapping) if each in key_ids
        ]
    if settings.master_keys() or not _on_database(settings).embedded_database:
        return []
    kept = KeyFile(Path(settings.var_dir))
    places = (kept, KeyFile(folder.absolute().parent.parent))
    found = {key_id(key): key for place in places for key in place.retired() if key_id(key) in key_ids}
    if found:
        kept.load_or_make()
        with kept.alone():
            kept.save([*kept.load(), *found.values()])
    return list(found)
