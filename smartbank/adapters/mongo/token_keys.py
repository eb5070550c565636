"""The keys that sign tokens, in MongoDB; each is sealed."""

import logging
from base64 import b64decode, b64encode
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from smartbank.adapters.mongo.connection import MongoDatabase
from smartbank.adapters.mongo.errors import storage_errors
from smartbank.adapters.mongo.schema import SCHEMA_VERSION
from smartbank.adapters.vault import Vault
from smartbank.core.tokens import SigningKey
from smartbank.errors import StorageError

log = logging.getLogger(__name__)

_LONG_AGO: Final = datetime(1970, 1, 1, tzinfo=UTC)


class MongoTokenKeyRepository:
    """Keeps one document a key in `token_keys`."""

    def __init__(self, database: MongoDatabase, *, vault: Vault) -> None:
        self._keys = database["token_keys"]
        self._vault = vault

    def all(self) -> list[SigningKey]:
        with storage_errors():
            documents = list(self._keys.find())
        opened = [key for document in documents if (key := self._opened(document)) is not None]
        return sorted(opened, key=lambda key: (key.made_at, key.key_id), reverse=True)

    def _opened(self, document: Mapping[str, Any]) -> SigningKey | None:
        """Return a key; None for one that does not open, which must not keep everybody out."""
        try:
            secret = self._vault.open_text(document["secret"], about_token_key(document["_id"]))
        except StorageError:
            log.warning("the key %s of tokens does not open, so what it signed is refused", document["_id"])
            return None
        return SigningKey(document["_id"], document["made_at"], b64decode(secret))

    def add(self, key: SigningKey) -> None:
        secret = b64encode(key.secret).decode()
        with storage_errors(), self._vault.writing():
            document: dict[str, Any] = {
                "_id": key.key_id,
                "made_at": key.made_at,
                "secret": self._vault.seal_text(secret, about_token_key(key.key_id)),
                "sealed_with": [self._vault.sealing_key()],
                "schema_version": SCHEMA_VERSION,
            }
            self._keys.insert_one(document)

    def delete_made_before(self, moment: datetime) -> int:
        with storage_errors():
            return self._keys.delete_many({"made_at": {"$gte": _LONG_AGO, "$lt": moment}}).deleted_count


def about_token_key(key_id: str) -> str:
    """Return what a key of tokens is sealed as."""
    return f"token_key:{key_id}"
