"""A backup: a folder with everything of the database, and the manifest that says what belongs in it."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from smartbank.core.fingerprint import fingerprint
from smartbank.errors import BackupError

FORMAT: Final = 1
MANIFEST: Final = "manifest.json"
BEFORE_MIGRATION: Final = "before-migration-"
LEFT_OUT: Final = ("sessions", "tickets", "sign_in_failures", "token_keys", "request_answers")
"""What lives for a short time: secrets with which whoever holds a backup could go on with somebody's session or sign
tokens, and answers kept for requests that come again."""
_DAMAGED: Final = f"The {MANIFEST} of the backup is damaged. Use another backup."


@dataclass(frozen=True)
class KeptCollection:
    """One collection in a backup: how many documents, and size and SHA-256 (in hex) of its file."""

    documents: int
    size: int
    sha256: str


@dataclass(frozen=True)
class Manifest:
    """What a backup holds.

    Attributes
    ----------
    schema_version : int
        Of the database it was made of.
    smartbank_version : str
        Of the program that made it.
    made_at : datetime
        When its making began, in UTC.
    collections : mapping
        By name.
    audit_head : tuple of int and str
        Number and hash of the last audit entry in it.
    data_keys : tuple of str
        Names of the keys its contact details are sealed with; never the keys.
    """

    schema_version: int
    smartbank_version: str
    made_at: datetime
    collections: Mapping[str, KeptCollection]
    audit_head: tuple[int, str]
    data_keys: tuple[str, ...] = ()

    @property
    def documents(self) -> int:
        """How many documents it holds in all."""
        return sum(kept.documents for kept in self.collections.values())

    @property
    def size(self) -> int:
        """Bytes of its files."""
        return sum(kept.size for kept in self.collections.values())


@dataclass(frozen=True)
class Backup:
    """A complete backup where backups are kept: its folder's name, when it was made, and how large it is."""

    name: str
    made_at: datetime
    documents: int
    size: int


def backup_name(made_at: datetime) -> str:
    """Return the folder name of a daily backup; names sort by time."""
    return f"smartbank-{made_at:%Y%m%dT%H%M%SZ}"


def migration_backup_name(made_at: datetime) -> str:
    """Return the folder name of a backup made before a migration: no daily one, so it stays until it is deleted."""
    return f"{BEFORE_MIGRATION}{made_at:%Y%m%dT%H%M%SZ}"


def file_name(collection: str) -> str:
    """Return the name of a collection's file: BSON as mongodump writes it, compressed."""
    return f"{collection}.bson.gz"


def require_empty(filled: Sequence[str]) -> None:
    """Raise `BackupError` if a database that is to be filled holds something already; says what."""
    if filled:
        raise BackupError(
            f"The database is not empty: it holds {', '.join(filled)}. Nothing was imported. Name a new database in "
            "SMARTBANK_MONGODB_DATABASE or, for the embedded one, a new folder in SMARTBANK_VAR_DIR."
        )


def require_keys(data_keys: Collection[str], known: Collection[str]) -> None:
    """Raise `BackupError` unless every key that sealed something in a backup is at hand."""
    missing = [key for key in data_keys if key not in known]
    if missing:
        raise BackupError(
            f"Names and phone numbers in the backup are sealed with the key {', '.join(missing)}, which is not there. "
            "Nothing was imported. Put it into SMARTBANK_DATA_KEYS or, for the embedded database, copy the file "
            "data-keys into the new folder, and the folder data-keys-retired if the key was rotated since; then import "
            "again."
        )


def manifest_text(manifest: Manifest) -> str:
    """Return a manifest as JSON that carries its own check."""
    said = {
        "format": FORMAT,
        "schema_version": manifest.schema_version,
        "smartbank_version": manifest.smartbank_version,
        "made_at": manifest.made_at.isoformat(),
        "collections": {name: dict(kept.__dict__) for name, kept in manifest.collections.items()},
        "left_out": list(LEFT_OUT),
        "audit_head": {"number": manifest.audit_head[0], "hash": manifest.audit_head[1]},
        "data_keys": list(manifest.data_keys),
    }
    return json.dumps({**said, "check": fingerprint(said, length=64)}, indent=2) + "\n"


def read_manifest(text: str) -> Manifest:
    """Return the manifest a text says. Raises `BackupError` if it is damaged or of another format."""
    try:
        said = json.loads(text)
        if said["format"] != FORMAT:
            raise BackupError(
                f"The backup has format {said['format']}, this SmartBank reads format {FORMAT}. "
                "Use the version of SmartBank that made it."
            )
        if said.pop("check") != fingerprint(said, length=64):
            raise BackupError(_DAMAGED)
        return _manifest(said)
    except (ValueError, TypeError, KeyError, AttributeError) as exc:
        raise BackupError(_DAMAGED) from exc


def _manifest(said: Mapping[str, Any]) -> Manifest:
    return Manifest(
        schema_version=int(said["schema_version"]),
        smartbank_version=str(said["smartbank_version"]),
        made_at=datetime.fromisoformat(said["made_at"]),
        collections={name: KeptCollection(**kept) for name, kept in said["collections"].items()},
        audit_head=(int(said["audit_head"]["number"]), str(said["audit_head"]["hash"])),
        data_keys=tuple(said["data_keys"]),
    )
