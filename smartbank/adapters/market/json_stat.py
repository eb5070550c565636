"""JSON-stat 2.0, the shape in which Eurostat and BPstat answer, read for a single series."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from smartbank.adapters.market.points import in_order, json_of, number_in, period_in, refusal
from smartbank.core.market.observations import RawPoint
from smartbank.errors import MarketSourceError

_TIME_NAMES: Final = ("time", "reference_date")


def read_json_stat(
    body: bytes, *, who: str, period_text: Callable[[str], str] = lambda code: code
) -> tuple[RawPoint, ...]:
    """Return the points of one series; marks are kept as they are.

    Parameters
    ----------
    period_text : callable
        What a code of the time dimension says, as the text of a period.

    Raises
    ------
    MarketSourceError
        No JSON-stat, no value (a dead code answers like that), or more than one series: a dimension is not pinned.
    """
    answer = json_of(body, who=who)
    times = _times(answer, who=who)
    values = _by_position(answer.get("value"), len(times), who=who, what="value")
    marks = _by_position(answer.get("status", {}), len(times), who=who, what="status")
    points = [
        RawPoint(period_in(period_text(times[at]), who=who), number_in(value, who=who), _mark(marks.get(at), who=who))
        for at, value in values.items()
        if value is not None
    ]
    if not points:
        raise refusal(who, "answered without a value: the series has probably ended.")
    return in_order(points, who=who)


def _times(answer: Any, *, who: str) -> list[str]:  # noqa: ANN401 - whatever the publisher sent
    """Return the codes of the time dimension in order; every other dimension has one category."""
    shape = refusal(who, "sent JSON of another shape than is expected.")
    if not isinstance(answer, dict) or not isinstance(answer.get("dimension"), dict):
        raise shape
    names, sizes = answer.get("id"), answer.get("size")
    if not isinstance(names, list) or not isinstance(sizes, list) or len(names) != len(sizes):
        raise shape
    if any(type(size) is not int for size in sizes) or any(type(name) is not str for name in names):
        raise shape
    size_of = dict(zip(names, sizes, strict=True))
    time = next((name for name in _time_names(answer) if name in size_of), None)
    if time is None or len(size_of) < len(names):
        raise shape
    loose = sorted(name for name, size in size_of.items() if name != time and size != 1)
    if loose:
        raise refusal(who, f'sent more than one series: the dimension "{loose[0][:30]}" is not pinned.')
    codes = _codes(answer["dimension"].get(time), shape)
    if len(codes) != size_of[time]:
        raise shape
    return codes


def _time_names(answer: Mapping[str, Any]) -> list[str]:
    role = answer.get("role")
    named = role.get("time") if isinstance(role, dict) else None
    return [name for name in named if isinstance(name, str)] if isinstance(named, list) else list(_TIME_NAMES)


def _codes(dimension: object, shape: MarketSourceError) -> list[str]:
    category = dimension.get("category") if isinstance(dimension, dict) else None
    index = category.get("index") if isinstance(category, dict) else None
    if isinstance(index, dict) and all(type(at) is int for at in index.values()):
        if sorted(index.values()) == list(range(len(index))):
            return sorted(index, key=lambda code: index[code])
    elif isinstance(index, list) and all(isinstance(code, str) for code in index):
        return list(index)
    raise shape


def _by_position(given: object, size: int, *, who: str, what: str) -> dict[int, Any]:
    """Return what is given by position: an array, or a dictionary of those that are there."""
    if isinstance(given, list) and len(given) <= size:
        return dict(enumerate(given))
    if isinstance(given, dict) and all(at.isascii() and at.isdigit() and len(at) < 9 for at in given):
        found = {int(at): each for at, each in given.items()}
        if all(at < size for at in found):
            return found
    raise refusal(who, f'sent a "{what}" of another shape than is expected.')


def _mark(mark: object, *, who: str) -> str:
    if mark is None:
        return ""
    if not isinstance(mark, str):
        raise refusal(who, "marks a value with something that is no text.")
    return mark
