"""Values of the settings as people write and read them."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from smartbank.core.bank_settings import BankSettings, SettingsChange, changed_names, with_before
from smartbank.core.cells import readings
from smartbank.core.market.points import point_words
from smartbank.core.number_format import NumberFormat
from smartbank.core.settings_fields import SETTING_FIELD, SettingField, choices
from smartbank.errors import SettingsError

_SWITCH: Final = dict.fromkeys(("yes", "y", "true", "on", "1"), True) | dict.fromkeys(
    ("no", "n", "false", "off", "0"), False
)
_DIGITS: Final = 4
"""Decimals of a setting that are shown at most."""


@dataclass(frozen=True)
class HistoryLine:
    """A saved version for the reader: "Base rate: 11.3 % → 3 %", one text a changed value."""

    version: int
    at: datetime
    by: str
    texts: tuple[str, ...]


def read_value(name: str, text: str, *, numbers: NumberFormat) -> Any:  # noqa: ANN401  whatever the setting is
    """Return the value of a setting that a text means: "3 %" or "0.03", "8 EUR", "3; 1.5; 0.75", "yes".

    Points and commas are read as any bank writes them; what has two readings ("1.250") is read in the number format.

    Raises
    ------
    SettingsError
        There is no such setting, or the text is not of its kind. Whether the value is allowed is not looked at.
    """
    field = SETTING_FIELD.get(name)
    if field is None:
        raise SettingsError(f"There is no setting {name[:40]}. There are: {', '.join(SETTING_FIELD)}.")
    plain = unicodedata.normalize("NFKC", text).strip()
    if field.kind == "choice":
        return next((known for known in choices(name) if known.lower() == plain.lower()), plain)
    if field.kind == "switch":
        if plain.lower() not in _SWITCH:
            raise SettingsError(f"{field.label}: write yes or no.")
        return _SWITCH[plain.lower()]
    if field.kind == "multiples":
        return _multiples(field, plain, numbers)
    return _number(field, plain, numbers)


def value_text(name: str, settings: BankSettings) -> str:
    """Return the value of a setting with its unit, in the number format of the settings."""
    field, value = SETTING_FIELD[name], getattr(settings, name)
    if field.kind == "multiples":
        return "; ".join(shortest(multiple, numbers=settings.numbers) for multiple in value)
    if field.kind == "switch":
        return "yes" if value else "no"
    if field.kind == "money":
        return money_text(value, settings=settings)
    if field.kind == "share":
        return f"{shortest(100 * value, numbers=settings.numbers)} %"
    return f"{settings.numbers.number(value)} {field.unit}" if field.kind == "number" else str(value)


def money_text(amount: float, *, settings: BankSettings) -> str:
    """Return an amount with the currency of the settings: "3,220 EUR", "7.50 EUR"."""
    digits = 0 if round(amount, 2) == round(amount) else 2
    return f"{settings.numbers.number(amount, digits=digits)} {settings.currency}"


def shortest(value: float, *, numbers: NumberFormat) -> str:
    """Return a number with as many decimals as it has, four at most."""
    return numbers.rewritten(f"{value:,.{_DIGITS}f}".rstrip("0").rstrip("."))


def history_lines(changes: Sequence[SettingsChange]) -> list[HistoryLine]:
    """Return a history, newest first, in words; a version whose predecessor is not known says so."""
    return [
        HistoryLine(change.settings.version, change.at, change.by, _changed_texts(before, change.settings))
        for change, before in with_before(changes)
    ]


def consequence(settings: BankSettings) -> str:
    """Return in a sentence with numbers what base rate, bands and money come to."""
    rules = settings.rules
    a, b, c = (f"{shortest(round(100 * edge, 1), numbers=settings.numbers)} %" for edge in rules.band_edges)
    pays = shortest(round(100 * rules.threshold, 1), numbers=settings.numbers)
    return f"A call pays from {pays} %. Band A begins at {a}, B at {b}, C at {c}."


def base_rate_words(settings: BankSettings) -> str:
    """Return whose the base rate is and, where somebody said it, the market it was measured in."""
    market = settings.base_rate_market
    measured = "" if market is None else f", measured in: {point_words(market, numbers=settings.numbers)}"
    return settings.base_rate_source + measured


def _changed_texts(before: BankSettings | None, after: BankSettings) -> tuple[str, ...]:
    if before is None:
        return ("An earlier version is not shown",)
    names = [name for name in changed_names(before, after) if name in SETTING_FIELD]
    texts = {
        name: f"{SETTING_FIELD[name].label}: {value_text(name, before)} → {value_text(name, after)}" for name in names
    }
    if not names:
        texts["base_rate"] = f"Base rate confirmed: {value_text('base_rate', after)}"
    if "base_rate" in texts and after.base_rate_market is not None:
        texts["base_rate"] += f" (measured in: {point_words(after.base_rate_market, numbers=after.numbers)})"
    return tuple(texts.values())


def _number(field: SettingField, plain: str, numbers: NumberFormat) -> float | int:
    found = re.fullmatch(r"([-+0-9., ']+?) *(%|[A-Za-z]+)?", plain)
    value = _reading(found[1].strip(), numbers) if found else None
    if found is None or value is None:
        raise SettingsError(f"{field.label}: {plain[:40]} is not a number.")
    unit = (found[2] or "").lower()
    if field.kind == "share":
        if unit not in ("", "%") or (not unit and value >= 1):
            raise SettingsError(f"{field.label}: write it in percent, such as 3 %, or as a share, such as 0.03.")
        return round(value / 100, 12) if unit else value
    if unit and not (unit == field.unit or (field.kind == "money" and unit != "%")):
        raise SettingsError(f"{field.label} is a number of {field.unit}: leave {found[2]} away.")
    if field.kind == "money":
        return value
    if not value.is_integer():
        raise SettingsError(f"{field.label} must be a whole number of {field.unit}.")
    return int(value)


def _multiples(field: SettingField, plain: str, numbers: NumberFormat) -> tuple[float, float, float]:
    parts = [part.strip(",") for part in re.split(r"[;\s]+", plain) if part.strip(",")]
    if len(parts) == 1 and plain.count(",") == 2:
        parts = plain.split(",")
    values = [_reading(part, numbers) for part in parts]
    if len(values) != 3 or None in values:
        raise SettingsError(f"{field.label}: write three numbers, such as 3; 1.5; 0.75.")
    a, b, c = (float(value) for value in values if value is not None)
    return a, b, c


def _reading(plain: str, numbers: NumberFormat) -> float | None:
    found = sorted(set(readings(plain)))
    if len(found) > 1:
        return float(plain.replace(numbers.thousands, "").replace(numbers.decimal, "."))
    return found[0] if found else None
