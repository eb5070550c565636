"""The settings of the bank: base rate, bands, money, formats, and how long data is kept."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from smartbank.core.market.points import MarketPoint, stored_point
from smartbank.core.number_format import NUMBER_FORMATS, NumberFormat
from smartbank.core.rules import DEFAULT_BASE_RATE_SOURCE, ScoringRules
from smartbank.core.wording import listed
from smartbank.errors import ConflictError

_DEFAULTS: Final = ScoringRules()
_RANKED_BY: Final = (
    *("base_rate", "base_rate_market", "follow_outcomes"),
    *("band_multiples", "cost_of_call", "value_of_sale"),
)
_BESIDE: Final = ("base_rate_source", "base_rate_market")
"""What is kept beside the base rate, and changes with it."""


@dataclass(frozen=True)
class BankSettings:
    """What an administrator decides for the whole bank; `core.settings_fields` explains and checks each value.

    Attributes
    ----------
    version : int
        Number of these settings; 0 are the defaults. Settings to be saved carry the version they were changed from.
    base_rate : float
        Share of calls that sell now, in (0, 1).
    base_rate_source : str
        Whose rate that is, for the screen: "your bank, asked on 22 Nov 2026", or the default.
    base_rate_market : MarketPoint or None
        The market in force when somebody said it, which is never typed; None for the default, and for an own base
        rate that was said to an earlier version.
    follow_outcomes : bool
        Whether the bank's own outcomes move the level.
    band_multiples : tuple of float
        Lower ends of bands A, B and C as multiples of the base rate, falling.
    cost_of_call, value_of_sale : float
        In `currency` (ISO 4217).
    number_format : str
        A name of `NUMBER_FORMATS`.
    time_zone : str
        An IANA name, for whoever's browser does not tell its own.
    country : str
        Two letters of ISO 3166, for phone numbers without a country code.
    require_consent : bool
        Whether only customers who gave consent may be called.
    daily_euribor : bool
        Whether the daily Euribor goes before the monthly average.
    retrain_days : int
        After how many days a challenger is trained on the outcomes since; 0 is never.
    keep_files_hours : int
        How long uploads and exports are kept after they ended.
    keep_lists_days : int
        How long ranked lists and their predictions are kept.
    keep_inbox_days : int
        How long messages of the inbox are kept.
    keep_backups : int
        How many daily backups are kept; 0 makes none.
    """

    version: int = 0
    base_rate: float = _DEFAULTS.base_rate
    base_rate_source: str = DEFAULT_BASE_RATE_SOURCE
    base_rate_market: MarketPoint | None = None
    follow_outcomes: bool = True
    band_multiples: tuple[float, float, float] = _DEFAULTS.band_multiples
    cost_of_call: float = _DEFAULTS.cost_of_call
    value_of_sale: float = _DEFAULTS.value_of_sale
    currency: str = _DEFAULTS.currency
    number_format: str = "en"
    time_zone: str = "Europe/Lisbon"
    country: str = "PT"
    require_consent: bool = False
    daily_euribor: bool = False
    retrain_days: int = 30
    keep_files_hours: int = 24
    keep_lists_days: int = 730
    keep_inbox_days: int = 90
    keep_backups: int = 14

    @property
    def rules(self) -> ScoringRules:
        """The part a prediction depends on, with the version of these settings."""
        return ScoringRules(**{field.name: getattr(self, field.name) for field in fields(ScoringRules)})

    @property
    def has_own_base_rate(self) -> bool:
        """Whether somebody said what this bank's base rate is."""
        return self.rules.has_own_base_rate

    @property
    def numbers(self) -> NumberFormat:
        """The marks numbers are written with."""
        return NUMBER_FORMATS[self.number_format]

    def with_base_rate(self, base_rate: float, *, said_at: datetime) -> "BankSettings":
        """Return these settings with the bank's own base rate, said at a moment, in a market yet to be noted."""
        day = said_at.astimezone(ZoneInfo(self.time_zone))
        source = f"your bank, asked on {day:%-d %b %Y}"
        return replace(self, base_rate=base_rate, base_rate_source=source, base_rate_market=None)


@dataclass(frozen=True)
class SettingsChange:
    """A saved version of the settings: what it says, who saved it and when."""

    settings: BankSettings
    by: str
    at: datetime


def changed_names(before: BankSettings, after: BankSettings) -> list[str]:
    """Return the names of the values that differ, in the order of `BankSettings`; the version is not one of them."""
    names = [field.name for field in fields(BankSettings) if field.name != "version"]
    return [name for name in names if getattr(before, name) != getattr(after, name)]


def changed_rules(then: Mapping[str, Any], now: BankSettings) -> list[str]:
    """Return the names of the values a ranking depends on that differ from those it was made under, as stored.

    The market of the base rate is named only where the figure itself is the same.
    """
    names = [name for name in _RANKED_BY if name in then and _plain(then[name]) != _plain(getattr(now, name))]
    return [name for name in names if name != "base_rate_market" or "base_rate" not in names]


def with_before(changes: Sequence[SettingsChange]) -> list[tuple[SettingsChange, BankSettings | None]]:
    """Return each change of a history, newest first, with the settings before it; None where those are not known."""
    rest: list[BankSettings | None] = [change.settings for change in changes[1:]]
    oldest = BankSettings() if changes and changes[-1].settings.version == 1 else None
    return list(zip(changes, [*rest, oldest], strict=False))


def conflict(seen: int, changes: Sequence[SettingsChange]) -> ConflictError:
    """Return the error for settings that were changed from version `seen`, by the history of versions, newest first."""
    said = [
        f"{change.by} changed {_listed(changed_names(before, change.settings) if before else [])} on {_moment(change)}"
        for change, before in with_before(changes)
        if change.settings.version > seen
    ]
    who = "; ".join(said) or "Somebody else changed the settings"
    return ConflictError(f"{who}. Nothing of yours was saved. Look at the new values, then save again.")


def settings_from(values: dict[str, Any]) -> BankSettings:
    """Return settings from stored values: the defaults for what an older version did not know, others left out."""
    known = {field.name: values[field.name] for field in fields(BankSettings) if field.name in values}
    a, b, c = known.get("band_multiples", _DEFAULTS.band_multiples)
    point = known.get("base_rate_market")
    market = None if point is None else stored_point(point)
    return BankSettings(**{**known, "band_multiples": (a, b, c), "base_rate_market": market})


def _plain(value: Any) -> Any:  # noqa: ANN401  whatever a setting is
    return tuple(value) if isinstance(value, list) else value


def _listed(names: Sequence[str]) -> str:
    words = [name.replace("_", " ") for name in names if name not in _BESIDE] or ["the settings"]
    return listed(words)


def _moment(change: SettingsChange) -> str:
    return f"{change.at.astimezone(ZoneInfo(change.settings.time_zone)):%-d %b %Y at %H:%M}"
