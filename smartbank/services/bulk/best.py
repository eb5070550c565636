"""The rows the best leads come from, written once more, to be brought into SmartBank."""

from collections.abc import Sequence

import numpy as np

from smartbank.core.bulk.ids import widened
from smartbank.core.bulk.job import Job, Part, Piece
from smartbank.core.bulk.kept import WantedRows
from smartbank.core.fields import CUSTOMER_ID
from smartbank.core.ports.bulk import BulkFolder, LeadFiles


def wanted_rows(job: Job, pieces: Sequence[Piece], parts: Sequence[Part], *, folder: BulkFolder) -> list[WantedRows]:
    """Return which rows of which pieces the best leads come from. Raises `OutputError`."""
    kept = [folder.kept_best(part.number) for part in parts if part.first_rank <= job.best]
    owner = np.concatenate([best.pieces for best in kept])
    places = np.concatenate([best.places for best in kept])
    width = max(best.ids.shape[1] for best in kept)
    ids = np.concatenate([widened(best.ids, width) for best in kept])
    ranks = np.arange(1, len(owner) + 1)
    order = np.lexsort((places, owner))
    numbers, starts = np.unique(owner[order], return_index=True)
    return [
        WantedRows(pieces[number], places[own], ranks[own], ids[own])
        for number, own in zip(numbers.tolist(), np.split(order, starts[1:]), strict=True)
    ]


def pick_rows(job: Job, wanted: WantedRows, *, files: LeadFiles, folder: BulkFolder) -> int:
    """Keep the rows that are wanted of a piece, with the columns SmartBank knows, and return its number.

    Raises
    ------
    LeadValidationError
        The file cannot be read any more.
    OutputError
        The work folder cannot be written.
    """
    rows = files.rows(wanted.piece, list(job.plan.matched), wanted.places)
    folder.keep_rows(wanted, rows, id_column=job.plan.fields.get(CUSTOMER_ID, CUSTOMER_ID))
    return wanted.piece.number
