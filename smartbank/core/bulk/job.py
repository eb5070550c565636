"""What is asked of a scoring from file to file, the pieces it is done in, and what each of them found."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import numpy.typing as npt

from smartbank.core.columns import ColumnPlan
from smartbank.core.consent import ConsentState
from smartbank.core.counts import Counts
from smartbank.core.level import Level
from smartbank.core.market.points import MarketPoint
from smartbank.core.rules import ScoringRules

IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float64]
Market = Literal["snapshot", "file"]

ROWS_PER_PART: Final = 1_000_000
"""Leads of a part of the ranking, about: what a process holds at once."""
PIECES_OF_A_PART: Final = 4
"""A piece of the input is so much smaller than a part, so that several processes have enough to do."""
IDS_OF_A_RANGE: Final = 8_000_000
"""Customer ids that are compared with each other at once."""


@dataclass(frozen=True)
class LeadFile:
    """A Parquet file of leads, as its footer describes it.

    Attributes
    ----------
    path : str
        Its whole address.
    groups : tuple of int
        Rows of each of its row groups.
    digest : str
        Eight hex digits of a hash of the footer: ids of rows without one are made with them.
    stamp : str
        Its size, and what its store changes with its content: a moment or a mark.
    """

    path: str
    columns: tuple[str, ...]
    groups: tuple[int, ...]
    digest: str
    stamp: str

    @property
    def rows(self) -> int:
        """Rows of the file."""
        return sum(self.groups)


@dataclass(frozen=True)
class Piece:
    """Row groups of one file that are scored together.

    Attributes
    ----------
    first_row : int
        Number of its first row in the file, from 1.
    id_prefix : str
        How ids of rows without one begin.
    """

    number: int
    path: str
    groups: tuple[int, ...]
    first_row: int
    rows: int
    id_prefix: str


@dataclass(frozen=True)
class Job:
    """What every piece has to know.

    Attributes
    ----------
    work : str
        Folder for what is passed from step to step, within reach of every process.
    ready : str
        Folder the result is written into.
    reference : MarketPoint
        The market in which the base rate was measured: rows of a replay are moved from it to their own.
    stand_in : MarketPoint
        The market of a row of a replay that brings none.
    id_ranges : int
        Ranges of hashes in which ids are compared; 0 where no file brings ids.
    best : int
        How many of the best leads are written once more, with the rows they come from.
    """

    work: str
    ready: str
    plan: ColumnPlan
    model_version: str
    rules: ScoringRules
    market: Market
    reference: MarketPoint
    stand_in: MarketPoint
    with_reasons: bool
    require_consent: bool
    id_ranges: int
    best: int


@dataclass(frozen=True)
class ScoredPiece:
    """What scoring a piece found; its leads are kept in the work folder, best grid step first.

    Attributes
    ----------
    counts : Counts
        Rows, clean and set aside; those barred are neither.
    barred : Counter
        Rows that must not be called, by `ConsentState`.
    aside_lines : int
        Lines about rows that are not ranked.
    id_width : int
        Bytes of the longest customer id.
    steps, leads : int array of shape (n_steps,)
        The grid steps that occur, falling, and the leads on each.
    id_starts : tuple of int
        Where each range of hashes begins in what is kept of the ids, and the end.
    without_id : int
        Leads whose row brought no id, so that one was made.
    """

    piece: int
    counts: Counts
    barred: Counter[ConsentState]
    blank: int
    aside_lines: int
    id_width: int
    steps: IntArray
    leads: IntArray
    id_starts: tuple[int, ...] = ()
    without_id: int = 0


@dataclass(frozen=True)
class Slice:
    """The leads of a piece, from one place to another of those kept, that belong to a part."""

    piece: int
    id_width: int
    start: int
    stop: int
    repeated: IntArray


@dataclass(frozen=True)
class Part:
    """A part of the ranking: where its leads are, and the rank of its best one."""

    number: int
    slices: tuple[Slice, ...]
    first_rank: int
    level: Level

    @property
    def name(self) -> str:
        """The name of its file."""
        return f"part-{self.number:05d}.parquet"


@dataclass(frozen=True)
class RankedBlock:
    """Some leads of a part in rank order.

    Attributes
    ----------
    ids : uint8 array of shape (n_leads, width)
    propensities : array of shape (n_leads,)
        In [0, 1].
    bands : int array of shape (n_leads,)
        Places in `BANDS`.
    reasons : int array of shape (n_leads, 3), or None
        Places in `sentences`, -1 for none.
    """

    first_rank: int
    ids: npt.NDArray[np.uint8]
    propensities: FloatArray
    bands: npt.NDArray[np.int8]
    reasons: npt.NDArray[np.int32] | None = None
    sentences: Sequence[str] = ()


@dataclass(frozen=True)
class WrittenPart:
    """What a part came to.

    Attributes
    ----------
    expected_sales : float
        Sum of propensities.
    """

    name: str
    leads: int
    first_rank: int
    bands: Mapping[str, int]
    expected_sales: float
    sha256: str
    size: int
