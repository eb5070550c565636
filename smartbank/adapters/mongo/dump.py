"""Write everything of the database into a folder, one document at a time, while others go on working.

Nothing holds the database still, so the order is the promise: what names something is read before what it names, and
whatever is named was written earlier. Only what is deleted meanwhile can be missing.
"""

import shutil
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Final
from uuid import uuid4

from bson.raw_bson import RawBSONDocument
from pymongo.collection import Collection

from smartbank import __version__
from smartbank.adapters.backup_files import (
    RAW,
    CollectionWriter,
    disk_trouble,
    sync_folder,
    write_new,
)
from smartbank.adapters.mongo.connection import MongoDatabase
from smartbank.adapters.mongo.errors import storage_errors
from smartbank.adapters.mongo.resealing import RESEALED
from smartbank.adapters.mongo.schema import INDEXES, ready_version
from smartbank.core.audit import GENESIS
from smartbank.core.backups import LEFT_OUT, MANIFEST, KeptCollection, Manifest, manifest_text
from smartbank.core.ports.backups import GoOn
from smartbank.errors import BackupError, StorageError

UNFINISHED: Final = ".unfinished-"
"""Begins the name of a folder that is being written."""

_FIRST: Final = (
    "inbox",
    "exports",
    "removals",
    "market_refreshes",
    "trainings",
    "list_releases",
    "call_lists",
    "scoring_runs",
    "predictions",
    "customers",
    "customer_versions",
)
_LAST: Final = ("uploads", "run_frames", "files", "data_keys", "key_vault", "counters", "audit_log")
_CHUNKS_OF: Final = {"run_frames": "run_frame_chunks", "files": "file_chunks"}
_GO_ON_EVERY: Final = 500
_TRIES: Final = 20

RawCollection = Collection[RawBSONDocument]


def write_dump(database: MongoDatabase, folder: Path, *, made_at: datetime, go_on: GoOn) -> Manifest:
    """Write everything into a new folder. See `DataStore.write`."""
    if folder.exists():
        raise BackupError(f"{folder} exists already. Name a folder that does not exist yet.")
    unfinished = folder.with_name(f"{UNFINISHED}{folder.name}-{uuid4().hex[:8]}")
    with disk_trouble(folder.parent):
        folder.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            unfinished.mkdir(mode=0o700)
            with storage_errors():
                manifest = _write(database, unfinished, made_at, go_on)
            write_new(unfinished / MANIFEST, manifest_text(manifest).encode())
            sync_folder(unfinished)
            unfinished.rename(folder)
            sync_folder(folder.parent)
        except BaseException:
            shutil.rmtree(unfinished, ignore_errors=True)
            raise
    return manifest


def collections_in_order() -> list[str]:
    """Return every collection that goes into a backup, but for chunks, which go with what names them."""
    left = [*LEFT_OUT, *_CHUNKS_OF.values(), *_FIRST, *_LAST]
    return [*_FIRST, *(name for name in INDEXES if name not in left), *_LAST]


def _write(database: MongoDatabase, folder: Path, made_at: datetime, go_on: GoOn) -> Manifest:
    version = ready_version(database)
    kept: dict[str, KeptCollection] = {}
    seen = _Seen()
    for name in collections_in_order():
        if name in _CHUNKS_OF:
            kept |= _write_with_chunks(database, folder, name, seen, go_on)
            continue
        with CollectionWriter(folder, name) as writer:
            for count, document in enumerate(_raw(database, name).find()):
                writer.add(document)
                seen.look_at(name, document)
                if count % _GO_ON_EVERY == 0:
                    go_on()
            kept[name] = writer.finish()
    return Manifest(version, __version__, made_at, kept, seen.audit_head, tuple(sorted(seen.data_keys)))


class _Seen:
    """What the manifest says of documents that went by: the last audit entry, and the keys that sealed them."""

    def __init__(self) -> None:
        self.audit_head = (0, GENESIS)
        self.data_keys: set[str] = set()

    def look_at(self, collection: str, document: RawBSONDocument) -> None:
        if collection in RESEALED:
            sealed_with = document.get("sealed_with", ())
            self.data_keys.update([sealed_with] if isinstance(sealed_with, str) else sealed_with)
        elif collection == "audit_log" and int(document["_id"]) > self.audit_head[0]:
            self.audit_head = (int(document["_id"]), str(document["hash"]))


def _write_with_chunks(
    database: MongoDatabase, folder: Path, heads: str, seen: _Seen, go_on: GoOn
) -> dict[str, KeptCollection]:
    """Write each head after the chunks it names, which are read by name: one that nobody names any more stays out."""
    chunks = _CHUNKS_OF[heads]
    with CollectionWriter(folder, heads) as of_heads, CollectionWriter(folder, chunks) as of_chunks:

        def write_chunk(document: RawBSONDocument) -> None:
            go_on()
            of_chunks.add(document)
            seen.look_at(chunks, document)

        for head in _raw(database, heads).find():
            go_on()
            whole = _write_chunks(_raw(database, heads), _raw(database, chunks), head, write_chunk)
            if whole is not None:
                of_heads.add(whole)
        return {heads: of_heads.finish(), chunks: of_chunks.finish()}


def _write_chunks(
    heads: RawCollection, chunks: RawCollection, head: RawBSONDocument, write: Callable[[RawBSONDocument], None]
) -> RawBSONDocument | None:
    """Write the chunks of a head and return the head; a newer one if it was replaced meanwhile, None if deleted."""
    current: RawBSONDocument | None = head
    for _ in range(_TRIES):
        if current is None:
            return None
        for name in current["chunks"]:
            found = chunks.find_one({"_id": name})
            if found is None:
                break
            write(found)
        else:
            return current
        current = heads.find_one({"_id": head["_id"]})
    raise StorageError("A file in the database lacks a part, or changes all the time. Try again in a minute.")


def _raw(database: MongoDatabase, name: str) -> RawCollection:
    return database[name].with_options(codec_options=RAW)
