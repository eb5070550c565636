"""What one cell of a file says: a level of a category, a number, or that it is unknown."""

import math
import re
import unicodedata
from dataclasses import dataclass
from typing import Final

from smartbank.core.fields import FIELD, UNKNOWN, YES_NO, Field
from smartbank.core.folding import folded
from smartbank.core.level_words import LEVEL_WORDS

_UNKNOWN_TEXTS: Final = frozenset({"", "null", UNKNOWN, "unbekannt", "desconhecido", "desconhecida"})
_FLAGS: Final = dict.fromkeys(("yes", "y", "true", "t", "1", "10", "sim", "ja"), "yes") | dict.fromkeys(
    ("no", "n", "false", "f", "0", "00", "nao", "nein"), "no"
)
"""Flags by their folded text; "1.0" and "0.0" fold to "10" and "00"."""
_LEVELS: Final[dict[str, dict[str, str]]] = LEVEL_WORDS | {
    "do_not_call": {"x": "yes"},
    "objected": {"x": "yes"},
    "consent": {"x": "yes", "given": "yes", "granted": "yes", "refused": "no", "withdrawn": "no", "revoked": "no"},
}
_PLAIN: Final = re.compile(r"[+-]?[0-9]+(?:[.,][0-9]+)?(?:e[+-]?[0-9]+)?")
_GROUPED: Final = tuple(
    re.compile(rf"[+-]?[1-9][0-9]{{0,2}}(?:{mark}[0-9]{{3}})+(?:{decimal}[0-9]+)?")
    for mark, decimal in ((",", r"\."), (r"\.", ","), ("[ ']", "[.,]"))
)
_LONGEST_NUMBER: Final = 40


@dataclass(frozen=True)
class Number:
    """A cell read as a number: its value (NaN for unknown), or why it cannot be used."""

    value: float
    problem: str = ""
    is_out_of_range: bool = False


def level_of(field: Field, text: str) -> str | None:
    """Return the level a text means, `UNKNOWN` for a missing value, or None for a value nobody knows."""
    folded = _folded(text)
    if folded in _UNKNOWN_TEXTS:
        return UNKNOWN
    return _TABLES[field.name].get(folded)


def number_of(field: Field, text: str) -> Number:
    """Return the one number a text can mean within the field's range.

    A decimal comma and thousands are read; where two readings fit the range ("1.000" days), none is taken.
    """
    plain = unicodedata.normalize("NFKC", text[: _LONGEST_NUMBER + 1]).strip().lower()
    plain = plain.replace("\u2212", "-").replace("\u2019", "'")
    if plain in _UNKNOWN_TEXTS or plain == "nan":
        return Number(math.nan)
    found = {value for value in readings(plain) if math.isfinite(value)}
    if not found:
        return Number(math.nan, f"{field.label} is not a number.")
    whole = {value for value in found if field.kind != "integer" or value.is_integer()}
    if not whole:
        return Number(math.nan, f"{field.label} must be a whole number.")
    fitting = sorted(value for value in whole if field.low <= value <= field.high)
    if not fitting:
        limits = f"{field.low:,.10g} to {field.high:,.10g}"
        return Number(math.nan, f"{field.label} must be from {limits}.", is_out_of_range=True)
    if len(fitting) > 1:
        both = " or as ".join(f"{value:.10g}" for value in fitting)
        return Number(math.nan, f"{field.label} can be read as {both}: write it without a separator.")
    return Number(fitting[0])


def readings(plain: str) -> list[float]:
    """Return every number a text can mean: with a decimal point or comma, and with thousands."""
    if len(plain) > _LONGEST_NUMBER:
        return []
    values = [float(plain.replace(",", "."))] if _PLAIN.fullmatch(plain) else []
    comma, dot, space = _GROUPED
    if comma.fullmatch(plain):
        values.append(float(plain.replace(",", "")))
    if dot.fullmatch(plain):
        values.append(float(plain.replace(".", "").replace(",", ".")))
    if space.fullmatch(plain):
        values.append(float(re.sub("[ ']", "", plain).replace(",", ".")))
    return values


def _folded(text: str) -> str:
    return re.sub(r"[\W_]+", "", folded(text[:200]))


def _table(field: Field) -> dict[str, str]:
    table = {_folded(level): level for level in field.levels} | _LEVELS.get(field.name, {})
    return _FLAGS | table if field.levels == YES_NO else table


_TABLES: Final = {name: _table(field) for name, field in FIELD.items() if field.kind == "category"}
