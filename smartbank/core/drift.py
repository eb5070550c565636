"""How far the leads of a run are from those the model learned from: the population stability index, and its verdict."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from math import sqrt
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from smartbank.core.fields import FIELD, UNKNOWN

FloatArray = npt.NDArray[np.float64]

MOVED_FROM: Final = 0.1
"""Index from which shares have moved, and `SHIFTED_FROM` above which they have shifted: the convention of credit
scoring, as in N. Siddiqi, Credit Risk Scorecards (2006). It is a habit, not a test."""
SHIFTED_FROM: Final = 0.25
_DOUBT: Final = 3.0
"""Standard deviations of chance that must stay below `MOVED_FROM`, or the leads are too few to say."""
_LOST: Final = 0.2
"""Share of the leads, beyond that of the training rows, whose value is unknown, from which a column went wrong."""
_STRANGE: Final = 0.05
"""Share of the leads that came with a word nobody knows, from which a column went wrong."""
_OTHER: Final = "other"
_MARGIN_GROUPS: Final = 10
MARGIN: Final = "margin"


class DriftVerdict(StrEnum):
    """What an index means."""

    STABLE = "stable"
    MOVED = "moved"
    SHIFTED = "shifted"
    TOO_FEW = "too few leads to say"


def stability_index(then: Sequence[int], now: Sequence[int]) -> float:
    """Return the population stability index of two sets of counts over the same groups.

    With p and q the shares of a group in one and the other it is the sum of (p - q) ln(p / q): Jeffreys' divergence
    (Jeffreys 1946), in credit scoring known as PSI (Siddiqi 2006). A share of less than half a lead of the smaller set,
    such as that of an empty group, counts as half a lead of it on both sides. So the index is finite, never negative,
    the same both ways, and 0 for equal shares; the fewer leads there are, the less an empty group says.

    Parameters
    ----------
    then, now : sequence of int, of one length
        Leads by group, at least one lead in each set.
    """
    counts = np.array([then, now], dtype=np.float64)
    totals = counts.sum(axis=1, keepdims=True)
    p, q = np.maximum(counts / totals, 0.5 / totals.min())
    return float(((p - q) * np.log(p / q)).sum())


def index_by_chance(groups: int, n_then: int, n_now: int) -> float:
    """Return the index that chance alone hardly ever passes: its mean and three standard deviations.

    Of two samples of one population the index is about (1/n + 1/m) times a chi-squared of groups - 1 degrees of
    freedom (Yurdakul and Naranjo 2020), so its mean is (groups - 1) (1/n + 1/m): it grows as leads get fewer. A single
    group counts as two, or a lead beside it would say something of a handful.
    """
    free = max(1, groups - 1)
    return (free + _DOUBT * sqrt(2 * free)) * (1 / n_then + 1 / n_now)


@dataclass(frozen=True)
class FieldBins:
    """The training rows counted by the groups of a field.

    Attributes
    ----------
    levels : tuple of str
        Levels of a category that occur in the training rows; empty for a number.
    ends : tuple of float
        Upper end, not included, of each range of a number, rising, the last one infinite; empty for a category.
    counts : tuple of int
        Training rows by group; the last one is those whose value is unknown.
    """

    field: str
    levels: tuple[str, ...] = ()
    ends: tuple[float, ...] = ()
    counts: tuple[int, ...] = ()

    @property
    def labels(self) -> tuple[str, ...]:
        """Name of each group: a level, or a range such as `20-29`; the last one is `unknown`."""
        return (*(self.levels or range_labels(FIELD[self.field].low, self.ends)), UNKNOWN)

    def counted(self, values: pd.Series) -> tuple[list[int], dict[str, int]]:
        """Return leads by group, and how often each level occurs that the training rows do not have.

        Such a level is in the group `unknown`, as it is for the model. Only levels a lead may have are named.
        """
        if not self.levels:
            return count_numbers(values.to_numpy(dtype=np.float64, na_value=np.nan), self.ends), {}
        found = {str(level): int(n) for level, n in values.value_counts().items()}
        counts = [found.pop(level, 0) for level in self.levels]
        unseen: dict[str, int] = {}
        for level, n in found.items():
            name = level if level in FIELD[self.field].levels else _OTHER
            unseen[name] = unseen.get(name, 0) + n
        return [*counts, len(values) - sum(counts)], unseen


def count_numbers(values: FloatArray, ends: Sequence[float] | FloatArray) -> list[int]:
    """Return how many numbers lie below each of the rising ends and not below the one before; last, the not finite."""
    known = values[np.isfinite(values)]
    groups = np.bincount(np.searchsorted(np.asarray(ends, dtype=np.float64), known, side="right"), minlength=len(ends))
    return [*groups.tolist(), len(values) - len(known)]


def range_labels(low: float, ends: Sequence[float]) -> list[str]:
    """Return names of ranges of whole numbers: `17-19`, `4` for a single one, `70+` for the last."""
    starts = [low, *ends[:-1]]
    return [
        f"{start:.0f}+" if np.isinf(end) else f"{start:.0f}" if end - start == 1 else f"{start:.0f}-{end - 1:.0f}"
        for start, end in zip(starts, ends, strict=True)
    ]


@dataclass(frozen=True)
class FieldDrift:
    """One field of a run, or its margins, beside the training rows.

    Attributes
    ----------
    groups : tuple of (str, int, int)
        Name of each group, training rows in it, leads of the run in it.
    unseen : mapping of str to int
        Leads by a level the training rows do not have.
    strange : int
        Rows of the run's file with a word nobody knows; they came in as unknown.
    used : bool
        Whether the model ranks by it.
    """

    name: str
    groups: tuple[tuple[str, int, int], ...]
    unseen: Mapping[str, int] = field(default_factory=dict)
    strange: int = 0
    used: bool = True

    @property
    def n_then(self) -> int:
        """Training rows."""
        return sum(then for _label, then, _now in self.groups)

    @property
    def n_now(self) -> int:
        """Leads of the run."""
        return sum(now for _label, _then, now in self.groups)

    @property
    def index(self) -> float:
        """Population stability index, 0 or more."""
        return stability_index([then for _label, then, _now in self.groups], [now for *_rest, now in self.groups])

    @property
    def verdict(self) -> DriftVerdict:
        """What the index means, or that chance could explain one that has moved."""
        filled = sum(then > 0 for _label, then, _now in self.groups)
        if index_by_chance(filled, self.n_then, self.n_now) >= MOVED_FROM:
            return DriftVerdict.TOO_FEW
        if self.index > SHIFTED_FROM:
            return DriftVerdict.SHIFTED
        return DriftVerdict.STABLE if self.index < MOVED_FROM else DriftVerdict.MOVED

    @property
    def missing(self) -> tuple[float, float]:
        """Share whose value is unknown, in [0, 1]: in the training rows, and in the run."""
        unknown = [(then, now) for label, then, now in self.groups if label == UNKNOWN]
        return (unknown[0][0] / self.n_then, unknown[0][1] / self.n_now) if unknown else (0.0, 0.0)

    @property
    def risen(self) -> tuple[str, float, float]:
        """Group whose share grew most, with its share then and now, in [0, 1]."""
        shares = [(label, then / self.n_then, now / self.n_now) for label, then, now in self.groups]
        return max(shares, key=lambda group: group[2] - group[1])

    @property
    def is_spoilt(self) -> bool:
        """Whether the model ranks by it, it has shifted, and that is because many of its values came in unknown.

        One that nobody knows at all and no word was lost of is a column the leads do not have, which is no mistake.
        """
        then, now = self.missing
        lost = self.strange >= _STRANGE * self.n_now or (now - then >= _LOST and now < 1)
        return self.used and self.verdict is DriftVerdict.SHIFTED and lost


@dataclass(frozen=True)
class Drift:
    """How the leads of a run compare with those its model learned from.

    Attributes
    ----------
    whole : bool
        Whether the leads are a population; a selection from one differs because somebody chose it.
    fields : tuple of FieldDrift
        In the order of `LEAD_COLUMNS`; empty where the training rows could not be read.
    margin : FieldDrift
        Of the ranking margins, by tenths of the training rows, `1` the best. The level is left out: it moves with
        the market and the base rate, and every propensity with it, also when the leads are the same.
    """

    whole: bool
    fields: tuple[FieldDrift, ...]
    margin: FieldDrift

    def of_verdict(self, verdict: DriftVerdict) -> list[FieldDrift]:
        """Return the fields the model ranks by that have this verdict, largest index first."""
        found = [one for one in self.fields if one.used and one.verdict is verdict]
        return sorted(found, key=lambda one: -one.index)

    @property
    def spoilt(self) -> list[FieldDrift]:
        """Return the fields in which something went wrong, largest index first."""
        return [one for one in self.of_verdict(DriftVerdict.SHIFTED) if one.is_spoilt]

    @property
    def largest(self) -> FieldDrift:
        """The field with the largest index; the margins where no field is known."""
        return max(self.fields, key=lambda one: one.index, default=self.margin)

    def to_json(self) -> dict[str, Any]:
        """Return plain values, counts and names of groups only."""
        return {"whole": self.whole, "fields": [_json(one) for one in self.fields], "margin": _json(self.margin)}

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> "Drift":
        """Return what `to_json` wrote."""
        return cls(
            bool(values["whole"]), tuple(_field_drift(one) for one in values["fields"]), _field_drift(values[MARGIN])
        )


def field_drift(bins: FieldBins, values: pd.Series, *, strange: int = 0, used: bool = True) -> FieldDrift:
    """Return one field of at least one lead beside the training rows."""
    counts, unseen = bins.counted(values)
    return FieldDrift(bins.field, tuple(zip(bins.labels, bins.counts, counts, strict=True)), unseen, strange, used)


def margin_drift(reference: FloatArray, margins: FloatArray) -> FieldDrift:
    """Return the margins of at least one lead beside those of the reference leads, by tenths of the latter."""
    places = (np.arange(1, _MARGIN_GROUPS) * len(reference)) // _MARGIN_GROUPS
    ends = [*np.unique(np.sort(reference)[places]).tolist(), float("inf")]
    then, now = (count_numbers(values, ends)[:-1] for values in (reference, margins))
    labels = [str(len(ends) - place) for place in range(len(ends))]
    return FieldDrift(MARGIN, tuple(zip(labels, then, now, strict=True)))


def _json(one: FieldDrift) -> dict[str, Any]:
    return {
        "name": one.name,
        "groups": [list(group) for group in one.groups],
        "unseen": [list(pair) for pair in one.unseen.items()],
        "strange": one.strange,
        "used": one.used,
    }


def _field_drift(values: Mapping[str, Any]) -> FieldDrift:
    groups = tuple((str(label), int(then), int(now)) for label, then, now in values["groups"])
    unseen = {str(level): int(n) for level, n in values["unseen"]}
    return FieldDrift(values["name"], groups, unseen, int(values["strange"]), bool(values["used"]))
