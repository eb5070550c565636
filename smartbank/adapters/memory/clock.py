"""Times as MongoDB keeps them."""

from datetime import datetime


def to_milliseconds(moment: datetime) -> datetime:
    """Return a time without what is shorter than a millisecond: MongoDB does not keep it."""
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)
