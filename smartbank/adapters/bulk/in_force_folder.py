"""What is in force, as files that computers without the database read: rules, market, model, and whom not to call."""

import hashlib
import io
import json
from collections.abc import Mapping
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from smartbank.adapters.bulk.folder import MANIFEST, MODEL
from smartbank.adapters.bulk.places import FAILURES, opened, write_whole
from smartbank.adapters.bulk.result import growing_result
from smartbank.core.bulk.in_force import BarredIds, InForce
from smartbank.core.bulk.marks import BARRED
from smartbank.core.consent import ConsentState
from smartbank.core.fingerprint import canonical_json
from smartbank.errors import LeadValidationError

_BARRED: Final = "barred.parquet"
BARRED_COLUMNS: Final = ("id_hash", "state")
_FORMAT: Final = 1
_UNREADABLE: Final = (ValueError, TypeError, LookupError, ArithmeticError, pa.ArrowException)


def write_in_force(output: str, in_force: InForce, *, version: str, model: bytes) -> None:
    """Write what is in force into a new or empty folder, here or at an address; all of it or nothing.

    Parameters
    ----------
    version : str
        Version of the model.
    model : bytes
        The model, packed.

    Raises
    ------
    OutputError
        There is something already, or nothing can be written there.
    LeadValidationError
        There is no driver for such an address.
    """
    files = {_BARRED: _barred_bytes(in_force.barred), MODEL: model}
    manifest = {
        "format": _FORMAT,
        "model_version": version,
        "barred": len(in_force.barred),
        **in_force.to_json(),
        "files": {name: hashlib.sha256(content).hexdigest() for name, content in files.items()},
    }
    manifest["sha256"] = _own_hash(manifest)
    with growing_result(output) as result:
        for name, content in files.items():
            write_whole(f"{result.ready}/{name}", content, beside=result.work)
        said = json.dumps(manifest, indent=1, ensure_ascii=False).encode() + b"\n"
        write_whole(f"{result.ready}/{MANIFEST}", said, beside=result.work)
        result.put_in_place()


def read_in_force(folder: str) -> tuple[InForce, str, bytes]:
    """Return what `write_in_force` wrote, with the model's version and the model, packed.

    Raises
    ------
    LeadValidationError
        The folder is not there, not whole, or was altered; says which file.
    """
    manifest = _manifest(folder)
    try:
        hashes = manifest["files"]
        files = {name: _content(folder, name, str(hashes[name])) for name in (_BARRED, MODEL)}
        in_force = InForce.from_json(manifest, _barred_from(files[_BARRED]))
        return in_force, str(manifest["model_version"]), files[MODEL]
    except _UNREADABLE as exc:
        raise _altered(folder, MANIFEST) from exc


def _manifest(folder: str) -> Mapping[str, Any]:
    content = _read(folder, MANIFEST)
    try:
        manifest = json.loads(content)
    except ValueError as exc:
        raise _altered(folder, MANIFEST) from exc
    if not isinstance(manifest, dict) or "correction" not in manifest:
        raise LeadValidationError(
            f"{folder[:200]} does not hold what is in force. Name a folder that"
            " `python -m smartbank data in-force` wrote."
        )
    if manifest.get("format") != _FORMAT:
        raise LeadValidationError(
            f"{folder[:200]} was written by another version of SmartBank. Use the same version for both commands."
        )
    if manifest.get("sha256") != _own_hash(manifest):
        raise _altered(folder, MANIFEST)
    return manifest


def _own_hash(manifest: Mapping[str, Any]) -> str:
    """Return the SHA-256 of all a manifest says but this, so that a value changed by hand is noticed."""
    said = {name: value for name, value in manifest.items() if name != "sha256"}
    return hashlib.sha256(canonical_json(said).encode()).hexdigest()


def _content(folder: str, name: str, sha256: str) -> bytes:
    content = _read(folder, name)
    if hashlib.sha256(content).hexdigest() != sha256:
        raise _altered(folder, name)
    return content


def _read(folder: str, name: str) -> bytes:
    system, path = opened(folder)
    try:
        return bytes(system.cat_file(f"{path.rstrip('/')}/{name}"))
    except FAILURES as exc:
        raise LeadValidationError(
            f"{name} cannot be read in {folder[:200]}. Name a folder that `python -m smartbank data in-force` wrote,"
            " and check the rights there."
        ) from exc


def _altered(folder: str, name: str) -> LeadValidationError:
    return LeadValidationError(
        f"{name} in {folder[:200]} was altered. Write what is in force anew with `python -m smartbank data in-force`."
    )


def _barred_bytes(barred: BarredIds) -> bytes:
    states = pa.array(np.array([str(state) for state in BARRED])[barred.states], pa.string())
    content = io.BytesIO()
    pq.write_table(pa.table([pa.array(barred.hashes, pa.uint64()), states], names=BARRED_COLUMNS), content)
    return content.getvalue()


def _barred_from(content: bytes) -> BarredIds:
    table = pq.read_table(io.BytesIO(content))
    states = [BARRED.index(ConsentState(state)) for state in table["state"].to_pylist()]
    return BarredIds(table["id_hash"].to_numpy(), np.array(states, dtype=np.int8))
