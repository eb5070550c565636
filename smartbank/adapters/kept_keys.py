"""What a vault asks of the place where its keys are kept and may change while it runs."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol


class KeptKeys(Protocol):
    """Keys of 32 bytes that several processes share: a file on one computer, or the database under a wrapping key."""

    @property
    def given(self) -> Sequence[bytes]:
        """Return the keys among those of `load` that come from outside and cannot be retired here."""
        ...

    def load(self) -> list[bytes]:
        """Return the keys in force, newest first. Raises `StartUpError` where they are missing or do not open."""
        ...

    def state(self) -> tuple[int, ...]:
        """Return what changes whenever the keys in force do; cheap."""
        ...

    def add(self, key: bytes) -> None:
        """Put a key first; hold `alone`."""
        ...

    def retire(self, keys: Sequence[bytes], *, at: datetime) -> list[bytes]:
        """Take keys out of force, keep them apart, and return those that left; hold `alone`.

        One that another process may still be sealing with stays.
        """
        ...

    def retired(self) -> Mapping[bytes, str]:
        """Return every retired key, and the file it is in; without a name where nobody has to look after it."""
        ...

    def shared(self) -> AbstractContextManager[None]:
        """Hold together with others while values are sealed and written."""
        ...

    def alone(self) -> AbstractContextManager[None]:
        """Hold alone; waits until nobody holds it. Does nothing where several computers share the keys."""
        ...
