"""Numbers, dates and names as the screens write them."""

import re
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pandas as pd
import streamlit as st

from smartbank.core.fields import FIELD
from smartbank.core.settings_text import money_text
from smartbank.core.wording import nouns
from smartbank.ui.resources import bank_settings

LEVEL_NAMES: Final = {
    "admin.": "administration",
    "basic.4y": "basic, 4 years",
    "basic.6y": "basic, 6 years",
    "basic.9y": "basic, 9 years",
    "high.school": "high school",
    "professional.course": "professional course",
    "university.degree": "university degree",
    "cellular": "mobile",
    "telephone": "landline",
    "nonexistent": "not in the last campaign",
    "success": "bought in the last campaign",
    "failure": "declined in the last campaign",
}
"""Levels that read badly as they are stored."""

_WORD_JOINER: Final = "\u2060"
_COMES_ALIVE: Final = re.compile(r"(:(?=[A-Za-z/+_-])|@(?=\w)|www(?=\.))", re.IGNORECASE)
"""What begins the part of an address or of an icon's name that makes it one: `http://`, `www.`, `@`, `:name:`."""


def percent(share: float, *, digits: int = 1) -> str:
    """Return a share in [0, 1] as "34.2 %", in the bank's number format."""
    return f"{decimal(100 * share, digits=digits)} %"


def count(number: float) -> str:
    """Return a whole number with thousands separated: "41,188"."""
    return decimal(number, digits=0)


def decimal(number: float, *, digits: int) -> str:
    """Return a number with so many decimals, in the bank's number format: "1,234.5"."""
    return bank_settings().numbers.number(number, digits=digits)


def signed(number: float, *, digits: int = 1) -> str:
    """Return a number with its sign, in the bank's number format: "+1.5"; what rounds to zero has none."""
    return bank_settings().numbers.signed(number, digits=digits)


def money(amount: float) -> str:
    """Return an amount with the bank's currency: "3,220 EUR", "7.50 EUR"."""
    return money_text(amount, settings=bank_settings())


def plural(number: int, noun: str) -> str:
    """Return "1 lead", "1,234 leads" or "2 entries"."""
    return f"{count(number)} {nouns(number, noun)}"


def these(number: int, noun: str) -> str:
    """Return "this lead" or "these 1,234 leads"."""
    return f"this {noun}" if number == 1 else f"these {plural(number, noun)}"


def plain(text: str) -> str:
    """Return text with what Markdown would act on made harmless: names of people and files are not ours.

    Addresses become links, and names between colons become icons, after the escapes are gone: a mark without width in
    their middle keeps them words.
    """
    marked = "".join(f"\\{character}" if character in r"\`*_{}[]()#!|<>$~:" else character for character in text)
    return _COMES_ALIVE.sub(rf"\1{_WORD_JOINER}", marked)


def level_name(value: object) -> str:
    """Return a category's level for the screen; a missing one is "unknown"."""
    return "unknown" if pd.isna(value) else LEVEL_NAMES.get(str(value), str(value))  # type: ignore[call-overload]


def field_value(name: str, value: Any) -> str:  # noqa: ANN401  whatever a frame holds
    """Return a field's value for the screen: levels in words, whole numbers without decimals."""
    if pd.isna(value):
        return "never contacted or unknown" if name == "days_since_contact" else "unknown"
    return count(value) if FIELD[name].kind == "integer" else level_name(value)


def decision(pays: bool) -> str:
    """Return in words whether a call pays."""
    return "Worth a call" if pays else "Not worth a call"


def when(moment: datetime) -> str:
    """Return a moment in the time zone of the reader's browser, else in the bank's, as "22 Nov 2026, 08:15"."""
    return f"{moment.astimezone(zone()):%-d %b %Y, %H:%M}"


def day(moment: datetime) -> str:
    """Return the day of a moment in the time zone of the reader, as "1 December 2026"."""
    return f"{moment.astimezone(zone()):%-d %B %Y}"


def days_ago(moment: datetime) -> str:
    """Return how many days of the reader's calendar a moment is past: "today", "yesterday", "12 days ago"."""
    days = (datetime.now(zone()).date() - moment.astimezone(zone()).date()).days
    return "today" if days <= 0 else "yesterday" if days == 1 else f"{count(days)} days ago"


def zone() -> ZoneInfo:
    """Return the time zone of the reader's browser, else the bank's."""
    try:
        return ZoneInfo(st.context.timezone or bank_settings().time_zone)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo(bank_settings().time_zone)
