"""Figures of a model card, looked up by path; a card of another version may lack any of them."""

from collections.abc import Mapping
from math import isfinite
from typing import Any, Final

from smartbank.core.evaluation import Interval
from smartbank.errors import ModelArtifactError

TWIN_OF: Final = "twin_of"
"""Where the card of a model without age and marital status names the one with them."""


def card_number(card: Mapping[str, Any], *path: str) -> float | None:
    """Return a number of the card; None where it has none."""
    found = _at(card, path)
    is_number = isinstance(found, int | float) and not isinstance(found, bool) and isfinite(found)
    return float(found) if is_number else None  # type: ignore[arg-type]


def card_interval(card: Mapping[str, Any], *path: str) -> Interval | None:
    """Return a figure of the card with its interval; None where it has none or only one of the two."""
    ends = [card_number(card, *path, name) for name in ("value", "low", "high")]
    value, low, high = ends
    return None if value is None or low is None or high is None else Interval(value, low, high)


def card_rows(card: Mapping[str, Any], *path: str) -> list[Mapping[str, Any]]:
    """Return a table of the card, a mapping a row; empty where it has none."""
    found = _at(card, path)
    return [row for row in found if isinstance(row, Mapping)] if isinstance(found, list) else []


def card_part(card: Mapping[str, Any], *path: str) -> Mapping[str, Any]:
    """Return a part of the card; empty where it has none."""
    found = _at(card, path)
    return found if isinstance(found, Mapping) else {}


def card_level_error(card: Mapping[str, Any]) -> float | None:
    """Return by how many log-odds a month's level is off (root mean square); None where the card does not say."""
    return card_number(card, "metrics", "C", "level", "with_market")


def trained_until(card: Mapping[str, Any]) -> str:
    """Return the last month of a call a model was trained on, such as "2010-11".

    Raises
    ------
    ModelArtifactError
        The card does not say.
    """
    until = card_part(card, "data").get("last_period")
    if not isinstance(until, str):
        raise ModelArtifactError("The card of the model does not say until when it was trained. Train it again.")
    return until


def twin_of(card: Mapping[str, Any]) -> str | None:
    """Return the version a model is the twin of, without age and marital status; None for one that has both."""
    found = card.get(TWIN_OF)
    return found if isinstance(found, str) else None


def _at(card: Mapping[str, Any], path: tuple[str, ...]) -> object:
    found: object = card
    for name in path:
        if not isinstance(found, Mapping):
            return None
        found = found.get(name)
    return found
