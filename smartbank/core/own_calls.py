"""The bank's own decided calls, as rows a model can learn from."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC
from typing import Final

import pandas as pd

from smartbank.core.fields import LEAD_COLUMNS
from smartbank.core.outcomes import Outcome, OutcomeKind
from smartbank.core.training_data import CONVERTED, DAY, PERIOD, WEEKDAY, WEEKDAYS

OWN_COLUMNS: Final = (*LEAD_COLUMNS, PERIOD, WEEKDAY, DAY, CONVERTED)


@dataclass(frozen=True)
class OwnCalls:
    """Decided calls in the order they were made.

    Attributes
    ----------
    frame : DataFrame of shape (n_calls, 16)
        `OWN_COLUMNS`: the fields as the prediction saw them, texts `str` and numbers float64, NaN for unknown; of the
        call in UTC `period` as "2026-11", `weekday` as "fri" and `day` as "2026-11-27"; `y` bool, whether it sold.
        Nothing that tells who it was.
    left_out : int
        Decided calls of customers who were erased since, or whose prediction is not kept any more.
    """

    frame: pd.DataFrame
    left_out: int = 0


def own_frame(leads: pd.DataFrame, outcomes: Sequence[Outcome]) -> pd.DataFrame:
    """Return `OWN_COLUMNS` of leads and what came of calling each of them, in the same order."""
    days = [each.at.astimezone(UTC).date() for each in outcomes]
    sold = [each.outcome is OutcomeKind.SUBSCRIBED for each in outcomes]
    frame = leads[list(LEAD_COLUMNS)].reset_index(drop=True)
    frame[PERIOD] = pd.Series([f"{day:%Y-%m}" for day in days], dtype="str")
    frame[WEEKDAY] = pd.Series([WEEKDAYS[day.weekday()] for day in days], dtype="str")
    frame[DAY] = pd.Series([day.isoformat() for day in days], dtype="str")
    frame[CONVERTED] = pd.Series(sold, dtype=bool)
    return frame[list(OWN_COLUMNS)]
