"""What a ranking from file to file was asked: written into its manifest, so that the same question is known again."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any, Final

from smartbank import __version__
from smartbank.core.bulk.in_force import InForce
from smartbank.core.bulk.job import LeadFile, Market
from smartbank.core.fingerprint import fingerprint
from smartbank.core.wording import agreeing, listed, plural

_FILES: Final = "files"
_RESPECTS: Final = {
    "smartbank_version": "the version of SmartBank",
    "model": "the model",
    "in_force": "when the database said what is in force",
    "barred": "whom SmartBank knows not to call",
    "rules": "the base rate or the bands",
    "require_consent": "whether consent is required",
    "market": "the market",
    "correction": "what outcomes say of the level",
    "reasons": "whether reasons are written (--no-reasons)",
    "best": "how many of the best are written (--best)",
    "rows_per_part": "the size of the parts (--rows-per-part)",
    "anyway": "whether what is not ready is scored (--anyway)",
}


def question_of(
    files: Sequence[LeadFile],
    *,
    model: bytes,
    in_force: InForce,
    market: Market,
    with_reasons: bool,
    best: int,
    rows_per_part: int,
    anyway: bool,
) -> dict[str, Any]:
    """Return all that decides about the bytes of a ranking, in plain values: what is long as a hash.

    Who shares the work is no part of it: the bytes do not depend on that.
    """
    barred = hashlib.sha256(in_force.barred.hashes.tobytes() + in_force.barred.states.tobytes())
    return {
        "smartbank_version": __version__,
        "model": hashlib.sha256(model).hexdigest(),
        "in_force": None if in_force.made_at is None else in_force.made_at.isoformat(),
        "barred": barred.hexdigest(),
        "rules": fingerprint(asdict(in_force.rules), length=64),
        "require_consent": in_force.require_consent,
        "market": fingerprint([market, in_force.snapshot.to_json()], length=64),
        "correction": fingerprint(asdict(in_force.correction), length=64),
        "reasons": with_reasons,
        "best": best,
        "rows_per_part": rows_per_part,
        "anyway": anyway,
        _FILES: {file.path: fingerprint([file.digest, file.stamp]) for file in files},
    }


def differences(kept: Mapping[str, Any], asked: Mapping[str, Any]) -> str:
    """Return in words in which respects one question differs from another; empty where they are the same."""
    names = [said for name, said in _RESPECTS.items() if kept.get(name) != asked[name]]
    before, now = kept.get(_FILES, {}), asked[_FILES]
    other = sorted(path for path in {*before, *now} if before.get(path) != now.get(path))
    if other:
        were = agreeing(len(other), "was", "were")
        names.append(f"{plural(len(other), 'file')} of --input that {were} added, changed or taken away ({other[0]})")
    return listed(names)
