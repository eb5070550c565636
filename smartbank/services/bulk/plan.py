"""How a scoring from file to file is divided: pieces of the input, and parts of the ranking."""

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np

from smartbank.core.bulk.grid import lowest_steps
from smartbank.core.bulk.job import PIECES_OF_A_PART, IntArray, LeadFile, Part, Piece, ScoredPiece, Slice
from smartbank.core.bulk.kept import Repeated
from smartbank.core.columns import ColumnPlan, lacking, plan_columns
from smartbank.core.fingerprint import fingerprint
from smartbank.core.identity import id_prefix
from smartbank.core.level import Level
from smartbank.errors import LeadValidationError

_NOTHING: Final = np.empty(0, np.int64)


def shared_plan(files: Sequence[LeadFile], *, market: str) -> ColumnPlan:
    """Return what becomes of the columns, which must be the same in every file.

    Raises
    ------
    LeadValidationError
        A file has other columns than the first, leads cannot be ranked by them, or they bring no market for a replay.
    """
    first = files[0]
    for file in files:
        if set(file.columns) != set(first.columns):
            other = min(set(file.columns) ^ set(first.columns))
            raise LeadValidationError(
                f'Nothing was scored. "{other}" is a column of only one of {first.path} and {file.path}.'
            )
    plan = plan_columns(first.columns)
    if why := lacking(plan, advice="Rename a column in all files."):
        raise LeadValidationError(f"Nothing was scored. {why}")
    if market == "file" and not plan.has_market:
        raise LeadValidationError(
            "Nothing was scored. The files do not bring their own market columns: leave --market file away."
        )
    return plan


def pieces_of(files: Sequence[LeadFile], *, rows_per_part: int) -> list[Piece]:
    """Return the row groups of all files in pieces of about a quarter of a part; a row group is never divided."""
    most = max(1, rows_per_part // PIECES_OF_A_PART)
    pieces: list[Piece] = []
    for number, file in enumerate(files):
        prefix = id_prefix(fingerprint([file.digest, number]))
        groups: list[int] = []
        first_row, rows = 1, 0
        for group, size in enumerate(file.groups):
            if groups and rows + size > most:
                pieces.append(Piece(len(pieces), file.path, tuple(groups), first_row, rows, prefix))
                first_row, groups, rows = first_row + rows, [], 0
            groups, rows = [*groups, group], rows + size
        if rows:
            pieces.append(Piece(len(pieces), file.path, tuple(groups), first_row, rows, prefix))
    return pieces


def parts_of(
    scored: Sequence[ScoredPiece],
    repeated: Mapping[int, Repeated],
    steps: IntArray,
    leads: IntArray,
    *,
    rows_per_part: int,
    level: Level,
) -> list[Part]:
    """Return the parts of the ranking: which leads of each piece belong to it, and the rank of its first.

    Parameters
    ----------
    repeated : mapping of int to Repeated
        By piece.
    steps, leads : int array of shape (n_steps,)
        All leads that are ranked, by grid step, falling.
    """
    lowest = lowest_steps(steps, leads, rows_per_part=rows_per_part)
    ranks = np.concatenate([[0], np.cumsum(leads)[np.searchsorted(-steps, -lowest)]]) + 1
    slices: list[list[Slice]] = [[] for _ in lowest]
    for piece in scored:
        ends = np.concatenate([[0], np.cumsum(piece.leads)])
        stops = ends[np.searchsorted(-piece.steps, -lowest, side="right")]
        again = repeated.get(piece.piece)
        part_of_again = _NOTHING if again is None else np.searchsorted(-lowest, -again.steps)
        for part, (start, stop) in enumerate(zip([0, *stops[:-1]], stops, strict=True)):
            if stop > start:
                places = _NOTHING if again is None else again.places[part_of_again == part]
                slices[part].append(Slice(piece.piece, piece.id_width, int(start), int(stop), places))
    return [Part(number, tuple(own), int(ranks[number]), level) for number, own in enumerate(slices)]
