"""What is passed from step to step of a scoring from file to file."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from smartbank.core.bulk.ids import widened
from smartbank.core.bulk.job import FloatArray, IntArray, Piece


@dataclass(frozen=True)
class KeptLeads:
    """Scored leads, as they are passed from scoring to ranking.

    Attributes
    ----------
    places : int array of shape (n_leads,)
        Rows within their piece, from 0.
    margins, shifts : array of shape (n_leads,)
        Log-odds of the lead, and of its row's market; no shift where all leads have the same market.
    codes : float32 array of shape (n_leads, 12)
    ids : uint8 array of shape (n_leads, width)
    """

    places: IntArray
    margins: FloatArray
    shifts: FloatArray
    codes: npt.NDArray[np.float32]
    ids: npt.NDArray[np.uint8]

    @property
    def scores(self) -> FloatArray:
        """What leads are ranked by, shape (n_leads,), in log-odds."""
        return self.margins + self.shifts if len(self.shifts) else self.margins

    def taken(self, places: npt.NDArray[Any]) -> "KeptLeads":
        """Return some of them, in that order."""
        shifts = self.shifts[places] if len(self.shifts) else self.shifts
        return KeptLeads(self.places[places], self.margins[places], shifts, self.codes[places], self.ids[places])


def joined(leads: Sequence[KeptLeads]) -> KeptLeads:
    """Return several as one, their ids as wide as the widest; at least one."""
    width = max(each.ids.shape[1] for each in leads)
    return KeptLeads(
        np.concatenate([each.places for each in leads]),
        np.concatenate([each.margins for each in leads]),
        np.concatenate([each.shifts for each in leads]),
        np.concatenate([each.codes for each in leads]),
        np.concatenate([widened(each.ids, width) for each in leads]),
    )


@dataclass(frozen=True)
class KeptIds:
    """Hashes of customer ids of a piece, rising: of its leads, and of its rows that bar their customer.

    Attributes
    ----------
    places : int array of shape (n,)
        Row of a lead within the piece, from 0; of a row that bars, -1 minus the place of its state in
        `smartbank.core.bulk.marks.BARRED`: the gravest is the greatest.
    steps : int array of shape (n,)
        Grid step of a lead; 0 of a row that bars, which is no lead.
    """

    hashes: npt.NDArray[np.uint64]
    places: IntArray
    steps: IntArray


@dataclass(frozen=True)
class Repeated:
    """Leads of a piece that are not ranked because of another row: their id came before, or the other row bars it.

    Attributes
    ----------
    places : int array of shape (n,)
        Rows within the piece from 0.
    steps : int array of shape (n,)
        Their grid steps.
    barred_by : int array of shape (n,)
        The gravest state another row says, as a place in `smartbank.core.bulk.marks.BARRED`; -1 where the id came
        before.
    """

    places: IntArray
    steps: IntArray
    barred_by: IntArray

    @classmethod
    def joined(cls, several: Sequence["Repeated"]) -> "Repeated":
        """Return several of one piece as one, rows rising."""
        order = np.argsort(np.concatenate([each.places for each in several]))
        return cls(
            np.concatenate([each.places for each in several])[order],
            np.concatenate([each.steps for each in several])[order],
            np.concatenate([each.barred_by for each in several])[order],
        )


@dataclass(frozen=True)
class Compared:
    """What comparing the ids of a range of hashes found.

    Attributes
    ----------
    repeated : dict
        Leads that are not ranked because of another row, by piece.
    known : int
        Customers SmartBank bars who are in the files.
    """

    repeated: dict[int, Repeated]
    known: int = 0


@dataclass(frozen=True)
class BestLeads:
    """Where the rows of some of the best leads are, in rank order.

    Attributes
    ----------
    pieces, places : int array of shape (n_leads,)
        The piece of each, and its row within it, from 0.
    ids : uint8 array of shape (n_leads, width)
    """

    pieces: IntArray
    places: IntArray
    ids: npt.NDArray[np.uint8]


@dataclass(frozen=True)
class WantedRows:
    """Rows of one piece that are written once more.

    Attributes
    ----------
    places, ranks : int array of shape (n_rows,)
        Rows within the piece, rising, and the rank of each.
    ids : uint8 array of shape (n_rows, width)
    """

    piece: Piece
    places: IntArray
    ranks: IntArray
    ids: npt.NDArray[np.uint8]
