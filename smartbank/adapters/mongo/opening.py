"""Find the keys of a database's sealed data, and make the first one where nothing is sealed yet."""

from pathlib import Path

from smartbank.adapters.key_file import KeyFile
from smartbank.adapters.mongo.connection import MongoDatabase
from smartbank.adapters.mongo.errors import storage_errors
from smartbank.adapters.mongo.resealing import RESEALED
from smartbank.adapters.vault import Vault
from smartbank.errors import StartUpError


def open_vault(database: MongoDatabase, *, keys: list[bytes], folder: Path | None) -> Vault:
    """Return a vault on the keys given, newest first, or else on those kept in a folder, made if need be.

    Raises
    ------
    StartUpError
        There are no keys and no folder, or the keys of data that is there are missing from the folder.
    """
    if keys:
        return Vault(keys)
    if folder is None:
        raise StartUpError(
            "SmartBank needs a key for names and phone numbers. Make one with `python -m smartbank keys make`, set it "
            "as SMARTBANK_DATA_KEYS for every process, and keep a copy: without it they are lost."
        )
    kept = KeyFile(folder)
    if not kept.exists() and _has_sealed_data(database):
        raise StartUpError(
            f"{kept.path} is missing, and the names and phone numbers in the database do not open without it. Put it "
            "back from your backup. If it is lost, so are they: move the folder away to begin with an empty database."
        )
    return Vault(kept.load_or_make(), kept_in=kept)


def _has_sealed_data(database: MongoDatabase) -> bool:
    """Whether something is sealed already; looks at one document a collection."""
    with storage_errors():
        found = [database[name].find_one({}, {"sealed_with": 1}) for name in RESEALED]
    return any(document is not None and "sealed_with" in document for document in found)
