"""What is made of a source's answer: year on year, on the training data's scale, and believed or refused."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

import numpy as np

from smartbank.core.market.indicators import FACTS, Indicator
from smartbank.core.market.observations import (
    SOURCE_NAMES,
    Observation,
    ObservationStatus,
    RawPoint,
    RawSeries,
)
from smartbank.core.market.periods import Period
from smartbank.core.market.training import TrainingMarket

OVERLAP_TOLERANCE: Final = 2e-5
"""Largest relative deviation of the rebased index from the training data; 7e-6 was seen on INE's index of base 2025."""
JUMP_DEVIATIONS: Final = 6.0
MIN_CHANGES: Final = 12
"""Changes from which a standard deviation is taken; a shorter history is not judged by jumps."""
SMALLEST_JUMP: Final = {
    Indicator.EURIBOR: 0.5,
    Indicator.EMPLOYMENT: 2.0,
    Indicator.CPI: 1.0,
    Indicator.CONFIDENCE: 10.0,
}
"""A change up to this is no jump however quiet the history was, in the indicator's unit."""
CONFIRMED_BY: Final = 3
"""Values in a row that agree with each other and not with those before: from the last of them on a jump is believed."""
NEW_AT_FIRST: Final = 3
"""Newest values judged by jumps where nothing is known yet, or where they were revised; older ones are history."""
BREAK: Final = "b"
KNOWN_FLAGS: Final = frozenset("apersud" + BREAK)
"""Marks of a published value: normal, provisional, estimated, revised, low reliability, other definition, break."""
_YEAR_ON_YEAR: Final = {"index": 2, "thousand persons": 1}
"""Units turned into year on year percent, and with how many decimals the training data has them."""
_UNITS: Final = {
    Indicator.EURIBOR: ("percent",),
    Indicator.EMPLOYMENT: ("percent", "thousand persons"),
    Indicator.CPI: ("percent", "index"),
    Indicator.CONFIDENCE: ("balance",),
}


@dataclass(frozen=True)
class Judged:
    """What a source's answer came to.

    Attributes
    ----------
    observations : tuple of Observation
        By period, refused ones too; of an answer refused as a whole only the newest value.
    problem : str
        Why the newest value is not believed, for the reader of the screen; empty if it is.
    """

    observations: tuple[Observation, ...]
    problem: str = ""

    @property
    def newest(self) -> Observation | None:
        """The newest accepted observation."""
        accepted = [each for each in self.observations if each.status is ObservationStatus.ACCEPTED]
        return accepted[-1] if accepted else None


def judge_series(
    raw: RawSeries,
    *,
    indicator: Indicator,
    is_proxy: bool,
    training: TrainingMarket,
    known: Sequence[Observation],
    today: date,
) -> Judged:
    """Return the observations a source's answer holds, each accepted or refused with its reason.

    An index and a number of persons become year on year percent, both values from this answer; a price index must
    first fit the 26 training months (`overlap_factor`).

    Parameters
    ----------
    known : sequence of Observation
        What is kept of the indicator; only accepted ones of the same source and series count.
    today : date
        A value of a period that has not begun is refused.
    """
    who = SOURCE_NAMES[raw.source]
    if not raw.points:
        return Judged((), f"{who} sent no values.")
    if raw.unit not in _UNITS[indicator]:
        return Judged((), f"{who} sent {raw.unit} where {' or '.join(_UNITS[indicator])} is expected.")
    points, how, misfit = list(raw.points), "as is", ""
    if raw.unit == "index":
        misfit, how = _fit(raw, training)
    if raw.unit in _YEAR_ON_YEAR:
        points = _year_on_year(raw.points, decimals=_YEAR_ON_YEAR[raw.unit])
        how = how if raw.unit == "index" else "year on year"
    if not points:
        return Judged((), f"{who} sent no value whose year before it sent too.")
    published = {point.period: point.value for point in raw.points}
    said = [
        Observation(
            indicator,
            point.period,
            point.value,
            FACTS[indicator].unit,
            raw.source,
            raw.series,
            raw.fetched_at,
            published[point.period],
            raw.unit,
            how,
            point.flag,
            is_proxy,
        )
        for point in points
    ]
    if misfit:
        return Judged((_refused(said[-1], f"{who}: {misfit}"),), f"{who}: {misfit}")
    mine = [
        each
        for each in known
        if (each.source, each.series, each.status) == (raw.source, raw.series, ObservationStatus.ACCEPTED)
    ]
    judged = _each_judged(said, known={each.period: each.value for each in mine}, today=today)
    return Judged(tuple(judged), judged[-1].reason)


