"""What a list of the best would be, had the model not known age and marital status, and what that costs."""

import numpy as np

from smartbank.core.level import anchored_intercept, propensity
from smartbank.core.list_change import BoolArray, FloatArray, ListChange


def twin_list(with_both: FloatArray, without: FloatArray, *, base_rate: float, length: int) -> ListChange:
    """Return the list of the twin beside that of the model that knows both, which judges; ties keep the leads' order.

    Parameters
    ----------
    with_both, without : array of shape (n_leads,)
        Margins of the model and of its twin in log-odds.
    base_rate : float
        Mean propensity of the leads, in (0, 1).
    length : int
        Leads on a list, from 1 to `n_leads`.
    """
    propensities = propensity(anchored_intercept(with_both, base_rate) + with_both)
    return ListChange(_best(with_both, length), _best(without, length), propensities)


def _best(margins: FloatArray, length: int) -> BoolArray:
    listed = np.zeros(len(margins), dtype=bool)
    listed[np.argsort(-margins, kind="stable")[:length]] = True
    return listed
