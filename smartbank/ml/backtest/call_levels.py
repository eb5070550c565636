"""What is known of the level of a call from other calls, for each protocol: by when it was made, and how."""

from collections.abc import Mapping
from typing import Final

import numpy as np
import numpy.typing as npt

from smartbank.core.training_data import CONVERTED, PERIOD, WEEKDAY, TrainingData
from smartbank.ml.backtest.levels import nested_level
from smartbank.ml.backtest.times import call_times
from smartbank.ml.months import month_numbers
from smartbank.ml.weekday_effects import effects_of, weekday_effects

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.intp]

ALL, APPROACH, MONTH, WEEK, DAY = "all calls", "approach", "month", "week", "day"
"""Groups of calls. An approach is the channel of a call and how an earlier campaign ended."""

FOLD_RIDGES: Final = {MONTH: 1.0, WEEK: 3.0, DAY: 6.0}
"""Protocol A: ridge on the log-odds of a group's offset, from coarse to fine; few calls say little."""
WINDOW_RIDGES: Final = {ALL: 1.0, APPROACH: 10.0, WEEK: 10.0, DAY: 10.0}
"""Protocol B; decision 0167 says why."""
HALF_LIFE_CALLS: Final = 250
"""In protocol B a call counts half as much as one made 250 calls later: in UCI's file a day in 2008, weeks in 2010."""


class CallLevels:
    """The calls of a backtest, and what some of them say of the level of others.

    Every method takes `known`, the margins of the calls fitted on in log-odds, shape (n_fitted,); `fitted`, their
    rows; and `scored`, the rows asked for. It returns log-odds of shape (n_scored,).
    """

    def __init__(self, data: TrainingData) -> None:
        frame = data.frame
        self._converted = frame[CONVERTED].to_numpy(dtype=bool)
        self._month_number = month_numbers(frame[PERIOD])
        self._weekday = frame[WEEKDAY].to_numpy(dtype=object)
        month, week, day = call_times(data)
        approach = np.asarray(frame.groupby(["contact", "poutcome"], dropna=False).ngroup(), dtype=np.intp)
        self._groups: dict[str, IntArray] = {
            ALL: np.zeros(len(frame), dtype=np.intp),
            APPROACH: approach,
            MONTH: month,
            WEEK: week,
            DAY: day,
        }

    def of_folds(self, known: FloatArray, fitted: IntArray, scored: IntArray) -> FloatArray:
        """Return the level that calls of the same month, week and day say, made before and after."""
        return self._nested(known, fitted, scored, FOLD_RIDGES, np.ones(len(fitted)))

    def of_window(
        self,
        known: FloatArray,
        fitted: IntArray,
        scored: IntArray,
        *,
        ridges: Mapping[str, float] = WINDOW_RIDGES,
        half_life_calls: float = HALF_LIFE_CALLS,
    ) -> FloatArray:
        """Return the level that the calls before say, the newest counting most, and what weekdays went with.

        Parameters
        ----------
        fitted : int array of shape (n_fitted,)
            In the order in which the calls were made.
        ridges : mapping of str to float
            How strongly each group is held near the one before it; a group that is not named moves nothing.
        """
        effects = self._weekday_effects(known, fitted)
        recency = np.power(0.5, np.arange(len(fitted))[::-1] / half_life_calls)
        level = self._nested(known + effects_of(self._weekday[fitted], effects), fitted, scored, ridges, recency)
        return level + effects_of(self._weekday[scored], effects)

    def of_weekdays(self, known: FloatArray, fitted: IntArray, scored: IntArray) -> FloatArray:
        """Return what the weekdays went with in the calls before; 0 is a day like any other."""
        return effects_of(self._weekday[scored], self._weekday_effects(known, fitted))

    def _weekday_effects(self, known: FloatArray, fitted: IntArray) -> Mapping[str, float]:
        return weekday_effects(known, self._converted[fitted], self._month_number[fitted], self._weekday[fitted])

    def _nested(
        self, known: FloatArray, fitted: IntArray, scored: IntArray, ridges: Mapping[str, float], weights: FloatArray
    ) -> FloatArray:
        groupings = [(self._groups[name][fitted], self._groups[name][scored], ridge) for name, ridge in ridges.items()]
        return nested_level(known, self._converted[fitted], groupings, weights)
