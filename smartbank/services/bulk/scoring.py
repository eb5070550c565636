"""Use case: score Parquet files into a ranking in Parquet files, on one process or on many, with the same bytes."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial, reduce
from operator import add
from typing import Any, Protocol

import numpy as np

from smartbank.core.bulk.cleaning import Line
from smartbank.core.bulk.grid import summed
from smartbank.core.bulk.in_force import BarredIds, InForce
from smartbank.core.bulk.job import IDS_OF_A_RANGE, Job, LeadFile, Market, Part, Piece, ScoredPiece, WrittenPart
from smartbank.core.bulk.kept import Compared, Repeated, WantedRows
from smartbank.core.bulk.marks import BARRED
from smartbank.core.cell_rules import DUPLICATE
from smartbank.core.consent import STATE_NAMES, ConsentState, barred_sentence
from smartbank.core.counts import Counts
from smartbank.core.fields import CUSTOMER_ID
from smartbank.core.market.points import point_of
from smartbank.core.ports.bulk import BulkFolder, CodeScorer, Runner
from smartbank.core.readiness import readiness
from smartbank.core.wording import plural
from smartbank.errors import LeadValidationError
from smartbank.services.bulk.best import wanted_rows
from smartbank.services.bulk.level import bulk_level
from smartbank.services.bulk.manifest import Result, described, manifest_of
from smartbank.services.bulk.pieces import keep_barred
from smartbank.services.bulk.plan import parts_of, pieces_of, shared_plan
from smartbank.services.leveling import reference_market


@dataclass(frozen=True)
class Request:
    """What is asked for.

    Attributes
    ----------
    files : sequence of LeadFile
        What the pattern stands for; at least one.
    work, ready : str
        Empty folders every process reaches: for what is passed on, and for the result.
    anyway : bool
        Whether files that are not ready are scored, too.
    best : int
        How many of the best leads are written once more, with the rows they come from.
    question : mapping
        All of this in plain values (`smartbank.core.bulk.question`), for the manifest.
    """

    pattern: str
    files: Sequence[LeadFile]
    question: Mapping[str, Any]
    work: str
    ready: str
    in_force: InForce
    market: Market
    rows_per_part: int
    with_reasons: bool = True
    anyway: bool = False
    best: int = 0


class Steps(Protocol):
    """The steps that are shared out, as functions every process can find by their name."""

    def score(self, job: Job, piece: Piece) -> ScoredPiece:
        """Score a piece; see `score_piece`."""
        ...

    def compare(self, job: Job, known: int | None, pieces: list[tuple[int, int, int]]) -> Compared:
        """Compare ids; see `repeated_ids`."""
        ...

    def rank(self, job: Job, described: Mapping[str, str], part: Part) -> WrittenPart:
        """Write a part; see `rank_part`."""
        ...

    def pick(self, job: Job, wanted: WantedRows) -> int:
        """Keep rows of a piece; see `pick_rows`."""
        ...


@dataclass(frozen=True)
class BulkPorts:
    """What the use case needs: the steps, who does them, and what it does itself.

    Attributes
    ----------
    model : bytes
        The scorer's model, packed: it is passed on, so that every process scores with the same one.
    """

    steps: Steps
    runner: Runner
    scorer: CodeScorer
    model: bytes
    open_folder: Callable[[Job], BulkFolder]
    say: Callable[[str], None]


def score_files(request: Request, *, ports: BulkPorts) -> dict[str, Any]:
    """Score files and write the ranking, the rows set aside and the manifest; return the manifest.

    Raises
    ------
    LeadValidationError
        The files are not leads, or not fit to be scored and `anyway` is not set.
    OutputError
        A folder cannot be written.
    ClusterError
        The processes that share the work are away, or gave up.
    """
    files = request.files
    job, pieces = _job(request, ports.scorer)
    rows = sum(file.rows for file in files)
    ports.say(f"Scoring {plural(rows, 'row')} of {plural(len(files), 'file')} in {plural(len(pieces), 'piece')} ...")
    ports.open_folder(job).keep_model(ports.model)
    scored = ports.runner.map(partial(ports.steps.score, job), pieces)
    compared = _compared(job, scored, request.in_force.barred, ports)
    repeated = compared.repeated
    counts = _counts(scored, repeated)
    verdict, why = readiness(job.plan, counts)
    if not counts.clean or (verdict == "not ready" and not request.anyway):
        first = ""
        if counts.aside:
            first = _first_aside(pieces, scored, repeated, ports.open_folder(job), request.in_force.barred)
        all_the_same = ", or score them all the same with --anyway" if counts.clean else ""
        barred = barred_sentence({str(state): n for state, n in _barred(scored, repeated).items()})
        of_them = f" Of them {barred}." if barred and not counts.clean else ""
        raise LeadValidationError(f"Nothing was scored. {why}{of_them}{first} Mend the files{all_the_same}.")
    steps, leads = summed(
        [(s.steps, s.leads) for s in scored] + [(r.steps, np.full(len(r.steps), -1)) for r in repeated.values()]
    )
    level = bulk_level(steps, leads, market=request.market, in_force=request.in_force, scorer=ports.scorer)
    parts = parts_of(scored, repeated, steps, leads, rows_per_part=request.rows_per_part, level=level)
    ports.say(f"Ranking {plural(counts.clean, 'lead')} in {plural(len(parts), 'part')} ...")
    about = described(job, level, request.in_force.snapshot)
    written = ports.runner.map(partial(ports.steps.rank, job, about), parts)
    folder = ports.open_folder(job)
    result = Result(
        pattern=request.pattern,
        files=files,
        counts=counts,
        barred=_barred(scored, repeated),
        blank=sum(piece.blank for piece in scored),
        without_id=sum(piece.without_id for piece in scored),
        known=compared.known,
        verdict=(verdict, why),
        parts=written,
        best=_best(job, pieces, parts, folder, ports) if job.best else None,
        aside=_aside(pieces, scored, repeated, folder, request.in_force.barred),
    )
    manifest = manifest_of(job, result, level=level, in_force=request.in_force, question=request.question)
    folder.write_manifest(manifest)
    return manifest


def _job(request: Request, scorer: CodeScorer) -> tuple[Job, list[Piece]]:
    files, in_force = request.files, request.in_force
    plan = shared_plan(files, market=request.market)
    rows = sum(file.rows for file in files)
    if not rows:
        raise LeadValidationError("Nothing was scored. The files have columns, but no rows.")
    with_ids = CUSTOMER_ID in plan.fields
    job = Job(
        work=request.work,
        ready=request.ready,
        plan=plan,
        model_version=scorer.version,
        rules=in_force.rules,
        market=request.market,
        reference=reference_market(in_force.rules, scorer),
        stand_in=point_of(in_force.snapshot),
        with_reasons=request.with_reasons,
        require_consent=in_force.require_consent,
        id_ranges=-(-rows // IDS_OF_A_RANGE) if with_ids else 0,
        best=request.best,
    )
    return job, pieces_of(files, rows_per_part=request.rows_per_part)


def _compared(job: Job, scored: Sequence[ScoredPiece], barred: BarredIds, ports: BulkPorts) -> Compared:
    """Return the leads that are not ranked because of another row or of what SmartBank knows."""
    ids, known = [(piece.piece, piece.id_starts) for piece in scored], None
    if job.id_ranges and len(barred):
        known = len(scored)
        ids.append((known, keep_barred(job, known, barred, folder=ports.open_folder(job))))
    ranges = [[(piece, *starts[place : place + 2]) for piece, starts in ids] for place in range(job.id_ranges)]
    found: dict[int, list[Repeated]] = {}
    n_known = 0
    for compared in ports.runner.map(partial(ports.steps.compare, job, known), ranges):
        n_known += compared.known
        for piece, repeated in compared.repeated.items():
            found.setdefault(piece, []).append(repeated)
    return Compared({piece: Repeated.joined(each) for piece, each in found.items()}, n_known)


def _counts(scored: Sequence[ScoredPiece], repeated: Mapping[int, Repeated]) -> Counts:
    out = sum(len(each.places) for each in repeated.values())
    again = out - _barred_elsewhere(repeated).total()
    return reduce(add, (piece.counts for piece in scored), Counts(clean=-out, aside=again, duplicates=again))


def _barred(scored: Sequence[ScoredPiece], repeated: Mapping[int, Repeated]) -> Counter[ConsentState]:
    """Return how many rows must not be called, by state."""
    return reduce(add, (piece.barred for piece in scored), _barred_elsewhere(repeated))


def _barred_elsewhere(repeated: Mapping[int, Repeated]) -> Counter[ConsentState]:
    """Return how many leads another row bars, by state."""
    return Counter(BARRED[place] for each in repeated.values() for place in each.barred_by.tolist() if place >= 0)


def _best(
    job: Job, pieces: Sequence[Piece], parts: Sequence[Part], folder: BulkFolder, ports: BulkPorts
) -> tuple[str, int]:
    """Write the rows of the best leads, in rank order."""
    wanted = wanted_rows(job, pieces, parts, folder=folder)
    return folder.write_best(ports.runner.map(partial(ports.steps.pick, job), wanted))


def _aside(
    pieces: Sequence[Piece],
    scored: Sequence[ScoredPiece],
    repeated: Mapping[int, Repeated],
    folder: BulkFolder,
    barred: BarredIds,
) -> tuple[str, int] | None:
    """Write the rows that are not ranked, in the order of the input; None where there are none."""
    with_lines = [piece for piece in pieces if scored[piece.number].aside_lines or piece.number in repeated]
    if not with_lines:
        return None
    return folder.write_aside((piece, _lines(piece, scored, repeated, folder, barred)) for piece in with_lines)


def _first_aside(
    pieces: Sequence[Piece],
    scored: Sequence[ScoredPiece],
    repeated: Mapping[int, Repeated],
    folder: BulkFolder,
    barred: BarredIds,
) -> str:
    """Return a sentence on the first row that is not ranked, without its value; nothing where there is none."""
    for piece in pieces:
        if scored[piece.number].aside_lines or piece.number in repeated:
            row, _, _, reason = _lines(piece, scored, repeated, folder, barred)[0]
            return f" The first is row {piece.first_row + row:,} of {piece.path}: {reason}"
    return ""


def _lines(
    piece: Piece,
    scored: Sequence[ScoredPiece],
    repeated: Mapping[int, Repeated],
    folder: BulkFolder,
    barred: BarredIds,
) -> list[Line]:
    """Return why rows of a piece are not ranked, in order."""
    because, again = _because_of_another(by_smartbank=bool(len(barred))), repeated.get(piece.number)
    out = [] if again is None else zip(again.places.tolist(), again.barred_by.tolist(), strict=True)
    kept = folder.kept_lines(piece.number) if scored[piece.number].aside_lines else []
    return sorted([*kept, *((place, "", "", because[why]) for place, why in out)])


def _because_of_another(*, by_smartbank: bool) -> dict[int, str]:
    """Return why a lead is not ranked that is clean itself, by the place of a state, -1 for an id that came before."""
    who = "another row or SmartBank" if by_smartbank else "another row"
    barred = {place: f"Must not be called: {STATE_NAMES[state]}, as {who} says." for place, state in enumerate(BARRED)}
    return {-1: DUPLICATE, **barred}
