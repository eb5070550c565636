"""Seal what names people: AES-256-GCM for values, keyed hashes to find and compare them; several keys side by side."""

import hashlib
import hmac
from base64 import b64decode, b64encode, urlsafe_b64encode
from binascii import Error as Base64Error
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import lru_cache
from os import urandom
from typing import Any, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from smartbank.adapters.kept_keys import KeptKeys
from smartbank.adapters.key_file import new_key
from smartbank.core.fingerprint import canonical_json
from smartbank.errors import StorageError

SEALED_BYTES_MORE: Final = 35
"""How much longer sealed bytes are than clear ones: mark, key id, nonce and tag."""

_MARK: Final = "s1."
_ID_DIGITS: Final = 8
_NONCE: Final = 12
_TOKEN_BYTES: Final = 8
_FINGERPRINT_DIGITS: Final = 16
_TOKENS_REMEMBERED: Final = 20_000


class _Key:
    """One master key: its id, and what is derived from it."""

    def __init__(self, master: bytes) -> None:
        self.key_id = key_id(master)
        self.cipher = AESGCM(_derived(master, b"smartbank sealing 1"))
        self._indexing = _derived(master, b"smartbank indexing 1")
        self._signing = _derived(master, b"smartbank signing 1")
        self.token = lru_cache(_TOKENS_REMEMBERED)(self._token)

    def digest(self, kind: bytes, text: str) -> bytes:
        return hmac.digest(self._indexing, kind + text.encode(), "sha256")

    def signature(self, data: bytes) -> str:
        return hmac.digest(self._signing, data, "sha256").hex()

    def _token(self, word: str) -> str:
        return urlsafe_b64encode(self.digest(b"token:", word)[:_TOKEN_BYTES]).decode().rstrip("=")


