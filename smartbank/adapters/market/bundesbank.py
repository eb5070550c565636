"""The Bundesbank: Euribor 3M by day. Commercial use may need a licence of EMMI, so it is an option."""

import csv
import io
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from smartbank.adapters.market.http import MarketClient
from smartbank.adapters.market.points import in_order, number_in, period_in, refusal, since, text_of
from smartbank.core.market.indicators import Indicator
from smartbank.core.market.observations import SOURCE_NAMES, RawPoint, RawSeries, Source

WHO: Final = SOURCE_NAMES[Source.BUNDESBANK]
FLOW: Final = "BBIG1"
KEY: Final = "D.D0.EUR.MMKT.EURIBOR.M03.BID._Z"
YEARS_KEPT: Final = 2
"""The answer begins in 1999 whatever is asked for; of days only the last years are of use."""
_NO_VALUE: Final = "."
_A_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@dataclass(frozen=True)
class BundesbankSource:
    """Euribor 3M of each day, in percent."""

    client: MarketClient
    base_url: str
    indicator: Indicator = Indicator.EURIBOR
    is_proxy: bool = False
    source: Source = Source.BUNDESBANK

    def fetch(self, *, now: datetime) -> RawSeries:
        asked = {"format": "csv", "lang": "en"}
        body = self.client.fetch(f"{self.base_url}/download/{FLOW}/{KEY}", asked, who=WHO)
        recent = since(now.year - YEARS_KEPT, read_bundesbank_csv(body), who=WHO)
        return RawSeries(self.source, f"{FLOW}.{KEY}", "percent", recent, now)


def read_bundesbank_csv(body: bytes) -> tuple[RawPoint, ...]:
    """Return the points of the Bundesbank's CSV: lines of day, value, remark below some lines on the series.

    Raises `MarketSourceError`.
    """
    try:
        rows = list(csv.reader(io.StringIO(text_of(body, who=WHO)), strict=True))
    except csv.Error as exc:
        raise refusal(WHO, "sent CSV that cannot be read.") from exc
    points, begun = [], False
    for row in rows:
        is_day = bool(row) and _A_DAY.fullmatch(row[0]) is not None
        begun = begun or is_day
        if not begun or not any(row):
            continue
        if not is_day or len(row) < 2:
            raise refusal(WHO, "sent a line without a day and a value.")
        if row[1] != _NO_VALUE:
            points.append(
                RawPoint(period_in(row[0], who=WHO), number_in(row[1], who=WHO), row[2] if len(row) > 2 else "")
            )
    if not points:
        raise refusal(WHO, "answered without a value.")
    return in_order(points, who=WHO)
