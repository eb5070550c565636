"""What the readers of all answers share: text, numbers, periods, and points in order."""

import json
import math
from collections.abc import Iterable
from typing import Any, Final

from smartbank.core.market.observations import RawPoint
from smartbank.core.market.periods import Period
from smartbank.errors import MarketSourceError

FIRST_YEAR: Final = 2007
"""A year before the training data; what publishers know of earlier times is left with them."""
GO_ON: Final = "SmartBank goes on with the next source, or with what it knows."
"""What is done after a refusal, for the end of its sentence."""


def refusal(who: str, why: str, *, wait_s: float = 0.0) -> MarketSourceError:
    """Return the error that says whose answer is not used, why, and what is done now; `wait_s` as it says there."""
    return MarketSourceError(f"{who} {why} {GO_ON}", wait_s=wait_s)


def text_of(body: bytes, *, who: str) -> str:
    """Return a body as text. Raises `MarketSourceError`."""
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as exc:
        raise refusal(who, "sent something that is no text.") from exc
    if text.lstrip()[:1] == "<":
        raise refusal(who, "sent a web page instead of figures.")
    return text


def json_of(body: bytes, *, who: str) -> Any:  # noqa: ANN401 - whatever the publisher sent
    """Return a body read as JSON, in which every number is finite. Raises `MarketSourceError`."""
    try:
        return json.loads(text_of(body, who=who), parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as exc:
        raise refusal(who, "sent JSON that cannot be read.") from exc


def number_in(value: object, *, who: str) -> float:
    """Return a finite number, given as such or as text with a point. Raises `MarketSourceError`."""
    try:
        number = math.nan if isinstance(value, bool) or not isinstance(value, int | float | str) else float(value)
    except (ValueError, OverflowError):
        number = math.nan
    if not math.isfinite(number):
        raise refusal(who, f"sent {_short(value)} where a number belongs.")
    return number


def period_in(text: object, *, who: str) -> Period:
    """Return the period a text names. Raises `MarketSourceError`."""
    try:
        if isinstance(text, str) and text.isascii():
            return Period.parse(text)
    except ValueError:
        pass
    raise refusal(who, f"sent {_short(text)} where a month, quarter or day belongs.")


def in_order(points: Iterable[RawPoint], *, who: str) -> tuple[RawPoint, ...]:
    """Return points by period. Raises `MarketSourceError` for a period named twice, or months among quarters."""
    found = sorted(points, key=lambda point: point.period)
    if len({point.period for point in found}) < len(found):
        raise refusal(who, "sent two values of one period, so it is more than one series.")
    if len({(point.period.is_quarter, point.period.is_day) for point in found}) > 1:
        raise refusal(who, "sent months, quarters or days mixed.")
    return tuple(found)


def since(year: int, points: tuple[RawPoint, ...], *, who: str) -> tuple[RawPoint, ...]:
    """Return the points of a year and later. Raises `MarketSourceError` if there are none."""
    found = tuple(point for point in points if point.period.start.year >= year)
    if not found:
        raise refusal(who, "answered without a recent value.")
    return found


def _short(value: object) -> str:
    return f'"{str(value)[:20]}"' if isinstance(value, str | float | bool) else "something else"


def _refuse_constant(name: str) -> float:
    raise ValueError(f"{name} is no number.")
