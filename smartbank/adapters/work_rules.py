"""Rules of every work queue: leases, restarts, and what the reader of the screen is told."""

from typing import Final

LEASE_S: Final = 60.0
MOST_RESTARTS: Final = 3
"""How often work whose worker died is started again."""
RECENT_KEPT: Final = 100
"""How many of the newest pieces of work of a kind can be listed."""

GAVE_UP: Final = (
    f"The work was started {MOST_RESTARTS + 1} times and stopped each time before it was done. "
    "It may be too large for this computer: try a smaller file, or tell your administrator."
)
NOT_YOURS: Final = "The work was cancelled, or another worker has taken it over."
JOB_TAKEN: Final = "Another worker does this job now."
NO_SUCH_WORK: Final = "This upload, run or export does not exist any more."
