"""The market a score was made in: a dated set of indicator values, on the training scale."""

from dataclasses import dataclass
from datetime import date
from typing import Final

MARKET_FEATURES: Final = ("euribor3m", "emp_var_rate", "cpi_yoy")
"""What the level model sees: base-free, in percent."""


@dataclass(frozen=True)
class MarketSnapshot:
    """Indicator values one scoring used; immutable, named by `snapshot_id`.

    Attributes
    ----------
    as_of : date
        The day the newest value belongs to.
    euribor3m, emp_var_rate, cpi_yoy : float
        Percent; Euribor 3M, employment year on year, consumer prices year on year.
    source : str
        Where the values come from, for the reader of the screen.
    """

    snapshot_id: str
    as_of: date
    euribor3m: float
    emp_var_rate: float
    cpi_yoy: float
    source: str


BUNDLED_SNAPSHOT: Final = MarketSnapshot(
    snapshot_id="bundled-2010-10",
    as_of=date(2010, 10, 31),
    euribor3m=0.998,
    emp_var_rate=-1.1,
    cpi_yoy=2.35,
    source="bundled with SmartBank: Portugal, October 2010 (ECB, INE)",
)
"""The snapshot in force until live market data arrives; a real month of the training window."""
