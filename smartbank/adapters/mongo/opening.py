"""Find the keys of a database's sealed data, and make the first one where nothing is sealed yet."""

from pathlib import Path

from smartbank.adapters.key_file import KeyFile
from smartbank.adapters.mongo.connection import MongoDatabase
from smartbank.adapters.mongo.data_keys import WrappedKeys, has_wrapped_keys
from smartbank.adapters.mongo.errors import storage_errors
from smartbank.adapters.mongo.key_wrapper import MongoKeyWrapper
from smartbank.adapters.mongo.resealing import RESEALED
from smartbank.adapters.vault import Vault
from smartbank.core.wrapping import WrappingKey
from smartbank.errors import StartUpError


def open_vault(
    database: MongoDatabase, *, keys: list[bytes], folder: Path | None, wrapping: WrappingKey | None = None
) -> Vault:
    """Return a vault on the keys wrapped in the database, on those given, newest first, or on those of a folder.

    Keys given beside a wrapping key open what they sealed, until a rotation has moved it to the wrapped ones.

    Raises
    ------
    StartUpError
        There are no keys, those of data that is there are missing, or the wrapping key does not open them.
    """
    if wrapping is not None:
        return _open_wrapped(database, keys, wrapping)
    if has_wrapped_keys(database):
        raise StartUpError(
            "The keys of this database are wrapped, and SMARTBANK_WRAPPING_KEY does not say with which key. Set it as "
            "it was, for every process."
        )
    if keys:
        return Vault(keys)
    if folder is None:
        raise StartUpError(
            "SmartBank needs a key for names and phone numbers. Name one of your KMS in SMARTBANK_WRAPPING_KEY; or "
            "make one with `python -m smartbank keys make`, set it as SMARTBANK_DATA_KEYS for every process, and keep "
            "a copy: without it they are lost."
        )
    kept = KeyFile(folder)
    if not kept.exists() and _has_sealed_data(database):
        raise StartUpError(
            f"{kept.path} is missing, and the names and phone numbers in the database do not open without it. Put it "
            "back from your backup. If it is lost, so are they: move the folder away to begin with an empty database."
        )
    return Vault(kept.load_or_make(), kept_in=kept)


def _open_wrapped(database: MongoDatabase, given: list[bytes], wrapping: WrappingKey) -> Vault:
    kept = WrappedKeys(database, wrapper=MongoKeyWrapper(database, wrapping), given=given)
    if not given and not has_wrapped_keys(database) and _has_sealed_data(database):
        raise StartUpError(
            "Names and phone numbers in the database are sealed with keys that are not wrapped in it. Set these beside "
            "SMARTBANK_WRAPPING_KEY as SMARTBANK_DATA_KEYS (for the embedded database they are in the file data-keys), "
            "start again, and run `python -m smartbank keys rotate`."
        )
    return Vault(kept.load_or_make(), kept_in=kept)


def _has_sealed_data(database: MongoDatabase) -> bool:
    """Whether something is sealed already; looks at one document a collection."""
    with storage_errors():
        found = [database[name].find_one({}, {"sealed_with": 1}) for name in RESEALED]
    return any(document is not None and "sealed_with" in document for document in found)
