"""What users are told."""

from collections.abc import Iterable
from datetime import datetime
from typing import Protocol

from smartbank.core.inbox import Message


class Inbox(Protocol):
    """The messages of each user, of which only the newest `MESSAGES_KEPT` stay, so that a look is always quick."""

    def add(self, message: Message) -> bool:
        """Keep a message, and return whether it was new; the same id again changes nothing."""
        ...

    def newest(self, username: str) -> list[Message]:
        """Return the messages of a user, newest first; one quick read, which a screen may repeat every few seconds."""
        ...

    def mark_read(self, username: str, message_ids: Iterable[str], *, now: datetime) -> None:
        """Note when a user read some of the messages; those read before, unknown or of others stay as they are."""
        ...

    def delete_before(self, moment: datetime) -> int:
        """Delete every message that was made before a moment, and return how many there were."""
        ...
