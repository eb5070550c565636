"""Some rows of a file by columns: the different cells of each, and which of them a row holds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from smartbank.core.bulk.ids import Bytes

BoolArray = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Cells:
    """One column of some rows.

    Attributes
    ----------
    texts : sequence of str
        Its different cells as text, empty for a missing one.
    places : int array of shape (n_rows,)
        Which of them each row holds.
    """

    texts: Sequence[str]
    places: npt.NDArray[Any]

    def taken(self, values: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """Return a value of each text as a value of each row."""
        return np.asarray(values[self.places])

    def rows_of(self, texts: BoolArray) -> npt.NDArray[np.int64]:
        """Return the rows that hold one of some texts, rising."""
        return np.flatnonzero(texts[self.places]) if texts.any() else np.empty(0, np.int64)

    def often(self, *, but: npt.NDArray[np.int64]) -> list[int]:
        """Return how many rows hold each text, some rows left out."""
        most = len(self.texts)
        held = np.bincount(self.places, minlength=most) - np.bincount(self.places[but], minlength=most)
        return list(held.tolist())


@dataclass(frozen=True)
class Ids:
    """Customer ids of some rows, as the file gives them, without spaces around.

    Attributes
    ----------
    rows : uint8 array of shape (n_rows, width)
        Zeros for a missing id and for one in `unreadable`.
    unreadable : mapping of int to str
        Ids that are too long, or hold letters no id may hold.
    """

    rows: Bytes
    unreadable: Mapping[int, str]


@dataclass(frozen=True)
class Batch:
    """Some rows of a piece.

    Attributes
    ----------
    first : int
        Place of the first row within the piece, from 0.
    cells : mapping of str to Cells
        By field, those the file has.
    """

    first: int
    rows: int
    cells: Mapping[str, Cells]
    ids: Ids
