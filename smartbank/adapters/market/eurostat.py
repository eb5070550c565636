"""Eurostat: employment and consumer confidence of Portugal, and its HICP year on year."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from smartbank.adapters.market.http import MarketClient
from smartbank.adapters.market.json_stat import read_json_stat
from smartbank.adapters.market.points import FIRST_YEAR, since
from smartbank.core.market.indicators import Indicator
from smartbank.core.market.observations import SOURCE_NAMES, RawSeries, Source

WHO: Final = SOURCE_NAMES[Source.EUROSTAT]


@dataclass(frozen=True)
class EurostatSource:
    """One series of Eurostat; `filters` pins every dimension but time."""

    client: MarketClient
    base_url: str
    indicator: Indicator
    dataset: str
    filters: Mapping[str, str]
    unit: str
    is_proxy: bool = False
    source: Source = Source.EUROSTAT

    def fetch(self, *, now: datetime) -> RawSeries:
        asked = {"format": "JSON", "lang": "EN", **self.filters}
        body = self.client.fetch(f"{self.base_url}/data/{self.dataset}", asked, who=WHO)
        points = since(FIRST_YEAR, read_json_stat(body, who=WHO), who=WHO)
        return RawSeries(self.source, self.dataset, self.unit, points, now)


def eurostat_sources(client: MarketClient, base_url: str) -> tuple[EurostatSource, ...]:
    """Return the series of Eurostat that are followed."""
    return (
        EurostatSource(
            client,
            base_url,
            Indicator.EMPLOYMENT,
            "lfsi_emp_q",
            {"indic_em": "EMP_LFS", "sex": "T", "age": "Y15-74", "unit": "THS_PER", "s_adj": "NSA", "geo": "PT"},
            "thousand persons",
        ),
        EurostatSource(
            client,
            base_url,
            Indicator.CONFIDENCE,
            "ei_bsco_m",
            {"indic": "BS-CSMCI", "s_adj": "SA", "unit": "BAL", "geo": "PT"},
            "balance",
        ),
        EurostatSource(
            client,
            base_url,
            Indicator.CPI,
            "prc_hicp_minr",
            {"coicop18": "TOTAL", "unit": "RCH_A", "geo": "PT"},
            "percent",
            is_proxy=True,
        ),
    )
