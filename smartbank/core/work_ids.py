"""Names of queued work that sort by time."""

import re
import secrets
from datetime import UTC, datetime
from typing import Final

ASKED: Final = "ask-"
_MOMENT: Final = len("20261122-081500-123")
_ID: Final = re.compile(r"(?=.*[0-9])[0-9a-z-]{1,40}")


def new_work_id(now: datetime) -> str:
    """Return a new id such as `20261122-081500-123-4f9c2a`: the UTC time it was made, and chance."""
    return f"{now:%Y%m%d-%H%M%S}-{now.microsecond // 1000:03d}-{secrets.token_hex(3)}"


def made_at(work_id: str) -> datetime | None:
    """Return when an id of `new_work_id` was made, in UTC to the millisecond; None for any other text."""
    try:
        return datetime.strptime(work_id[:_MOMENT], "%Y%m%d-%H%M%S-%f").replace(tzinfo=UTC)
    except ValueError:
        return None


def new_request_id(now: datetime) -> str:
    """Return a new id of a program's request for scores: as a work id, told from one by how it begins."""
    return f"{ASKED}{new_work_id(now)}"


def asked_before(moment: datetime) -> str:
    """Return what sorts after the ids of all requests made before a moment, and before those made later."""
    return f"{ASKED}{moment:%Y%m%d-%H%M%S}"


def is_request(run_id: str) -> bool:
    """Whether the run of a prediction was a program's request."""
    return run_id.startswith(ASKED)


def work_reference(text: str) -> str:
    """Return a work id from an address as it may be put on record: what cannot be one may be a name."""
    return text if _ID.fullmatch(text) else "no work id"
