"""The training rows as every model sees them: leads of the past, the month each was called in, and what came of it."""

from dataclasses import dataclass, field
from typing import Final

import pandas as pd

from smartbank.core.fields import LEAD_COLUMNS, MARKET_COLUMNS
from smartbank.core.leaks import is_known_after_the_call
from smartbank.errors import TrainingDataError

CONVERTED: Final = "y"
"""Outcome column, bool: the lead subscribed."""
PERIOD: Final = "period"
"""Month of the call as `2008-05`, str."""
WEEKDAY: Final = "weekday"
"""Day of the week of the call: one of `WEEKDAYS`, str."""
DAY: Final = "day"
"""Day of the call, str: calls of one day share it, and no others."""
WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
TRAINING_COLUMNS: Final = (*LEAD_COLUMNS, *MARKET_COLUMNS, "month", "year", PERIOD, WEEKDAY, DAY, CONVERTED)
BESIDE_COLUMNS: Final = ("cons_conf_idx", "nr_employed")
"""The rest of UCI's columns that are known before a call: never fields of a lead, no model of SmartBank sees them."""


@dataclass(frozen=True)
class TrainingData:
    """Past leads in the order they were called.

    Attributes
    ----------
    frame : DataFrame of shape (n_rows, 21)
        `TRAINING_COLUMNS`: categories as `str` with NaN for unknown, numbers float64, `month` (`may`) and
        `period` (`2008-05`) str, `year` int64, `weekday` and `day` str, `y` bool. A `RangeIndex` in file order.
    sha256 : str
        Of the CSV the rows were read from.
    beside : DataFrame of n_rows rows
        `BESIDE_COLUMNS` where they are known: what the standard models of a backtest see as well, on the same index.
    """

    frame: pd.DataFrame
    sha256: str
    beside: pd.DataFrame = field(default_factory=pd.DataFrame)


def require_features(features: tuple[str, ...]) -> tuple[str, ...]:
    """Return the features of a ranking model unchanged, once each of them is a field of a lead.

    Raises
    ------
    TrainingDataError
        A feature is known only after the call (`duration` above all), is not a field of a lead, or none is given.
    """
    late = [name for name in features if is_known_after_the_call(name)]
    if late:
        raise TrainingDataError(
            f"{', '.join(late)} cannot be a feature: it is known only after the call. Leave it out and train again."
        )
    strange = [name for name in features if name not in LEAD_COLUMNS]
    if strange or not features:
        raise TrainingDataError(
            f"Not a field of a lead: {', '.join(strange) or 'nothing was chosen'}."
            f" Choose from {', '.join(LEAD_COLUMNS)}."
        )
    return features
