"""What a ranking from file to file says of itself: in the metadata of each part, and in its manifest."""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

from smartbank import __version__
from smartbank.core.bulk.in_force import InForce
from smartbank.core.bulk.job import Job, LeadFile, WrittenPart
from smartbank.core.consent import ConsentState
from smartbank.core.counts import Counts
from smartbank.core.fingerprint import canonical_json
from smartbank.core.level import Level
from smartbank.core.market.snapshot import MarketSnapshot
from smartbank.core.readiness import Verdict
from smartbank.core.rules import BANDS

FORMAT: Final = 1


@dataclass(frozen=True)
class Result:
    """What a scoring came to.

    Attributes
    ----------
    without_id : int
        Leads whose row brought no id, some of them perhaps left out later.
    known : int
        Customers SmartBank bars who are in the files.
    best, aside : tuple or None
        SHA-256 in hex and bytes of the file of the best leads' rows, and of that of rows that are not ranked; None
        where there is no such file.
    """

    pattern: str
    files: Sequence[LeadFile]
    counts: Counts
    barred: Counter[ConsentState]
    blank: int
    without_id: int
    known: int
    verdict: tuple[Verdict, str]
    parts: Sequence[WrittenPart]
    best: tuple[str, int] | None
    aside: tuple[str, int] | None


def described(job: Job, level: Level, snapshot: MarketSnapshot) -> Mapping[str, str]:
    """Return the metadata of each part: model, market, level and rules as text."""
    return {
        "smartbank.version": __version__,
        "smartbank.model_version": job.model_version,
        "smartbank.market": canonical_json(_market(job, snapshot)),
        "smartbank.level": canonical_json(_level(level)),
        "smartbank.rules": canonical_json(asdict(job.rules)),
    }


def manifest_of(
    job: Job, result: Result, *, level: Level, in_force: InForce, question: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the manifest in plain values; it holds no time of its own, so the same files give the same bytes."""
    counts, (verdict, why) = result.counts, result.verdict
    return {
        "format": FORMAT,
        "smartbank_version": __version__,
        "model_version": job.model_version,
        "market": _market(job, in_force.snapshot),
        "level": _level(level),
        "in_force": _in_force(in_force, known=result.known),
        "rules": asdict(job.rules) | {"band_edges": job.rules.band_edges},
        "input": {
            "asked_for": result.pattern,
            "files": len(result.files),
            "rows": sum(file.rows for file in result.files),
            "columns": job.plan.matched,
            "columns_not_used": [*job.plan.unmatched, *job.plan.ignored],
            "readiness": verdict,
            "why": why,
        },
        "leads": {
            "ranked": counts.clean,
            "set_aside": counts.aside,
            "of_them_duplicates": counts.duplicates,
            "must_not_be_called": {str(state): n for state, n in sorted(result.barred.items())},
            "blank": result.blank,
            "without_id": result.without_id,
            "unknown_values": {name: n for name, n in sorted(counts.unknown_rows.items()) if n},
            "bands": {band: sum(part.bands[band] for part in result.parts) for band in BANDS},
            "expected_sales": math.fsum(part.expected_sales for part in result.parts),
        },
        "parts": [
            {"name": p.name, "leads": p.leads, "first_rank": p.first_rank, "bytes": p.size, "sha256": p.sha256}
            for p in result.parts
        ],
        "best": None if result.best is None else {"leads": min(job.best, counts.clean), **_file(result.best)},
        "set_aside": None if result.aside is None else _file(result.aside),
        "question": dict(question),
    }


def _file(written: tuple[str, int]) -> dict[str, Any]:
    return {"sha256": written[0], "bytes": written[1]}


def _market(job: Job, snapshot: MarketSnapshot) -> dict[str, Any]:
    return {"of": "file"} if job.market == "file" else {"of": "snapshot", **snapshot.to_json()}


def _in_force(in_force: InForce, *, known: int) -> dict[str, Any] | None:
    """Return what the ranking took from the database; None where the command line said what is in force."""
    if in_force.made_at is None:
        return None
    return {
        "made_at": in_force.made_at.isoformat(),
        "require_consent": in_force.require_consent,
        "correction": asdict(in_force.correction),
        "barred": len(in_force.barred),
        "barred_in_files": known,
    }


def _level(level: Level) -> dict[str, Any]:
    return {"level_id": level.level_id, **asdict(level)}
