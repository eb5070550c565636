"""The keys that sign tokens, in memory."""

from dataclasses import replace
from datetime import datetime
from threading import RLock

from smartbank.core.moments import to_milliseconds
from smartbank.core.tokens import SigningKey


class MemoryTokenKeyRepository:
    """Keeps keys by their id."""

    def __init__(self) -> None:
        self._keys: dict[str, SigningKey] = {}
        self._lock = RLock()

    def all(self) -> list[SigningKey]:
        with self._lock:
            return sorted(self._keys.values(), key=lambda key: (key.made_at, key.key_id), reverse=True)

    def add(self, key: SigningKey) -> None:
        with self._lock:
            self._keys[key.key_id] = replace(key, made_at=to_milliseconds(key.made_at))

    def delete_made_before(self, moment: datetime) -> int:
        with self._lock:
            old = [key_id for key_id, key in self._keys.items() if key.made_at < moment]
            for key_id in old:
                del self._keys[key_id]
            return len(old)
