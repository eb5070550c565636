"""A request that may come twice under one key is done once, and answered alike both times."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

KEPT_FOR: Final = timedelta(hours=24)
"""How long an answer is kept for the same request to come again."""
GIVEN_UP_AFTER: Final = timedelta(minutes=2)
"""After this time a request without an answer counts as broken off, and is done anew."""
KEY_PATTERN: Final = r"^[A-Za-z0-9._:-]{8,64}$"


@dataclass(frozen=True)
class KeptAnswer:
    """What is known of a request that came before under the same key.

    Attributes
    ----------
    is_same : bool
        Whether it asked for the same.
    body : str or None
        The answer as JSON; None while the request is being done.
    """

    is_same: bool
    body: str | None = None
