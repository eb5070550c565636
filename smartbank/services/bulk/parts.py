"""What one process does with one part of the ranking: bring its leads together, order, explain and write them."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Final

import numpy as np
import numpy.typing as npt

from smartbank.core.bulk.ids import best_first
from smartbank.core.bulk.job import Job, Part, RankedBlock, WrittenPart
from smartbank.core.bulk.kept import BestLeads, KeptLeads, joined
from smartbank.core.fields import LEAD_COLUMNS
from smartbank.core.level import propensity
from smartbank.core.ports.bulk import BulkFolder, CodeScorer
from smartbank.core.reasons import NEGLIGIBLE, ReasonWriter
from smartbank.core.rules import BANDS

Codes = npt.NDArray[np.float32]
Places = npt.NDArray[np.int32]

BLOCK: Final = 131_072
"""Leads that are explained and written at once: a row group of the file."""
_REASONS: Final = 3


def rank_part(
    job: Job, part: Part, *, scorer: CodeScorer, writer: ReasonWriter, folder: BulkFolder, described: Mapping[str, str]
) -> WrittenPart:
    """Order the leads of a part, best first, and write them; the same again writes the same bytes.

    Raises
    ------
    OutputError
        The folders cannot be read or written.
    """
    kept = [_without_repeated(folder, job, place, part) for place in range(len(part.slices))]
    leads = joined(kept)
    order = best_first(leads.scores, leads.margins, leads.ids)
    if job.best >= part.first_rank:
        best = order[: job.best - part.first_rank + 1]
        pieces = np.repeat([own.piece for own in part.slices], [len(own.places) for own in kept])
        folder.keep_best(part.number, BestLeads(pieces[best], leads.places[best], leads.ids[best]))
    bands, sales = Counter[int](), []

    def blocks() -> Iterator[RankedBlock]:
        for start in range(0, len(order), BLOCK):
            block = leads.taken(order[start : start + BLOCK])
            levels = part.level.log_odds + block.shifts if len(block.shifts) else part.level.log_odds
            propensities = propensity(levels + block.margins)
            places = job.rules.band_places(propensities)
            bands.update(dict(enumerate(np.bincount(places, minlength=len(BANDS)).tolist())))
            sales.append(float(propensities.sum()))
            reasons, sentences = reasons_of(block.codes, scorer, writer) if job.with_reasons else (None, [])
            yield RankedBlock(part.first_rank + start, block.ids, propensities, places, reasons, sentences)

    sha256, size = folder.write_part(part, blocks(), described)
    return WrittenPart(
        part.name,
        len(order),
        part.first_rank,
        {band: bands[place] for place, band in enumerate(BANDS)},
        sum(sales),
        sha256,
        size,
    )


def _without_repeated(folder: BulkFolder, job: Job, place: int, part: Part) -> KeptLeads:
    kept = folder.kept_leads(part.slices[place], with_shifts=job.market == "file")
    repeated = part.slices[place].repeated
    return kept.taken(~np.isin(kept.places, repeated)) if len(repeated) else kept


def reasons_of(codes: Codes, scorer: CodeScorer, writer: ReasonWriter) -> tuple[Places, list[str]]:
    """Return what `ReasonWriter.top_sentences` says of each lead, shape (n_leads, 3): places in a list, -1 for nothing.

    Leads in a row that are alike, as those with one score mostly are, are explained once.

    Parameters
    ----------
    codes : float32 array of shape (n_leads, 12)
        At least one lead.
    """
    bits = codes.view(np.uint32)  # an unknown field equals another one
    unlike = np.append(True, (bits[1:] != bits[:-1]).any(axis=1))
    reasons, sentences = _reasons(codes[unlike], scorer, writer)
    return reasons[np.cumsum(unlike) - 1], sentences


def _reasons(codes: Codes, scorer: CodeScorer, writer: ReasonWriter) -> tuple[Places, list[str]]:
    """Return the same of each lead by itself. What is not known of a lead is no reason to call it."""
    sentences: dict[str, int] = {}
    said = np.empty(codes.shape, dtype=np.int32)
    for column, field in enumerate(LEAD_COLUMNS):
        whole = np.nan_to_num(codes[:, column], nan=-1.0).astype(np.int64) + 1  # codes are whole and never negative
        often = np.bincount(whole)
        table = np.full(len(often), -1, dtype=np.int32)
        present = np.flatnonzero(often[1:])
        for code, value in zip(present, scorer.values_of(field, present.astype(np.float32)), strict=True):
            text = writer.sentence(field, value, speaks_for=True)
            table[code + 1] = sentences.setdefault(text, len(sentences))
        said[:, column] = table[whole]
    speaking = np.where(said < 0, np.float32(-np.inf), scorer.contributions_of(codes).astype(np.float32))
    rows, chosen = np.arange(len(codes)), np.empty((len(codes), _REASONS), dtype=np.int32)
    for place in range(_REASONS):
        best = speaking.argmax(axis=1)
        strong = speaking[rows, best].astype(np.float64) >= NEGLIGIBLE
        chosen[:, place] = np.where(strong, said[rows, best], -1)
        speaking[rows, best] = -np.inf
    return chosen, list(sentences)
