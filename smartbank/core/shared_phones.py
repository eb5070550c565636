"""Phone numbers that stand in many rows of a file: no household, but often a stand-in such as the branch's own."""

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from smartbank.core.wording import plural

Hashes = npt.NDArray[np.uint64]
MANY: Final = 6
"""Rows from which a number is spoken of."""


def phone_hashes(leads: pd.DataFrame) -> Hashes:
    """Return a hash of each phone number in the column `phone`; rows without one have none."""
    return np.asarray(pd.util.hash_array(leads["phone"].dropna().to_numpy(dtype=object)), dtype=np.uint64)


def shared_phones(hashes: Sequence[Hashes]) -> list[str]:
    """Return a sentence on the numbers that stand in `MANY` rows or more, without them; none where there are none."""
    if not hashes:
        return []
    rows = np.unique(np.concatenate(hashes), return_counts=True)[1]
    many = rows[rows >= MANY]
    if not len(many):
        return []
    most = plural(int(many.max()), "row")
    said = (
        f"One phone number stands in {most}."
        if len(many) == 1
        else f"{len(many):,} phone numbers stand in {MANY} rows or more each, one of them in {most}."
    )
    return [f"{said} A stand-in, such as the branch's own, is better left out: agents would call it for each of them."]
