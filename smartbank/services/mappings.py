"""Match the columns of an upload: as its user says, or as somebody did for an earlier file with the same header."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from smartbank.core.columns import ColumnPlan, lacking, plan_columns
from smartbank.core.mappings import SavedMapping, header_signature, mapping_to_keep
from smartbank.core.ports import MappingRepository
from smartbank.core.work import Work
from smartbank.errors import LeadValidationError


@dataclass(frozen=True)
class Matched:
    """How the columns of an upload were matched.

    Attributes
    ----------
    by_hand : mapping of str to str
        Column of the file to our field, as somebody said.
    remembered : SavedMapping or None
        Whose earlier mapping that is; None where the user of this upload said it.
    """

    plan: ColumnPlan
    by_hand: Mapping[str, str] = field(default_factory=dict)
    remembered: SavedMapping | None = None

    @property
    def said(self) -> dict[str, Any]:
        """What the readiness report says of it."""
        saved = self.remembered
        return {
            "by_hand": dict(self.by_hand),
            "by_hand_as": saved.by if saved else "",
            "by_hand_at": saved.at.isoformat() if saved else "",
        }


def match_columns(work: Work, columns: Sequence[str], *, mappings: MappingRepository) -> Matched:
    """Return how an upload's columns are matched, and keep what its user matched by hand for the next such file.

    Mapped by hand, with a mapping that gives age and job, it replaces what was kept; with an empty one that is
    forgotten. Else a kept mapping is applied where it still fits.

    Parameters
    ----------
    work : Work
        Its request may hold `mapping` (column of the file to field) and `by_hand` (whether a user has chosen it).

    Raises
    ------
    LeadValidationError
        The user's mapping does not fit the file.
    """
    mapping = dict(work.request.get("mapping") or {})
    if mapping or work.request.get("by_hand"):
        plan = plan_columns(columns, mapping)
        kept = mapping_to_keep(columns, mapping, by=work.created_by, at=work.created_at)
        if kept is not None and not lacking(plan):
            mappings.save(kept)
        elif not mapping:
            mappings.forget(header_signature(columns))
        return Matched(plan, mapping)
    saved = mappings.find(header_signature(columns))
    by_hand = saved.for_columns(columns) if saved else {}
    if not by_hand:
        return Matched(plan_columns(columns))
    try:
        return Matched(plan_columns(columns, by_hand), by_hand, saved)
    except LeadValidationError:
        return Matched(plan_columns(columns))