def overlap_factor(index: Mapping[Period, float], training: TrainingMarket) -> tuple[float, float]:
    """Return the factor that puts a price index on the training data's base, and how badly it fits at worst.

    `k` is the mean over the training months of training index / index, the misfit the largest
    `|training / (k * index) - 1|`. `k * index` is the index on the training data's base, 2012 = 100.

    Raises
    ------
    ValueError
        A training month is not covered, or a level is not above zero.
    """
    pairs = [(month.cpi, index[month.period]) for month in training.months if month.period in index]
    if len(pairs) < len(training.months) or min(level for _, level in pairs) <= 0:
        raise ValueError("The index does not cover the training months.")
    ours, theirs = np.array(pairs).T
    factor = float((ours / theirs).mean())
    return factor, float(np.abs(ours / (factor * theirs) - 1).max())


def _fit(raw: RawSeries, training: TrainingMarket) -> tuple[str, str]:
    """Return why an index does not fit the training data, if so, and what was made of it."""
    try:
        factor, misfit = overlap_factor({point.period: point.value for point in raw.points}, training)
    except ValueError:
        return "the index does not cover all months the model was trained in, so its base cannot be checked.", ""
    if misfit >= OVERLAP_TOLERANCE:
        return (
            "the index is no longer that of the training data: its base or the series changed "
            f"(it deviates by {misfit:.1e}, allowed is {OVERLAP_TOLERANCE:.0e}).",
            "",
        )
    return "", f"year on year of the index ({factor:.7f} times it is the training data's base)"


def _year_on_year(points: Sequence[RawPoint], *, decimals: int) -> list[RawPoint]:
    by_period = {point.period: point for point in points if not point.period.is_day and point.value > 0}
    changes = []
    for period, point in sorted(by_period.items()):
        before = by_period.get(period.year_before())
        if before is None:
            continue
        between = (each.flag for each in by_period.values() if before.period < each.period <= period)
        flag = BREAK if any(BREAK in each.lower() for each in between) else point.flag
        changes.append(RawPoint(period, round(100 * (point.value / before.value - 1), decimals), flag))
    return changes


def _each_judged(said: Sequence[Observation], *, known: Mapping[Period, float], today: date) -> list[Observation]:
    newest = first_new = max(0, len(said) - NEW_AT_FIRST)
    if known:
        first_new = next((at for at, each in enumerate(said) if each.period > max(known)), len(said))
    judged: list[Observation] = []
    changes: list[float] = []
    doubted: list[Observation] = []
    last: Observation | None = None
    for at, each in enumerate(said):
        is_revised = at >= newest and known.get(each.period, each.value) != each.value
        is_judged = last is not None and (at >= first_new or is_revised)
        reason = _fault(each, today=today)
        if not reason and is_judged and last is not None and (reason := _jump(each, last, changes)):
            doubted.append(each)
            if _confirmed(doubted, changes):
                reason, last = "", None
        judged.append(_refused(each, reason) if reason else each)
        if not reason:
            doubted = []
            if last is not None and (each.period.is_day or last.period.later(1) == each.period):
                changes.append(each.value - last.value)
            last = each
    return judged


def _fault(each: Observation, *, today: date) -> str:
    facts, who = FACTS[each.indicator], SOURCE_NAMES[each.source]
    value = f"{each.value:g} in {each.period.words}"
    if not facts.lowest <= each.value <= facts.highest:
        return f"{who} says {value}: outside what is believable ({facts.lowest:g} to {facts.highest:g})."
    if each.period.start > today:
        return f"{who} says {value}: that time has not begun."
    if each.transform != "as is" and BREAK in each.flag:
        return f"{who} marks a break in the series within the year up to {each.period.words}."
    if not set(each.flag.lower()) <= KNOWN_FLAGS:
        return f'{who} gives {value} the mark "{each.flag[:10]}", which is not known.'
    return ""


def _jump(each: Observation, last: Observation, changes: Sequence[float]) -> str:
    """Return why a value is too far from the last accepted one, given the changes before; empty if it is not."""
    if len(changes) < MIN_CHANGES:
        return ""
    allowed, change = _allowed(each.indicator, changes), abs(each.value - last.value)
    if change <= allowed:
        return ""
    return (
        f"{SOURCE_NAMES[each.source]} says {each.value:g} in {each.period.words} after {last.value:g} in "
        f"{last.period.words}: a jump of {change:.2f} where {allowed:.2f} is the most that is believed."
    )


def _allowed(indicator: Indicator, changes: Sequence[float]) -> float:
    return max(JUMP_DEVIATIONS * float(np.std(changes)), SMALLEST_JUMP[indicator])


def _confirmed(doubted: Sequence[Observation], changes: Sequence[float]) -> bool:
    """Whether the last values, each too far from what was believed before, agree with each other: the jump is real."""
    values = [each.value for each in doubted[-CONFIRMED_BY:]]
    steps = np.abs(np.diff(values))
    return len(values) == CONFIRMED_BY and bool((steps <= _allowed(doubted[0].indicator, changes)).all())


def _refused(observation: Observation, reason: str) -> Observation:
    return replace(observation, status=ObservationStatus.REFUSED, reason=reason)
