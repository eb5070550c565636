"""Leases: for how long what somebody holds is theirs, also when the clock of a computer was wrong for a while."""

from datetime import datetime, timedelta
from typing import Final

CLOCK_SET_BACK: Final = timedelta(minutes=5)
"""What was noted so much later than now was noted by a clock that has been set back since; leases last a minute."""


def has_run_out(lease_until: datetime, now: datetime) -> bool:
    """Whether a lease is over, or was taken by a clock that has been set back: whoever lives renews it in seconds."""
    return not now < lease_until <= now + CLOCK_SET_BACK


def is_from_ahead(moment: datetime | None, now: datetime, *, by: timedelta = CLOCK_SET_BACK) -> bool:
    """Whether a moment that ought to have passed was noted by a clock that has been set back, by more than `by`."""
    return moment is not None and moment > now + by
