"""Wrap keys with a key in a KMS or a file: pymongo's explicit client-side encryption; nothing wrapped opens without it.

Each secret is encrypted (AEAD_AES_256_CBC_HMAC_SHA_512, random) under a data encryption key of its own, which lies in
the collection `key_vault` encrypted by the wrapping key. The format is libmongocrypt's: other tools read it.
"""

import hashlib
import logging
import re
from base64 import b64decode, b64encode
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from os import urandom
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from bson.binary import STANDARD, Binary
from bson.codec_options import CodecOptions
from pymongo.errors import EncryptionError, PyMongoError, ServerSelectionTimeoutError

from smartbank.adapters.mongo.connection import MongoDatabase
from smartbank.core.wrapping import FILE, PROVIDERS, WrappingKey
from smartbank.errors import StartUpError

if TYPE_CHECKING:
    from pymongo.encryption import ClientEncryption

log = logging.getLogger(__name__)

KEY_VAULT: Final = "key_vault"
_LOCAL_BYTES: Final = 96
"""Length of a wrapping key in a file: what libmongocrypt's local provider takes."""
_NO_DATABASE: Final = "The database does not answer. Check that it is running and reachable, then start again."
_ALGORITHM: Final = "AEAD_AES_256_CBC_HMAC_SHA_512-Random"
_STATUS: Final = re.compile(r"HTTP status=(\d{3})")


class MongoKeyWrapper:
    """Wraps and unwraps secrets with a wrapping key.

    Parameters
    ----------
    database : MongoDatabase
        Where the data encryption keys lie.
    key : WrappingKey
        Which key wraps anew, and what every other one is asked with.
    key_vault : str
        The collection with the data encryption keys.
    """

    def __init__(self, database: MongoDatabase, key: WrappingKey, *, key_vault: str = KEY_VAULT) -> None:
        self._database = database
        self._namespace = f"{database.name}.{key_vault}"
        self._key = key

    def wrap(self, secret: bytes) -> Binary:
        """Return a secret that opens with the wrapping key only. Raises `StartUpError`."""
        with self._opened() as (encryption, provider, name):
            made = encryption.create_data_key(provider, master_key=name)
            return encryption.encrypt(secret, _ALGORITHM, key_id=made)

    def unwrap(self, wrapped: bytes) -> bytes:
        """Return the secret. Raises `StartUpError` where the wrapping key is not to be had or is another."""
        with self._opened() as (encryption, _, _):
            return bytes(encryption.decrypt(Binary(wrapped, 6)))

    def rewrap(self) -> int:
        """Wrap every data encryption key with the wrapping key in force, and return how many. Raises `StartUpError`."""
        with self._opened() as (encryption, provider, name):
            done = encryption.rewrap_many_data_key({}, provider=provider, master_key=name)
            return done.bulk_write_result.modified_count if done.bulk_write_result is not None else 0

    @contextmanager
    def _opened(self) -> Generator[tuple["ClientEncryption[Any]", str, dict[str, str] | None]]:
        providers, provider, name = _providers(self._key)
        encryption = self._encryption(providers)
        try:
            yield encryption, provider, name
        except EncryptionError as exc:  # its text can repeat what a KMS answered
            if isinstance(exc.cause, ServerSelectionTimeoutError):
                raise StartUpError(_NO_DATABASE) from None
            log.warning("the wrapping key (%s) was refused: %s", self._key.provider, _short(exc))
            raise StartUpError(_refused(self._key, exc)) from None
        except PyMongoError:
            raise StartUpError(_NO_DATABASE) from None
        finally:
            encryption.close()

    def _encryption(self, providers: Mapping[str, Any]) -> "ClientEncryption[Any]":
        from pymongo.encryption import ClientEncryption  # noqa: PLC0415 - it brings libmongocrypt and the clouds' clients
        from pymongocrypt.errors import MongoCryptError  # noqa: PLC0415

        tls: dict[str, Any] = {each: dict(self._key.tls) for each in PROVIDERS if each in providers and self._key.tls}
        options: CodecOptions[Any] = CodecOptions(uuid_representation=STANDARD)
        try:
            return ClientEncryption(providers, self._namespace, self._database.client, options, kms_tls_options=tls)
        except (MongoCryptError, PyMongoError, ValueError, TypeError, OSError):  # they repeat what they were given
            raise StartUpError(
                "SMARTBANK_WRAPPING_CREDENTIALS does not hold what the KMS is asked with, or a file of certificates "
                "cannot be read: see docs/security.md for what each KMS takes."
            ) from None


def local_keys(path: Path) -> list[bytes]:
    """Return the wrapping keys in a file, newest first: a line of base64 each; lines that begin with # are passed over.

    Raises
    ------
    StartUpError
        The file cannot be read or holds something else.
    """
    try:
        lines = [line.strip() for line in path.read_text(encoding="ascii", errors="replace").splitlines()]
    except OSError as exc:
        raise StartUpError(
            f"The wrapping key in {path} cannot be read ({exc.strerror}). Put the file back, or correct "
            "SMARTBANK_WRAPPING_KEY: without it names and phone numbers do not open."
        ) from exc
    try:
        keys = [b64decode(line, validate=True) for line in lines if line and not line.startswith("#")]
    except ValueError:
        keys = []
    if not keys or any(len(key) != _LOCAL_BYTES for key in keys):
        raise StartUpError(
            f"{path} holds no wrapping keys. Make one with `python -m smartbank keys make --wrapping`, a line "
            "each, the newest first."
        )
    return keys


def new_wrapping_key() -> str:
    """Return a new key as a file of wrapping keys takes it, a line."""
    return b64encode(urandom(_LOCAL_BYTES)).decode()


def _providers(key: WrappingKey) -> tuple[dict[str, Any], str, dict[str, str] | None]:
    """Return every provider that may be asked, the one that wraps, and its key's name."""
    providers: dict[str, Any] = {name: dict(one) for name, one in key.credentials.items()}
    if key.provider == FILE:
        local = {f"local:{_name_of(each)}": {"key": each} for each in local_keys(key.path)}
        return {**providers, **local}, next(iter(local)), None
    if key.provider == "kmip":
        endpoint = {"endpoint": key.name["endpoint"]}
        return {**providers, "kmip": endpoint}, "kmip", dict(key.name)
    return {key.provider: {}, **providers}, key.provider, dict(key.name)


def _name_of(local_key: bytes) -> str:
    """Return the short name of a key in a file, which tells nothing of it."""
    return hashlib.sha256(b"smartbank wrapping key 1" + local_key).hexdigest()[:8]


def _refused(key: WrappingKey, error: EncryptionError) -> str:
    if key.provider == FILE:
        return (
            f"The wrapping key in {key.path} does not open the keys of the data. Put back the file they were wrapped "
            "with; a new key goes on a line above the old one, then `python -m smartbank keys rewrap`."
        )
    status = _STATUS.search(str(error))
    said = f"it answered {status[1]}" if status else "it does not answer, or not as a KMS does"
    return (
        f"The KMS ({key.provider}) does not open the keys of the data: {said}. Check SMARTBANK_WRAPPING_KEY, what "
        "SmartBank may do with that key (encrypt and decrypt), its credentials, and the network; then start again."
    )


def _short(error: EncryptionError) -> str:
    status = _STATUS.search(str(error))
    return f"{type(error.cause).__name__}{f', status {status[1]}' if status else ''}"
