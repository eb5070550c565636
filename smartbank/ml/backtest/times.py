"""When the calls of a backtest were made: their months, weeks and days, numbered in the order of the file."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from smartbank.core.training_data import DAY, PERIOD, WEEKDAY, WEEKDAYS, TrainingData

IntArray = npt.NDArray[np.intp]


class CallTimes(NamedTuple):
    """Numbers of the month, the week and the day of each call, shape (n_rows,) each, counted from 0."""

    month: IntArray
    week: IntArray
    day: IntArray


def call_times(data: TrainingData) -> CallTimes:
    """Return when each call was made; a week begins where a day's weekday is not after that of the day before."""
    frame = data.frame
    month, day = (pd.factorize(frame[name])[0].astype(np.intp) for name in (PERIOD, DAY))
    weekday = frame[WEEKDAY].map({name: number for number, name in enumerate(WEEKDAYS)}).to_numpy()
    next_day = np.concatenate([[False], day[1:] != day[:-1]])
    next_week = next_day & np.concatenate([[False], weekday[1:] <= weekday[:-1]])
    return CallTimes(month, np.cumsum(next_week).astype(np.intp), day)
