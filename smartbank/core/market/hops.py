"""What a refresh of an indicator came to: whom it asked, in order, and what each said."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Final

from smartbank.core.market.indicators import Indicator
from smartbank.core.market.observations import Source
from smartbank.core.market.periods import Period


class HopOutcome(StrEnum):
    """What came of one hop."""

    KEPT = "kept"
    """It answered with a fresh series, and something in it was new."""
    NOTHING_NEWER = "nothing newer"
    """It answered with a fresh series that was known already."""
    FAILED = "failed"
    """It did not answer, or with a series that has stopped."""
    REFUSED = "refused"
    """It answered with figures that are not believed."""
    FRESH = "fresh"
    """The kept figure is fresh and nothing newer is due: nobody was asked."""
    SKIPPED = "skipped"
    """Nobody was asked, for another reason."""


_ASKED: Final = (HopOutcome.KEPT, HopOutcome.NOTHING_NEWER, HopOutcome.FAILED, HopOutcome.REFUSED)


@dataclass(frozen=True)
class Hop:
    """One step on the way to a figure.

    Attributes
    ----------
    source : str
        For the reader of the screen: "ECB", or "Kept figures" where nobody was asked.
    said : str
        A sentence that stands on its own: "ECB did not answer within 10 s."
    """

    source: str
    outcome: HopOutcome
    said: str
    at: datetime

    @property
    def was_asked(self) -> bool:
        """Whether a source was asked over the network."""
        return self.outcome in _ASKED

    @property
    def brought_fresh(self) -> bool:
        """Whether a source was asked and its newest figure is fresh."""
        return self.outcome in (HopOutcome.KEPT, HopOutcome.NOTHING_NEWER)


@dataclass(frozen=True)
class Refreshed:
    """What one refresh of an indicator came to.

    Attributes
    ----------
    hops : tuple of Hop
        In the order they were made; at least one.
    newest : Period or None
        Of the figure to go by afterwards, of whatever age; None where only the bundled one is left.
    next_due : date
        From when on something newer is expected; not after `asked_at` where it is late already.
    new_figures : int
        How many accepted figures were not known before.
    left_alone : mapping of Source to datetime
        Publishers that asked to be left alone, for this indicator or another, and until when.
    """

    indicator: Indicator
    hops: tuple[Hop, ...]
    newest: Period | None
    asked_at: datetime
    next_due: date
    new_figures: int = 0
    left_alone: Mapping[Source, datetime] = field(default_factory=dict)

    @property
    def was_asked(self) -> bool:
        """Whether any source was asked."""
        return any(hop.was_asked for hop in self.hops)

    @property
    def is_good(self) -> bool:
        """Whether a fresh figure is kept now."""
        return any(hop.brought_fresh or hop.outcome is HopOutcome.FRESH for hop in self.hops)

    @property
    def has_failed(self) -> bool:
        """Whether sources were asked and none gave a fresh figure."""
        return self.was_asked and not self.is_good

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return {
            "indicator": str(self.indicator),
            "hops": [_hop_json(hop) for hop in self.hops],
            "newest": None if self.newest is None else self.newest.text,
            "asked_at": self.asked_at.isoformat(),
            "next_due": self.next_due.isoformat(),
            "new_figures": self.new_figures,
            "left_alone": {str(source): until.isoformat() for source, until in self.left_alone.items()},
        }

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> "Refreshed":
        """Return what `to_json` wrote; earlier versions wrote of no publisher that is left alone."""
        hops = tuple(
            Hop(each["source"], HopOutcome(each["outcome"]), each["said"], datetime.fromisoformat(each["at"]))
            for each in values["hops"]
        )
        return cls(
            Indicator(values["indicator"]),
            hops,
            None if values["newest"] is None else Period.parse(values["newest"]),
            datetime.fromisoformat(values["asked_at"]),
            date.fromisoformat(values["next_due"]),
            int(values["new_figures"]),
            {Source(name): datetime.fromisoformat(until) for name, until in values.get("left_alone", {}).items()},
        )


def _hop_json(hop: Hop) -> dict[str, str]:
    return {"source": hop.source, "outcome": str(hop.outcome), "said": hop.said, "at": hop.at.isoformat()}
