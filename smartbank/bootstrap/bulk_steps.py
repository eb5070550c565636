"""The steps of a scoring from file to file, as functions that every process finds by their name."""

from collections.abc import Mapping
from functools import cache

from smartbank.adapters.bulk.folder import WorkFolder
from smartbank.adapters.bulk.leads import ParquetLeads
from smartbank.config import load_settings
from smartbank.core.bulk.job import Job, Part, Piece, Repeated, ScoredPiece, WrittenPart
from smartbank.core.reasons import ReasonWriter
from smartbank.ml.artifact import load_version
from smartbank.ml.scorer import PropensityScorer
from smartbank.services.bulk.parts import rank_part
from smartbank.services.bulk.pieces import repeated_ids, score_piece


@cache
def scorer_of(version: str) -> PropensityScorer:
    """Return a version of the model from this computer's folder, checked once a process; one thread scores."""
    return load_version(load_settings().models_dir, version, n_threads=1)


def score(job: Job, piece: Piece) -> ScoredPiece:
    """Score a piece of the input."""
    return score_piece(job, piece, scorer=scorer_of(job.model_version), files=ParquetLeads(), folder=WorkFolder(job))


def repeated(job: Job, pieces: list[tuple[int, int, int]]) -> dict[int, Repeated]:
    """Compare the ids of a range of hashes."""
    return repeated_ids(pieces, folder=WorkFolder(job))


def rank(job: Job, described: Mapping[str, str], part: Part) -> WrittenPart:
    """Write a part of the ranking."""
    scorer = scorer_of(job.model_version)
    writer = ReasonWriter(scorer.rate, float(scorer.card["base_rate"]))
    return rank_part(job, part, scorer=scorer, writer=writer, folder=WorkFolder(job), described=described)
