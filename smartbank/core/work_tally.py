"""How much work of each kind has ended, for whoever watches SmartBank."""

from dataclasses import dataclass

from smartbank.core.work import WorkKind


@dataclass(frozen=True)
class WorkTally:
    """Work of one kind that ended, since the first; figures only grow.

    Attributes
    ----------
    done, failed : int
        Pieces of work.
    seconds : float
        What was spent on them, from when a worker began them last to their end.
    leads : int
        Leads that were scored.
    """

    kind: WorkKind
    done: int = 0
    failed: int = 0
    seconds: float = 0.0
    leads: int = 0

    def plus(self, other: "WorkTally") -> "WorkTally":
        """Return both together."""
        return WorkTally(
            self.kind,
            self.done + other.done,
            self.failed + other.failed,
            self.seconds + other.seconds,
            self.leads + other.leads,
        )
