"""Messages to users in memory."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from threading import RLock

from smartbank.core.inbox import MESSAGES_KEPT, Message
from smartbank.core.moments import to_milliseconds


class MemoryInbox:
    """Keeps the messages in a dictionary."""

    def __init__(self) -> None:
        self._messages: dict[str, Message] = {}
        self._lock = RLock()

    def add(self, message: Message) -> bool:
        with self._lock:
            if message.message_id in self._messages:
                return False
            self._messages[message.message_id] = replace(message, created_at=to_milliseconds(message.created_at))
            for old in self._of(message.username)[MESSAGES_KEPT:]:
                del self._messages[old.message_id]
        return True

    def newest(self, username: str) -> list[Message]:
        with self._lock:
            return self._of(username)[:MESSAGES_KEPT]

    def mark_read(self, username: str, message_ids: Iterable[str], *, now: datetime) -> None:
        with self._lock:
            for message_id in message_ids:
                message = self._messages.get(message_id)
                if message is not None and message.username == username and message.read_at is None:
                    self._messages[message_id] = replace(message, read_at=to_milliseconds(now))

    def delete_before(self, moment: datetime) -> int:
        with self._lock:
            kept = {key: message for key, message in self._messages.items() if message.created_at >= moment}
            deleted = len(self._messages) - len(kept)
            self._messages = kept
        return deleted

    def _of(self, username: str) -> list[Message]:
        found = [message for message in self._messages.values() if message.username == username]
        return sorted(found, key=lambda message: (message.created_at, message.message_id), reverse=True)
