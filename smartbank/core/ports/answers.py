"""Answers that are kept for a request that comes again."""

from datetime import datetime
from typing import Protocol

from smartbank.core.idempotency import KeptAnswer


class AnswerRepository(Protocol):
    """Answers by a name made of who asked, where and under which key; what was asked and answered is sealed."""

    def begin(self, name: str, asked: str, *, now: datetime) -> KeptAnswer | None:
        """Note that a request is being done; None where it is this caller's to do, else what is known of it.

        One that was broken off, and one whose answer is kept no longer, counts as never made.
        """
        ...

    def finish(self, name: str, body: str) -> None:
        """Keep the answer of a request that was begun; of one forgotten since, as by an erasure, nothing is kept."""
        ...

    def forget(self, name: str) -> None:
        """Forget a request that failed: it may be made again under its key."""
        ...

    def delete_before(self, moment: datetime) -> int:
        """Delete what was begun before a moment, and return how much there was."""
        ...
