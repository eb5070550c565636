"""Moments as they are kept."""

from datetime import datetime


def to_milliseconds(moment: datetime) -> datetime:
    """Return a moment without what is shorter than a millisecond.

    MongoDB keeps no more of it, so whatever is said, hashed or compared before it is kept has to be cut first: else it
    would be another moment when it is read again.
    """
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)
