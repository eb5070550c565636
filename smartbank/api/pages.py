"""Long answers come in pages: a limit, and a cursor that names the place to go on from."""

import base64
import binascii
from typing import Annotated

from fastapi import Query

from smartbank.errors import LeadValidationError

Limit = Annotated[int, Query(ge=1, le=100, description="How many at most.")]
Cursor = Annotated[
    str | None, Query(max_length=200, description="`next_cursor` of the page before; without one the first page.")
]


def cursor_of(place: str) -> str:
    """Return the cursor of a page that begins after a place."""
    return base64.urlsafe_b64encode(place.encode()).decode().rstrip("=")


def place_of(cursor: str | None) -> str:
    """Return the place a page begins after; an empty one for the first page. Raises `LeadValidationError`."""
    if cursor is None:
        return ""
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        return base64.b64decode(padded, altchars=b"-_", validate=True).decode()
    except (binascii.Error, ValueError):
        raise LeadValidationError("This cursor is none of ours. Ask for the first page again, without one.") from None
