"""Past calls whose reasons weigh as a customer's do, and what came of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import sqrt
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from smartbank.core.evaluation import Interval
from smartbank.core.fields import LEAD_COLUMNS
from smartbank.core.level import WITHIN_95
from smartbank.core.training_data import CONVERTED

FloatArray = npt.NDArray[np.float64]
FloatTable = npt.NDArray[np.float32]

SIMILAR: Final = 100
"""Past calls that are looked at: enough that a share of them means something."""


@dataclass(frozen=True, eq=False)
class SimilarCalls:
    """The past calls nearest to a customer by contributions.

    Attributes
    ----------
    rows : DataFrame of shape (n_calls, 14)
        Training rows, nearest first.
    distances : array of shape (n_calls,)
        Root of the summed squares of the differences of their contributions, in log-odds.
    rate : Interval
        Share that bought, with its 95 % interval; of all training rows `base_rate`.
    same : mapping of str to int
        How many of them have the customer's value, by field.
    """

    rows: pd.DataFrame
    distances: FloatArray
    rate: Interval
    base_rate: float
    same: Mapping[str, int]

    @property
    def sales(self) -> int:
        """How many of them bought."""
        return int(self.rows[CONVERTED].sum())


def similar_calls(
    lead: pd.Series, contributions: FloatArray, rows: pd.DataFrame, of_rows: FloatTable, *, count: int = SIMILAR
) -> SimilarCalls:
    """Return the past calls whose contributions are nearest to a lead's; of equally near ones the latest.

    By contributions, not by values: two jobs that count alike are alike here, and a field the model does not look at
    makes nobody different.

    Parameters
    ----------
    lead : Series
        `LEAD_COLUMNS`.
    contributions : array of shape (12,)
        The lead's, in log-odds, columns as `LEAD_COLUMNS`.
    rows : DataFrame of shape (n_rows, 14)
        Training rows, in the order of the calls; at least one.
    of_rows : float32 array of shape (n_rows, 12)
        Their contributions.
    """
    distances = np.sqrt(np.square(of_rows.astype(np.float64) - contributions).sum(axis=1))
    places = np.lexsort((-np.arange(len(rows)), np.round(distances, 6)))[:count]
    found = rows.iloc[places].reset_index(drop=True)
    return SimilarCalls(
        rows=found,
        distances=distances[places],
        rate=share_interval(int(found[CONVERTED].sum()), len(found)),
        base_rate=float(rows[CONVERTED].mean()),
        same={name: _equal(found[name], lead[name]) for name in LEAD_COLUMNS},
    )


def share_interval(hits: float, of: float) -> Interval:
    """Return a share with its 95 % interval.

    E. B. Wilson, "Probable Inference, the Law of Succession, and Statistical Inference", Journal of the American
    Statistical Association 22 (1927): it holds where few of few bought, too.
    """
    share, z2 = hits / of, WITHIN_95 * WITHIN_95
    middle = (share + z2 / (2 * of)) / (1 + z2 / of)
    half = WITHIN_95 / (1 + z2 / of) * sqrt(share * (1 - share) / of + z2 / (4 * of * of))
    return Interval(share, max(0.0, middle - half), min(1.0, middle + half))


def _equal(values: pd.Series, own: object) -> int:
    return int(values.isna().sum() if pd.isna(own) else (values == own).sum())  # type: ignore[call-overload]
