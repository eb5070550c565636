"""What bars a customer, from columns of a file: also in rows that are not used for anything else."""

from typing import Final

import numpy as np
import numpy.typing as npt

from smartbank.core.bulk.batch import Batch
from smartbank.core.cells import level_of
from smartbank.core.consent import BARRING, ConsentState, barred_states, consent_state
from smartbank.core.fields import FIELD
from smartbank.core.marks import bars

States = npt.NDArray[np.int8]
"""Places in `BARRED`, -1 for none."""
BARRED: Final = barred_states(require_consent=True)
_BY_MARK: Final = sorted((BARRED.index(consent_state({name: says})), name) for name, says in BARRING.items())


def marked_states(batch: Batch) -> States:
    """Return what the marks of each row make of its customer, shape (n_rows,), the gravest of several.

    A mark nobody can read counts as in `smartbank.core.marks.barring_marks`.
    """
    states = np.full(batch.rows, -1, dtype=np.int8)
    for state, name in reversed(_BY_MARK):
        if (cells := batch.cells.get(name)) is not None:
            states[cells.rows_of(np.array([bars(name, text) for text in cells.texts], dtype=bool))] = state
    return states


def barred_states_of(batch: Batch, marked: States, *, require_consent: bool) -> States:
    """Return why the customer of each row must not be called as far as the row says, shape (n_rows,).

    Parameters
    ----------
    marked : array of shape (n_rows,)
        As `marked_states` returns it.
    """
    if not require_consent:
        return marked
    gave = np.zeros(batch.rows, dtype=bool)
    if (cells := batch.cells.get("consent")) is not None:
        gave = cells.taken(np.array([level_of(FIELD["consent"], text) == "yes" for text in cells.texts], dtype=bool))
    return np.where((marked < 0) & ~gave, BARRED.index(ConsentState.UNKNOWN), marked).astype(np.int8)
