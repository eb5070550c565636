"""The ECB Data Portal: Euribor 3M by month, and Portugal's HICP year on year."""

import csv
import io
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from smartbank.adapters.market.http import MarketClient
from smartbank.adapters.market.points import FIRST_YEAR, in_order, number_in, period_in, refusal, text_of
from smartbank.core.market.indicators import Indicator
from smartbank.core.market.observations import SOURCE_NAMES, RawPoint, RawSeries, Source

WHO: Final = SOURCE_NAMES[Source.ECB]
EURIBOR_KEY: Final = "FM.M.U2.EUR.RT.MM.EURIBOR3MD_.HSTA"
HICP_KEY: Final = "HICP.M.PT.N.000000.4D0.ANR"
"""Not the flow `ICP`: it ended with 2025 and still answers."""
_COLUMNS: Final = ("KEY", "TIME_PERIOD", "OBS_VALUE")
_NO_VALUE: Final = ("", "NaN")


@dataclass(frozen=True)
class EcbSource:
    """One monthly series of the ECB, in percent."""

    client: MarketClient
    base_url: str
    indicator: Indicator
    key: str
    is_proxy: bool = False
    source: Source = Source.ECB

    def fetch(self, *, now: datetime) -> RawSeries:
        flow, _, rest = self.key.partition(".")
        asked = {"format": "csvdata", "detail": "dataonly", "startPeriod": f"{FIRST_YEAR}-01"}
        body = self.client.fetch(f"{self.base_url}/data/{flow}/{rest}", asked, who=WHO)
        points = read_ecb_csv(body, key=self.key)
        if not points:
            raise refusal(WHO, "answered without a value.")
        return RawSeries(self.source, self.key, "percent", points, now)


def read_ecb_csv(body: bytes, *, key: str) -> tuple[RawPoint, ...]:
    """Return the points of one series in the ECB's CSV, by the names of its columns. Raises `MarketSourceError`."""
    try:
        rows = list(csv.DictReader(io.StringIO(text_of(body, who=WHO)), strict=True))
    except csv.Error as exc:
        raise refusal(WHO, "sent CSV that cannot be read.") from exc
    points = []
    for row in rows:
        found, period, value = (row.get(column) for column in _COLUMNS)
        if found is None or period is None or value is None:
            raise refusal(WHO, "sent CSV without the columns that are expected.")
        if found != key:
            raise refusal(WHO, "sent another series than was asked for.")
        if value not in _NO_VALUE:
            flag = row.get("OBS_STATUS") or ""
            points.append(RawPoint(period_in(period, who=WHO), number_in(value, who=WHO), flag))
    return in_order(points, who=WHO)
