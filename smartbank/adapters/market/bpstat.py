"""BPstat of the Banco de Portugal: the second source. A series is believed only if its label says what is expected."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from smartbank.adapters.market.http import MarketClient
from smartbank.adapters.market.json_stat import read_json_stat
from smartbank.adapters.market.points import FIRST_YEAR, json_of, refusal, since
from smartbank.core.market.indicators import Indicator
from smartbank.core.market.observations import SOURCE_NAMES, RawSeries, Source

WHO: Final = SOURCE_NAMES[Source.BPSTAT]
LAST_OBSERVATIONS: Final = "400"
"""By month: back to before 2007."""
_A_DATASET: Final = re.compile(r"[0-9A-Za-z_-]{1,64}")


@dataclass(frozen=True)
class Expected:
    """Words of a label: one of each group must be there, none of the others.

    Attributes
    ----------
    level : str
        The unit if the label speaks of no change over a year; empty if it has to.
    """

    groups: tuple[frozenset[str], ...]
    never: frozenset[str]
    level: str


EXPECTED: Final = {
    Indicator.EURIBOR: Expected(
        (frozenset({"euribor"}), frozenset({"3", "3m", "three"})),
        frozenset({"1", "6", "9", "12", "daily", "end"}),
        "percent",
    ),
    Indicator.CPI: Expected(
        (frozenset({"consumer"}), frozenset({"price", "prices"})),
        frozenset({"harmonised", "harmonized", "hicp", "core", "excluding", "except", "12", "average"}),
        "index",
    ),
    Indicator.EMPLOYMENT: Expected(
        (frozenset({"employment", "employed"}),), frozenset({"self", "unemployed", "unemployment"}), "thousand persons"
    ),
    Indicator.CONFIDENCE: Expected(
        (frozenset({"confidence"}), frozenset({"consumer", "consumers"})),
        frozenset({"industry", "services"}),
        "balance",
    ),
}
_CHANGE: Final = frozenset({"rate", "change", "variation", "growth"})
_OVER_A_YEAR: Final = frozenset({"year", "yoy", "annual", "homologous"})


@dataclass(frozen=True)
class BpstatSource:
    """One series of BPstat, by its number."""

    client: MarketClient
    base_url: str
    indicator: Indicator
    series_id: int
    is_proxy: bool = False
    source: Source = Source.BPSTAT

    def fetch(self, *, now: datetime) -> RawSeries:
        series = str(self.series_id)
        about = self.client.fetch(f"{self.base_url}/series/", {"lang": "EN", "series_ids": series}, who=WHO)
        domain, dataset, label = read_metadata(about, series_id=self.series_id)
        unit = unit_of(label, self.indicator, series_id=self.series_id)
        asked = {"lang": "EN", "series_ids": series, "obs_last_n": LAST_OBSERVATIONS}
        body = self.client.fetch(f"{self.base_url}/domains/{domain}/datasets/{dataset}/", asked, who=WHO)
        to_period = _quarter if self.indicator is Indicator.EMPLOYMENT else _month
        points = since(FIRST_YEAR, read_json_stat(body, who=WHO, period_text=to_period), who=WHO)
        return RawSeries(self.source, series, unit, points, now)


def read_metadata(body: bytes, *, series_id: int) -> tuple[int, str, str]:
    """Return the domain, the dataset and the label of a series. Raises `MarketSourceError`."""
    answer = json_of(body, who=WHO)
    about: dict[str, Any] = answer[0] if isinstance(answer, list) and answer and isinstance(answer[0], dict) else {}
    domains, dataset, label = about.get("domain_ids"), about.get("dataset_id"), about.get("label")
    if about.get("id") != series_id or not isinstance(label, str):
        raise refusal(WHO, f"does not describe series {series_id}.")
    if not isinstance(domains, list) or not domains or type(domains[0]) is not int:
        raise refusal(WHO, f"does not say to which domain series {series_id} belongs.")
    if not isinstance(dataset, str) or not _A_DATASET.fullmatch(dataset):
        raise refusal(WHO, f"does not say to which dataset series {series_id} belongs.")
    return domains[0], dataset, label


def unit_of(label: str, indicator: Indicator, *, series_id: int) -> str:
    """Return the unit a label tells. Raises `MarketSourceError` if it is the label of something else."""
    words, expected = frozenset(re.findall(r"[^\W_]+", label.lower())), EXPECTED[indicator]
    is_change = bool(words & _CHANGE)
    is_yearly = is_change and bool(words & _OVER_A_YEAR)
    fits = all(words & group for group in expected.groups) and not words & expected.never
    if indicator in (Indicator.CPI, Indicator.EMPLOYMENT):
        fits = fits and is_change == is_yearly
    if not fits:
        raise refusal(WHO, f'calls series {series_id} "{label[:80]}", which is not what is looked for.')
    return "percent" if is_yearly and indicator in (Indicator.CPI, Indicator.EMPLOYMENT) else expected.level


def _month(day: str) -> str:
    return day[:7]


def _quarter(day: str) -> str:
    month = day[5:7]
    return f"{day[:4]}-Q{(int(month) + 2) // 3}" if month.isascii() and month.isdigit() else day
