"""What one process does with one piece of the input: clean it, score it, and keep it for ranking."""

from collections import Counter
from collections.abc import Sequence
from typing import Final

import numpy as np
import pandas as pd

from smartbank.core.bulk.cleaning import Cleaned, clean_batch
from smartbank.core.bulk.grid import counted, steps_of
from smartbank.core.bulk.ids import Hashes, hashes
from smartbank.core.bulk.in_force import BarredIds
from smartbank.core.bulk.job import IntArray, Job, Piece, ScoredPiece
from smartbank.core.bulk.kept import Compared, KeptIds, KeptLeads, Repeated, joined
from smartbank.core.consent import ConsentState
from smartbank.core.counts import Counts
from smartbank.core.fields import CONSENT_COLUMNS, CUSTOMER_ID, LEAD_COLUMNS, MARKET_COLUMNS
from smartbank.core.market.indicators import MARKET_FEATURES
from smartbank.core.ports.bulk import BulkFolder, CodeScorer, LeadFiles
from smartbank.services.leveling import row_shifts

_HASHES: Final = 1 << 64
_NO_MARK: Final = np.iinfo(np.int64).min


def asked_columns(job: Job) -> dict[str, str]:
    """Return the columns that are read, by field: no names, no phone numbers, no market but of a replay."""
    fields = (CUSTOMER_ID, *LEAD_COLUMNS, *CONSENT_COLUMNS, *(MARKET_COLUMNS if job.market == "file" else ()))
    return {field: job.plan.fields[field] for field in fields if field in job.plan.fields}


def score_piece(job: Job, piece: Piece, *, scorer: CodeScorer, files: LeadFiles, folder: BulkFolder) -> ScoredPiece:
    """Score a piece and keep its leads and its ids; the same again comes to the same.

    Raises
    ------
    LeadValidationError
        The file cannot be read any more.
    OutputError
        The work folder cannot be written.
    """
    counts, barred, blank = Counts(), Counter[ConsentState](), 0
    lines, leads, marks, without_id = [], [], [], 0
    for batch in files.batches(piece, asked_columns(job)):
        cleaned = clean_batch(
            batch,
            job.plan,
            codes_of=scorer.codes_of,
            id_prefix=piece.id_prefix,
            first_row=piece.first_row,
            with_market=job.market == "file",
            require_consent=job.require_consent,
        )
        counts, barred, blank = counts + cleaned.counts, barred + cleaned.barred, blank + cleaned.blank
        lines += cleaned.lines
        leads.append(_scored(cleaned, job, scorer))
        without_id += int((~batch.ids.rows[cleaned.places - batch.first].any(axis=1)).sum())
        marks.append((hashes(cleaned.marked_ids), -1 - cleaned.marks.astype(np.int64)))
    kept = joined(leads)
    steps = steps_of(kept.scores)
    best_first = np.argsort(-steps, kind="stable")
    folder.keep_leads(piece.number, kept.taken(best_first))
    folder.keep_lines(piece.number, lines)
    return ScoredPiece(
        piece.number,
        counts,
        barred,
        blank,
        len(lines),
        kept.ids.shape[1],
        *counted(steps),
        id_starts=_keep_ids(job, piece.number, _by_hash(kept, steps, marks), folder) if job.id_ranges else (),
        without_id=without_id,
    )


def _scored(cleaned: Cleaned, job: Job, scorer: CodeScorer) -> KeptLeads:
    shifts = np.empty(0)
    if job.market == "file":
        prices = scorer.cpi_year_on_year(cleaned.market[:, MARKET_COLUMNS.index("cpi")])
        own = {
            "euribor3m": cleaned.market[:, MARKET_COLUMNS.index("euribor3m")],
            "emp_var_rate": cleaned.market[:, MARKET_COLUMNS.index("emp_var_rate")],
            "cpi_yoy": prices,
        }
        stand_in = dict(zip(MARKET_FEATURES, job.stand_in, strict=True))
        shifts = row_shifts(pd.DataFrame(own).fillna(stand_in), job.reference, scorer)
    return KeptLeads(cleaned.places, scorer.margins_of(cleaned.codes), shifts, cleaned.codes, cleaned.ids)


def _by_hash(kept: KeptLeads, steps: IntArray, marks: Sequence[tuple[Hashes, IntArray]]) -> KeptIds:
    found = np.concatenate([hashes(kept.ids), *(each for each, _ in marks)])
    places = np.concatenate([kept.places, *(each for _, each in marks)])
    steps = np.append(steps, np.zeros(len(found) - len(steps), np.int64))
    order = np.argsort(found, kind="stable")  # leads are in the order of the file, so those of one id stay in it
    return KeptIds(found[order], places[order], steps[order])


def keep_barred(job: Job, piece: int, barred: BarredIds, *, folder: BulkFolder) -> tuple[int, ...]:
    """Keep whom SmartBank bars as if it were another piece, without a lead; return where each range of hashes begins.

    Raises
    ------
    OutputError
        The work folder cannot be written.
    """
    marks = -1 - barred.states.astype(np.int64)
    return _keep_ids(job, piece, KeptIds(barred.hashes, marks, np.zeros(len(barred), np.int64)), folder)


def _keep_ids(job: Job, piece: int, ids: KeptIds, folder: BulkFolder) -> tuple[int, ...]:
    folder.keep_ids(piece, ids)
    starts = [place * (_HASHES // job.id_ranges) for place in range(job.id_ranges)]
    return (*(int(each) for each in np.searchsorted(ids.hashes, np.array(starts, dtype=np.uint64))), len(ids.hashes))


def repeated_ids(pieces: list[tuple[int, int, int]], *, folder: BulkFolder, known: int | None = None) -> Compared:
    """Return the leads whose id came before, and those that another row bars.

    A customer is barred by any row, before or after, whether or not it could be ranked itself.

    Parameters
    ----------
    pieces : list of (piece, start, stop)
        Where the ids of one range of hashes lie, pieces in the order of the input.
    known : int or None
        The piece `keep_barred` made.
    """
    kept = [folder.kept_ids(*each) for each in pieces]
    found = np.concatenate([each.hashes for each in kept])
    order = np.argsort(found, kind="stable")
    rising = found[order]
    follows = np.append(False, rising[1:] == rising[:-1])  # the id is that of the one before
    if not follows.any():
        return Compared({})
    shared = np.flatnonzero(follows | np.append(follows[1:], False))
    order, follows = order[shared], follows[shared]
    owner = np.repeat([piece for piece, _, _ in pieces], [len(each.hashes) for each in kept])[order]
    places = np.concatenate([each.places for each in kept])[order]
    steps = np.concatenate([each.steps for each in kept])[order]
    marks = np.where(places < 0, places, _NO_MARK)
    gravest = np.maximum.reduceat(marks, np.flatnonzero(~follows))[np.cumsum(~follows) - 1]
    barred_by = np.where(gravest == _NO_MARK, -1, -1 - gravest)
    out = (places >= 0) & (follows | (barred_by >= 0))
    repeated = {
        int(piece): Repeated(*(each[out & (owner == piece)] for each in (places, steps, barred_by)))
        for piece in np.unique(owner[out])
    }
    return Compared(repeated, int((owner == known).sum()))
