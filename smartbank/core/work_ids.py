"""Names of queued work that sort by time."""

import secrets
from datetime import datetime


def new_work_id(now: datetime) -> str:
    """Return a new id such as `20261122-081500-123-4f9c2a`: the UTC time it was made, and chance."""
    return f"{now:%Y%m%d-%H%M%S}-{now.microsecond // 1000:03d}-{secrets.token_hex(3)}"
