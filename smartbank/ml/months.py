"""The months the training data was collected in, and the market features of a training row."""

import json
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from smartbank.core.market.indicators import MARKET_FEATURES
from smartbank.core.market.periods import Period
from smartbank.core.market.training import TrainingMarket, TrainingMonth
from smartbank.core.training_data import PERIOD
from smartbank.errors import TrainingDataError
from smartbank.ml.level_model import LevelModel

_TABLE: Final = Path(__file__).with_name("data") / "training_months.json"
_CPI_DECIMALS: Final = 3


@cache
def training_months() -> pd.DataFrame:
    """Return the 26 months, one row each; the file says what its columns are."""
    return pd.DataFrame(json.loads(_TABLE.read_text(encoding="utf-8"))["months"])


def training_market_of(level: LevelModel) -> TrainingMarket:
    """Return the market of the training months, with the ranges and means a level model was fitted on."""
    names = ("rows", "cpi", "euribor3m", "emp_var_rate", "cpi_yoy", "lowest_euribor", "highest_euribor")
    months = tuple(
        TrainingMonth(Period.parse(month["period"]), *(month[name] for name in names))
        for month in training_months().to_dict("records")
    )
    low, high, mean = (dict(zip(MARKET_FEATURES, ends, strict=True)) for ends in (level.low, level.high, level.centres))
    return TrainingMarket(months, low, high, mean)


def cpi_table() -> dict[str, float]:
    """Return consumer prices year on year in percent, by index level with three decimals (`"93.994"`)."""
    months = training_months()
    return {cpi_key(level): float(change) for level, change in zip(months["cpi"], months["cpi_yoy"], strict=True)}


def cpi_key(level: float) -> str:
    """Return the name of an index level in `cpi_table`."""
    return f"{level:.{_CPI_DECIMALS}f}"


def month_numbers(period: pd.Series) -> npt.NDArray[np.int64]:
    """Return months such as `2008-05` as numbers that go up by one a month, shape (n_rows,)."""
    months = pd.PeriodIndex(period, freq="M")
    return np.asarray(months.year * 12 + months.month, dtype=np.int64)


def joined_months(first: pd.Series, second: pd.Series) -> npt.NDArray[np.int64]:
    """Return the month numbers of two collections of calls, one after the other, without the years between them.

    The second collection's first month follows the first one's last: else the years that lie between 2010 and a bank's
    own calls would leave rows of then no weight at all. Gaps inside a collection stay.

    Parameters
    ----------
    first, second : Series of str
        Months such as `2008-05`; shape of the result (n_first + n_second,).
    """
    before, after = month_numbers(first), month_numbers(second)
    if len(before) and len(after):
        after = after - after.min() + before.max() + 1
    return np.concatenate([before, after])


def recency_weights(month: npt.NDArray[np.int64], *, half_life: float) -> npt.NDArray[np.float64]:
    """Return each row's weight by age, shape (n_rows,): 1 in the newest month, a half every `half_life` months."""
    return np.asarray(np.power(0.5, (month.max() - month) / half_life), dtype=np.float64)


def year_on_year(levels: npt.NDArray[np.float64], table: dict[str, float]) -> npt.NDArray[np.float64]:
    """Return year on year percent of index levels, shape (n,); NaN for a level of no training month."""
    return np.array([table.get(cpi_key(level), np.nan) for level in levels], dtype=np.float64)


def market_of(frame: pd.DataFrame) -> pd.DataFrame:
    """Return `MARKET_FEATURES` of training rows, shape (n_rows, 3), on the index of `frame`.

    Raises
    ------
    TrainingDataError
        A row's consumer price index is not that of its month: rows are missing, moved or changed.
    """
    known = training_months().set_index("period")["cpi"]
    right = (frame["cpi"] - frame[PERIOD].map(known)).abs().to_numpy() < 10**-_CPI_DECIMALS
    if not right.all():
        row = frame.iloc[int(np.argmin(right))]
        raise TrainingDataError(
            f"The training file has a consumer price index of {row['cpi']:g} in {row[PERIOD]}, which was not that"
            " month's. Rows were moved or changed; download the file again."
        )
    changes = year_on_year(frame["cpi"].to_numpy(dtype=float), cpi_table())
    return frame.assign(cpi_yoy=changes)[list(MARKET_FEATURES)]
