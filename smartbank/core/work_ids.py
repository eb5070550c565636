"""Names of queued work that sort by time."""

import re
import secrets
from datetime import datetime
from typing import Final

_ID: Final = re.compile(r"(?=.*[0-9])[0-9a-z-]{1,40}")


def new_work_id(now: datetime) -> str:
    """Return a new id such as `20261122-081500-123-4f9c2a`: the UTC time it was made, and chance."""
    return f"{now:%Y%m%d-%H%M%S}-{now.microsecond // 1000:03d}-{secrets.token_hex(3)}"


def work_reference(text: str) -> str:
    """Return a work id from an address as it may be put on record: what cannot be one may be a name."""
    return text if _ID.fullmatch(text) else "no work id"
