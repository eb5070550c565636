"""The steps of a scoring from file to file, as functions that every process finds by their name."""

from collections.abc import Mapping

from smartbank.adapters.bulk.folder import WorkFolder
from smartbank.adapters.bulk.leads import ParquetLeads
from smartbank.core.bulk.job import Job, Part, Piece, ScoredPiece, WrittenPart
from smartbank.core.bulk.kept import Compared, WantedRows
from smartbank.core.reasons import ReasonWriter
from smartbank.ml.artifact import scorer_of
from smartbank.ml.packed import unpacked
from smartbank.ml.scorer import PropensityScorer
from smartbank.services.bulk.best import pick_rows
from smartbank.services.bulk.parts import rank_part
from smartbank.services.bulk.pieces import repeated_ids, score_piece

_loaded: dict[str, PropensityScorer] = {}
"""The version this process scores with; its content never changes, and a worker that lives long keeps one."""


def scorer_from(version: str, model: bytes) -> PropensityScorer:
    """Return a version of the model that came packed, checked once a process; one thread scores."""
    if version not in _loaded:
        scorer = scorer_of(version, unpacked(version, model), n_threads=1)
        _loaded.clear()
        _loaded[version] = scorer
    return _loaded[version]


def _scorer(job: Job) -> PropensityScorer:
    known = _loaded.get(job.model_version)
    return scorer_from(job.model_version, WorkFolder(job).kept_model()) if known is None else known


def score(job: Job, piece: Piece) -> ScoredPiece:
    """Score a piece of the input."""
    return score_piece(job, piece, scorer=_scorer(job), files=ParquetLeads(), folder=WorkFolder(job))


def compare(job: Job, known: int | None, pieces: list[tuple[int, int, int]]) -> Compared:
    """Compare the ids of a range of hashes."""
    return repeated_ids(pieces, folder=WorkFolder(job), known=known)


def rank(job: Job, described: Mapping[str, str], part: Part) -> WrittenPart:
    """Write a part of the ranking."""
    scorer = _scorer(job)
    writer = ReasonWriter(scorer.rate, float(scorer.card["base_rate"]))
    return rank_part(job, part, scorer=scorer, writer=writer, folder=WorkFolder(job), described=described)


def pick(job: Job, wanted: WantedRows) -> int:
    """Keep the rows of a piece that the best leads come from."""
    return pick_rows(job, wanted, files=ParquetLeads(), folder=WorkFolder(job))
