"""The keys of the data, and what they seal."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol


class KeyRing(Protocol):
    """The keys of the data, by id; the newest one seals."""

    @property
    def is_kept_here(self) -> bool:
        """Whether keys can be added here: in a file or under a wrapping key, not only given from outside."""
        ...

    def given_ids(self) -> list[str]:
        """Return the ids of the keys in force that come from outside: whoever gave them takes them away."""
        ...

    def key_ids(self) -> list[str]:
        """Return the ids of the keys in force, newest first."""
        ...

    def add_key(self) -> str:
        """Make a key, put it first, and return its id; whoever seals afterwards, in any process, seals with it."""
        ...

    def alone(self) -> AbstractContextManager[None]:
        """Wait until nobody writes sealed values, and let nobody begin to; does nothing where computers share the keys.

        Within it nothing may be called that is not of the same ring.
        """
        ...

    def retire_keys(self, key_ids: Sequence[str], *, at: datetime) -> Sequence[str]:
        """Take keys out of force, keep them apart, and return those that left; hold `alone`.

        One that another computer may still be sealing with stays until it cannot be.
        """
        ...

    def retired_keys(self) -> Mapping[str, str]:
        """Return the ids of the retired keys that are kept in files here, and the file each is in."""
        ...


class Signer(Protocol):
    """Signs what leaves SmartBank, so that it is known again."""

    def sealing_key(self) -> str:
        """Return the id of the newest key."""
        ...

    def sign(self, data: bytes, *, key_id: str) -> str:
        """Return the signature of data, in hex, under what is derived from a key; never the key itself."""
        ...

    def is_signature(self, signature: str, data: bytes, *, key_id: str) -> bool | None:
        """Whether a signature is that of data under a key, retired ones included; None where the key is not here."""
        ...


class SealedData(Protocol):
    """Everything in the database that is sealed."""

    def sealed_with(self, key_id: str) -> Mapping[str, int]:
        """Return how many documents of each collection hold something a key sealed."""
        ...

    def reseal(self, key_id: str, *, report: Callable[[int], None]) -> int:
        """Seal again, with the newest key, what a key sealed; return of how many documents.

        In small batches, safe to break off, to repeat, and beside everything else. What does not open is left.
        `report` is told after each batch how many documents it moved.
        """
        ...


class KeyWrapper(Protocol):
    """Wraps the keys of the data with a key that is elsewhere."""

    def rewrap(self) -> int:
        """Wrap every key with the wrapping key in force, and return how many. Raises `StartUpError`."""
        ...
