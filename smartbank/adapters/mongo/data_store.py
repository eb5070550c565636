"""Everything in MongoDB, to be written into a folder or filled from one."""

from datetime import datetime
from pathlib import Path

from smartbank.adapters.backup_files import documents_in, load_manifest
from smartbank.adapters.mongo.connection import MongoDatabase
from smartbank.adapters.mongo.dump import write_dump
from smartbank.adapters.mongo.errors import storage_errors
from smartbank.adapters.mongo.restore import contents_of, declare_whole, fill_from, known
from smartbank.adapters.mongo.schema import SCHEMA_VERSION
from smartbank.core.backups import Manifest
from smartbank.core.ports.backups import GoOn
from smartbank.errors import BackupError


class MongoDataStore:
    """The whole database, by plain scans and batches, so that memory stays bounded."""

    def __init__(self, database: MongoDatabase) -> None:
        self._database = database

    def write(self, folder: Path, *, made_at: datetime, go_on: GoOn) -> Manifest:
        return write_dump(self._database, folder, made_at=made_at, go_on=go_on)

    def check(self, folder: Path) -> Manifest:
        manifest = load_manifest(folder)
        if manifest.schema_version > SCHEMA_VERSION:
            raise BackupError(
                f"The backup has schema version {manifest.schema_version} (of SmartBank {manifest.smartbank_version}), "
                f"this SmartBank knows {SCHEMA_VERSION} at most. Update SmartBank, then import."
            )
        known(manifest)
        for name, kept in manifest.collections.items():
            for _ in documents_in(folder, name, kept):
                pass
        return manifest

    def contents(self) -> list[str]:
        with storage_errors():
            return contents_of(self._database)

    def fill(self, folder: Path, *, go_on: GoOn) -> Manifest:
        manifest = load_manifest(folder)
        with storage_errors():
            fill_from(self._database, folder, manifest, go_on=go_on)
        return manifest

    def release(self, manifest: Manifest) -> None:
        with storage_errors():
            declare_whole(self._database, schema_version=manifest.schema_version)
