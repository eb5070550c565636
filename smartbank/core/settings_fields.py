"""Each setting in words: label, help, unit and range, for screens and commands alike; and the check of them all."""

import math
from dataclasses import dataclass
from functools import cache
from typing import Final, Literal
from zoneinfo import available_timezones

from phonenumbers import SUPPORTED_REGIONS

from smartbank.core.bank_settings import BankSettings
from smartbank.core.currencies import CURRENCIES
from smartbank.core.number_format import NUMBER_FORMATS
from smartbank.errors import SettingsError

Group = Literal["Base rate", "Bands and money", "Formats", "Calling", "Market", "Model", "Keeping data"]
Kind = Literal["share", "multiples", "money", "number", "choice", "switch"]


@dataclass(frozen=True)
class SettingField:
    """A setting as people meet it.

    Attributes
    ----------
    unit : str
        What a number counts: "%", "hours", "days", "backups"; the currency in force for money; empty else.
    low, high : int
        Ends of the range of a whole number, both allowed.
    """

    name: str
    label: str
    help: str
    kind: Kind
    group: Group
    unit: str = ""
    low: int = 0
    high: int = 0


SETTING_FIELDS: Final = (
    SettingField(
        "base_rate",
        "Base rate",
        "Of 100 calls, how many sell now. A whole ranked list has this rate on average, moved by the market since.",
        "share",
        "Base rate",
        "%",
    ),
    SettingField(
        "follow_outcomes",
        "Follow own outcomes",
        "Recorded outcomes of the last 90 days move the level of new rankings, from 100 decided calls on.",
        "switch",
        "Base rate",
    ),
    SettingField(
        "band_multiples",
        "Bands A, B and C from",
        "Where each band begins, in multiples of the base rate; whoever is below the third is in band D.",
        "multiples",
        "Bands and money",
    ),
    SettingField(
        "cost_of_call", "Cost of a call", "What one call costs, wages included.", "money", "Bands and money", "currency"
    ),
    SettingField(
        "value_of_sale", "Value of a sale", "What one sale brings the bank.", "money", "Bands and money", "currency"
    ),
    SettingField("currency", "Currency", "Three letters of ISO 4217, such as EUR.", "choice", "Bands and money"),
    SettingField(
        "number_format",
        "Number format",
        "How numbers are written on screens and in CSV files: en 1,234.5, pt 1 234,5, de 1.234,5.",
        "choice",
        "Formats",
    ),
    SettingField(
        "time_zone", "Time zone", "Where a browser does not tell its own, such as Europe/Lisbon.", "choice", "Formats"
    ),
    SettingField(
        "country",
        "Country",
        "Two letters, such as PT. Phone numbers without a country code are of there.",
        "choice",
        "Formats",
    ),
    SettingField(
        "require_consent",
        "Call only with consent",
        "Customers who did not give consent are neither ranked nor exported.",
        "switch",
        "Calling",
    ),
    SettingField(
        "daily_euribor",
        "Use the daily Euribor",
        "The Bundesbank's daily value goes before the ECB's monthly one. Commercial use may need a licence of EMMI.",
        "switch",
        "Market",
    ),
    SettingField(
        "retrain_days",
        "Train a challenger every",
        "A model is trained on your outcomes after so long, and put beside the one in force; 0 trains none by itself. "
        "Nothing changes until an administrator puts it in force.",
        "number",
        "Model",
        "days",
        0,
        365,
    ),
    SettingField(
        "keep_files_hours",
        "Keep uploads and exports",
        "Uploaded and exported files are deleted so long after they were worked on. Saved customers stay.",
        "number",
        "Keeping data",
        "hours",
        1,
        24 * 30,
    ),
    SettingField(
        "keep_lists_days",
        "Keep ranked lists",
        "Ranked lists, their predictions and replaced values of customers are deleted after so long. Customers stay.",
        "number",
        "Keeping data",
        "days",
        1,
        3_650,
    ),
    SettingField(
        "keep_inbox_days",
        "Keep messages",
        "Messages of the inbox are deleted after so long.",
        "number",
        "Keeping data",
        "days",
        1,
        3_650,
    ),
    SettingField(
        "keep_backups",
        "Keep backups",
        "One backup a day is made; older ones are deleted. 0 makes none, for a database that is backed up by itself.",
        "number",
        "Keeping data",
        "backups",
        0,
        365,
    ),
)
"""Every setting, in the order of the screen."""
SETTING_FIELD: Final = {field.name: field for field in SETTING_FIELDS}


@cache
def choices(name: str) -> tuple[str, ...]:
    """Return what a setting of kind "choice" may be, in order."""
    allowed = {
        "currency": CURRENCIES,
        "number_format": NUMBER_FORMATS,
        "time_zone": available_timezones(),
        "country": SUPPORTED_REGIONS,
    }
    return tuple(allowed["number_format"]) if name == "number_format" else tuple(sorted(allowed[name]))


def validate_settings(settings: BankSettings) -> BankSettings:
    """Return the settings if every value is allowed.

    Raises
    ------
    SettingsError
        Says in a sentence for each bad value what it may be.
    """
    faults = [*_rate_faults(settings), *_money_faults(settings), *_choice_faults(settings), *_range_faults(settings)]
    if faults:
        raise SettingsError(" ".join(faults))
    return settings


def _rate_faults(settings: BankSettings) -> list[str]:
    faults = []
    if not 0 < settings.base_rate < 1:
        faults.append("The base rate must be above 0 % and below 100 %.")
    a, b, c = settings.band_multiples
    if not (math.isfinite(a) and a > b > c > 0):
        faults.append("The bands must fall and be above 0: A highest, then B, then C.")
    return faults


def _money_faults(settings: BankSettings) -> list[str]:
    cost, value = settings.cost_of_call, settings.value_of_sale
    faults = [
        f"The {SETTING_FIELD[name].label.lower()} must be a number above 0."
        for name, amount in (("cost_of_call", cost), ("value_of_sale", value))
        if not (math.isfinite(amount) and amount > 0)
    ]
    if not faults and cost > value:
        faults.append("A call must not cost more than a sale brings: no call would ever pay.")
    return faults


def _choice_faults(settings: BankSettings) -> list[str]:
    return [
        f"The {field.label.lower()} is not known. {field.help}"
        for field in SETTING_FIELDS
        if field.kind == "choice" and getattr(settings, field.name) not in choices(field.name)
    ]


def _range_faults(settings: BankSettings) -> list[str]:
    return [
        f"{field.label} must be {field.low:,} to {field.high:,} {field.unit}."
        for field in SETTING_FIELDS
        if field.kind == "number" and not field.low <= getattr(settings, field.name) <= field.high
    ]