class Vault:
    """Seals and opens values under one or more master keys of 32 bytes; the newest seals, every one opens.

    A sealed value is bound to what it belongs to (`about`): moved elsewhere it does not open. A key once seen stays
    known until the process ends, so that a reader is never cut off by a rotation.

    Parameters
    ----------
    keys : sequence of bytes
        Newest first.
    kept_in : KeptKeys, optional
        Where the keys may change while the process runs; looked at before every write and for an unknown key.
    """

    def __init__(self, keys: Sequence[bytes], *, kept_in: KeptKeys | None = None) -> None:
        self._kept_in = kept_in
        self._is_alone = False
        self._state: tuple[int, ...] = ()
        self._known: dict[str, _Key] = {}
        self._in_force: tuple[_Key, ...] = ()
        self._take(keys)

    def key_ids(self) -> list[str]:
        """Return the ids of the keys in force, newest first."""
        self._notice()
        return [key.key_id for key in self._in_force]

    def sealing_key(self) -> str:
        """Return the id of the key that seals, to be stored beside what it sealed."""
        return self._in_force[0].key_id

    @contextmanager
    def writing(self) -> Generator[None]:
        """Hold while values are sealed, or copied sealed, and written: a rotation waits until they are."""
        if self._kept_in is None or self._is_alone:
            yield
            return
        with self._kept_in.shared():
            self._notice()
            yield

    @property
    def is_kept_here(self) -> bool:
        """Whether keys can be added here."""
        return self._kept_in is not None

    def given_ids(self) -> list[str]:
        """Return the ids of the keys in force that come from outside."""
        return self.key_ids() if self._kept_in is None else [key_id(key) for key in self._kept_in.given]

    @contextmanager
    def alone(self) -> Generator[None]:
        """Keep every other vault on the same keys from `writing`; for a process that does nothing else."""
        if self._kept_in is None:
            yield
            return
        with self._kept_in.alone():
            self._is_alone = True
            try:
                yield
            finally:
                self._is_alone = False

    def add_key(self) -> str:
        """Make a key, put it first, and return its id."""
        kept = self._changeable()
        with self.alone():
            kept.add(new_key())
            self._notice()
        return self.sealing_key()

    def retire_keys(self, key_ids: Sequence[str], *, at: datetime) -> list[str]:
        """Take keys out of force and return the ids of those that left; hold `alone`."""
        kept = self._changeable()
        masters = [master for master in kept.load() if key_id(master) in key_ids]
        left = [key_id(master) for master in kept.retire(masters, at=at)]
        self._notice()
        return left

    def retired_keys(self) -> dict[str, str]:
        """Return the ids of the retired keys somebody has to look after, and the file each is in."""
        retired = self._kept_in.retired() if self._kept_in is not None else {}
        in_force = self.key_ids()
        return {key_id(each): path for each, path in retired.items() if path and key_id(each) not in in_force}

    def seal_text(self, text: str, about: str) -> str:
        """Return a text sealed with the newest key."""
        key = self._in_force[0]
        return f"{_MARK}{key.key_id}.{b64encode(_seal(key, text.encode(), about)).decode()}"

    def open_text(self, sealed: str, about: str) -> str:
        """Return the text that was sealed.

        Raises
        ------
        StorageError
            Its key is not there, or it was changed or sealed about something else; tells nothing of the value.
        """
        mark, _, rest = sealed.partition(".")
        name, _, content = rest.partition(".")
        if f"{mark}." != _MARK:
            raise StorageError(_IN_CLEAR)
        try:
            return _open(self._key(name), b64decode(content, validate=True), about).decode()
        except (Base64Error, ValueError):
            raise StorageError(_CHANGED) from None

    def seal_bytes(self, data: bytes, about: str) -> bytes:
        """Return bytes sealed with the newest key, `SEALED_BYTES_MORE` longer."""
        key = self._in_force[0]
        return _MARK.encode() + bytes.fromhex(key.key_id) + _seal(key, data, about)

    def open_bytes(self, sealed: bytes, about: str) -> bytes:
        """Return the bytes that were sealed; raises as `open_text` does."""
        start = len(_MARK) + _ID_DIGITS // 2
        if not sealed.startswith(_MARK.encode()):
            raise StorageError(_IN_CLEAR)
        return _open(self._key(sealed[len(_MARK) : start].hex()), sealed[start:], about)

    def token(self, word: str) -> str:
        """Return a word as it is found by: 64 bits of a keyed hash under the newest key."""
        return self._in_force[0].token(word)

    def tokens_of_every_key(self, word: str) -> list[str]:
        """Return a word's token under each key in force, the oldest first, as a rotation moves values to the newest."""
        self._notice()
        return [key.token(word) for key in reversed(self._in_force)]

    def fingerprint(self, value: Any) -> str:  # noqa: ANN401  any JSON value
        """Return a keyed hash of a value's canonical JSON; it names the newest key, under which it is made."""
        return _fingerprint(self._in_force[0], value)

    def is_fingerprint_of(self, stored: str, value: Any) -> bool:  # noqa: ANN401  any JSON value
        """Whether a stored fingerprint is that of a value, under the key it names; raises as `open_text` does."""
        key = self._key(stored.partition(".")[0])
        return hmac.compare_digest(stored, _fingerprint(key, value))

    def sign(self, data: bytes, *, key_id: str) -> str:
        """Return the HMAC-SHA256, in hex, of data under what is derived from a key in force; raises as `open_text`."""
        return self._key(key_id).signature(data)

    def is_signature(self, signature: str, data: bytes, *, key_id: str) -> bool | None:
        """Whether a signature is that of data; None where its key is neither in force nor among the retired ones."""
        key = self._known.get(key_id) or self._retired(key_id)
        return None if key is None else hmac.compare_digest(signature.encode(), key.signature(data).encode())

    def _retired(self, name: str) -> _Key | None:
        """Return a key that seals nothing any more, or that another process has added since."""
        self._notice()
        retired = self._kept_in.retired() if self._kept_in is not None and name not in self._known else {}
        return self._known.get(name) or next((_Key(each) for each in retired if key_id(each) == name), None)

    def _changeable(self) -> KeptKeys:
        if self._kept_in is None:
            raise StorageError("The keys come from SMARTBANK_DATA_KEYS: change them there.")
        return self._kept_in

    def _key(self, name: str) -> _Key:
        if name not in self._known:
            self._notice()
        if name not in self._known:
            raise StorageError(
                f"What was asked for is sealed with the key {name[:_ID_DIGITS]}, which is not there. Put that key back "
                "into SMARTBANK_DATA_KEYS, or restore the file data-keys, and start SmartBank again."
            )
        return self._known[name]

    def _notice(self) -> None:
        if self._kept_in is not None and (state := self._kept_in.state()) != self._state:
            self._take(self._kept_in.load())
            self._state = state

    def _take(self, masters: Sequence[bytes]) -> None:
        keys = tuple(self._known.get(key_id(master)) or _Key(master) for master in masters)
        self._known = self._known | {key.key_id: key for key in keys}
        self._in_force = keys


def key_id(master: bytes) -> str:
    """Return the short name of a key, which tells nothing of it."""
    return hashlib.sha256(b"smartbank key id 1" + master).hexdigest()[:_ID_DIGITS]


_CHANGED: Final = (
    "A sealed value was changed since it was stored, so it is not shown. Restore the database from a backup, "
    "or bring the customers in again."
)
_IN_CLEAR: Final = (
    "A value that should be sealed is stored in clear, so it is not used. It was written by an earlier or another "
    "program: bring the customers in again, or begin with an empty database."
)


def _derived(master: bytes, purpose: bytes) -> bytes:
    return HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=purpose).derive(master)


def _fingerprint(key: _Key, value: Any) -> str:  # noqa: ANN401  any JSON value
    return f"{key.key_id}.{key.digest(b'fingerprint:', canonical_json(value)).hex()[:_FINGERPRINT_DIGITS]}"


def _seal(key: _Key, data: bytes, about: str) -> bytes:
    nonce = urandom(_NONCE)
    return nonce + key.cipher.encrypt(nonce, data, about.encode())


def _open(key: _Key, sealed: bytes, about: str) -> bytes:
    try:
        return key.cipher.decrypt(sealed[:_NONCE], sealed[_NONCE:], about.encode())
    except (InvalidTag, ValueError):
        raise StorageError(_CHANGED) from None
