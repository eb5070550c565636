"""INE, Statistics Portugal: the consumer price index the model was trained on, in today's base."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from smartbank.adapters.market.http import MarketClient
from smartbank.adapters.market.points import in_order, json_of, number_in, period_in, refusal
from smartbank.core.market.indicators import Indicator
from smartbank.core.market.observations import SOURCE_NAMES, RawPoint, RawSeries, Source
from smartbank.core.market.periods import Period
from smartbank.errors import MarketSourceError

WHO: Final = SOURCE_NAMES[Source.INE]
CPI_CODE: Final = "0014639"
FIRST_MONTH: Final = "2007-05"
"""Twelve months before the first month of the training data."""
OVERLAP_YEARS: Final = range(2007, 2011)
"""Asked each time: without them the index cannot be fitted to the training data."""
RECENT_YEARS: Final = 2
"""Years before this one that are asked each time."""
PAUSE_S: Final = 1.0
"""Between two questions: INE is slow, and answers a year at most."""
_MONTHS: Final = (
    *("janeiro", "fevereiro", "março", "abril", "maio", "junho"),
    *("julho", "agosto", "setembro", "outubro", "novembro", "dezembro"),
)
_MONTH_NAME: Final = re.compile(r"(?P<month>\w+) de (?P<year>[0-9]{4})")


class IneRefusedError(MarketSourceError):
    """INE understood the question and did not answer it, as for a month that is not published yet."""


@dataclass(frozen=True)
class IneSource:
    """INE's consumer price index.

    Attributes
    ----------
    is_known : callable
        Whether a month is kept already. If the last month before the years asked each time is, the years between those
        of the training data and these are left out.
    pause_s : float
        Between two questions.
    """

    client: MarketClient
    base_url: str
    is_known: Callable[[Period], bool] = lambda _: False
    pause_s: float = PAUSE_S
    indicator: Indicator = Indicator.CPI
    is_proxy: bool = False
    source: Source = Source.INE

    def fetch(self, *, now: datetime) -> RawSeries:
        first_recent = now.year - RECENT_YEARS
        leave_out = self.is_known(Period.parse(f"{first_recent - 1}-12"))
        points: list[RawPoint] = []
        for year in range(OVERLAP_YEARS[0], now.year + 1):
            if leave_out and year not in OVERLAP_YEARS and year < first_recent:
                continue
            if asked := _months_asked(year, now):
                if points:
                    self.client.pause(self.pause_s)
                is_latest = not _months_asked(year + 1, now)
                points += self._ask_latest(asked) if is_latest else self._ask(asked)
        if not points:
            raise refusal(WHO, "answered without a value.")
        return RawSeries(self.source, CPI_CODE, "index", in_order(points, who=WHO), now)

    def _ask_latest(self, months: list[str]) -> tuple[RawPoint, ...]:
        """Ask for the year of the last month that is over; without that month if INE knows nothing of it yet."""
        try:
            return self._ask(months)
        except IneRefusedError:
            if len(months) == 1:
                return ()
            self.client.pause(self.pause_s)
            return self._ask(months[:-1])

    def _ask(self, months: list[str]) -> tuple[RawPoint, ...]:
        codes = ",".join(f"S3A{month}" for month in months)
        asked = {"op": "2", "varcd": CPI_CODE, "Dim1": codes, "Dim2": "PT", "Dim3": "T", "lang": "PT"}
        return read_ine_json(self.client.fetch(f"{self.base_url}/pindica.jsp", asked, who=WHO), code=CPI_CODE)


def read_ine_json(body: bytes, *, code: str) -> tuple[RawPoint, ...]:
    """Return the points of INE's JSON; a cell that says why it is empty is no point. Raises `MarketSourceError`."""
    answer = json_of(body, who=WHO)
    if not (isinstance(answer, list) and len(answer) == 1 and isinstance(answer[0], dict)):
        raise refusal(WHO, "sent JSON of another shape than is expected.")
    said = answer[0].get("Sucesso")
    if isinstance(said, dict) and "Falso" in said:
        raise IneRefusedError(str(refusal(WHO, "did not accept the question.")))
    figures = answer[0].get("Dados")
    if not (isinstance(said, dict) and "Verdadeiro" in said and isinstance(figures, dict)):
        raise refusal(WHO, "sent JSON of another shape than is expected.")
    if answer[0].get("IndicadorCod") != code:
        raise refusal(WHO, "sent another series than was asked for.")
    points = (_point(name, cells) for name, cells in figures.items())
    return in_order((point for point in points if point is not None), who=WHO)


def _point(name: str, cells: Any) -> RawPoint | None:  # noqa: ANN401 - whatever INE sent
    if not (isinstance(cells, list) and len(cells) == 1 and isinstance(cells[0], Mapping)):
        raise refusal(WHO, "sent several values of one month, so it is more than one series.")
    cell = cells[0]
    if "valor" not in cell and cell.get("sinal_conv"):
        return None
    return RawPoint(period_in(_month(name), who=WHO), number_in(cell.get("valor"), who=WHO))


def _month(name: str) -> str:
    """Return "2026-08" for "Agosto de 2026", and any other text as it is."""
    found = _MONTH_NAME.fullmatch(name.strip().lower())
    if found is None or found["month"] not in _MONTHS:
        return name
    return f"{found['year']}-{_MONTHS.index(found['month']) + 1:02d}"


def _months_asked(year: int, now: datetime) -> list[str]:
    """Return the months of a year that may be published: from the first one of use to the last one that is over."""
    first, over = FIRST_MONTH.replace("-", ""), f"{now:%Y%m}"
    return [name for name in (f"{year}{month:02d}" for month in range(1, 13)) if first <= name < over]
