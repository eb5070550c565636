"""The files of an artifact: their bytes, their hashes, and the folder they lie in."""

import hashlib
import json
import shutil
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from smartbank.core.fingerprint import canonical_json
from smartbank.errors import ModelArtifactError

FORMAT_VERSION: Final = 3
"""Of artifacts that are written."""
READABLE_FORMATS: Final = (1, 2, 3)
"""Format 1 is trees alone: predictions made then are made again with their own version."""
LOOKED_UP_FROM: Final = 3
"""From this format on contributions are looked up in tables; before, XGBoost worked them out, to other last bits."""
SERIES: Final = "2026.4"
CHAMPION: Final = "champion.json"
MANIFEST: Final = "manifest.json"
FILES: Final = ("booster.json", "card.json", "demo.json", "golden.json", "reference.parquet", "tables.json")
_HASH_DIGITS: Final = 8
_NOT_WRITABLE: Final = "The model could not be written to {}. Check that the folder is writable."


def json_bytes(value: Any) -> bytes:  # noqa: ANN401  any JSON value
    """Return a value as compact JSON with sorted keys; the same value gives the same bytes."""
    return (canonical_json(value) + "\n").encode()


def readable_json_bytes(value: Any) -> bytes:  # noqa: ANN401  any JSON value
    """Return a value as indented JSON with sorted keys, for people to read."""
    return (json.dumps(value, sort_keys=True, indent=1, ensure_ascii=False) + "\n").encode()


def content_version(card: Mapping[str, Any], files: Mapping[str, bytes]) -> str:
    """Return the version an artifact's content gives it: the series and a hash, and nothing of the time or place."""
    hashes = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    digest = hashlib.sha256(json_bytes({"card": card, "files": hashes})).hexdigest()
    return f"{SERIES}-{digest[:_HASH_DIGITS]}"


def require_writable(models_dir: Path) -> None:
    """Make the folder of models if it is missing, and raise unless a model can be written there.

    Raises
    ------
    ModelArtifactError
        The folder cannot be made or written.
    """
    try:
        models_dir.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=models_dir):
            pass
    except OSError as exc:
        raise ModelArtifactError(_NOT_WRITABLE.format(models_dir.name)) from exc


def save_artifact(models_dir: Path, version: str, files: Mapping[str, bytes]) -> Path:
    """Write an artifact with its manifest; a folder of that name is replaced.

    Raises
    ------
    ModelArtifactError
        The folder cannot be written.
    """
    folder, staged = models_dir / version, models_dir / f".{version}.part"
    try:
        shutil.rmtree(staged, ignore_errors=True)
        staged.mkdir(parents=True)
        for name, content in files.items():
            (staged / name).write_bytes(content)
        (staged / MANIFEST).write_bytes(readable_json_bytes(manifest_of(version, files)))
        if folder.exists():
            shutil.rmtree(folder)
        staged.rename(folder)
    except OSError as exc:
        raise ModelArtifactError(_NOT_WRITABLE.format(models_dir.name)) from exc
    return folder


def put_in_force(models_dir: Path, version: str) -> None:
    """Make a version of the folder the one that is in force where no other was promoted.

    Raises
    ------
    ModelArtifactError
        The folder cannot be written.
    """
    try:
        named = models_dir / f".{CHAMPION}.part"
        named.write_bytes(readable_json_bytes({"version": version}))
        named.replace(models_dir / CHAMPION)
    except OSError as exc:
        raise ModelArtifactError(_NOT_WRITABLE.format(models_dir.name)) from exc


def manifest_of(version: str, files: Mapping[str, bytes]) -> dict[str, Any]:
    """Return what is kept beside the files of an artifact, so that one that was altered is noticed."""
    return {
        "format_version": FORMAT_VERSION,
        "version": version,
        "files": {name: hashlib.sha256(content).hexdigest() for name, content in sorted(files.items())},
    }


def champion_version(models_dir: Path) -> str:
    """Return the version in force.

    Raises
    ------
    ModelArtifactError
        `champion.json` is missing or does not name a folder beside it.
    """
    if not (models_dir / CHAMPION).is_file():
        raise ModelArtifactError(f"{CHAMPION} is missing in the folder of models, {models_dir.name}. {_REMEDY}")
    named = _json(models_dir / CHAMPION)
    version = named.get("version") if isinstance(named, dict) else None
    if not isinstance(version, str) or not holds_version(models_dir, version):
        raise ModelArtifactError(f"{CHAMPION} names a model that is not there ({str(version)[:100]}). {_REMEDY}")
    return version


def holds_version(models_dir: Path, version: str) -> bool:
    """Whether a folder of this name lies in the folder of models, and nowhere else."""
    try:
        return version not in ("", "..") and Path(version).name == version and (models_dir / version).is_dir()
    except OSError:
        return False


def load_files(models_dir: Path, version: str) -> dict[str, bytes]:
    """Return the files of an artifact in the folder of models; otherwise as `checked_files`.

    Raises
    ------
    ModelArtifactError
        There is no such folder either.
    """
    if not holds_version(models_dir, version):
        raise ModelArtifactError(f"Model {version[:100]} is not in the models folder. Restore its folder there.")
    folder = models_dir / version
    return checked_files(version, lambda name: _content(folder / name))


def checked_files(version: str, read: Callable[[str], bytes]) -> dict[str, bytes]:
    """Return the files of an artifact without its manifest, once the format and every hash are right.

    Parameters
    ----------
    read : callable
        Returns the content of a file by its name.

    Raises
    ------
    ModelArtifactError
        Another format version, a file that is missing or was altered; the message names it.
    """
    manifest = _parsed(read(MANIFEST), MANIFEST, version)
    found = manifest.get("format_version") if isinstance(manifest, dict) else None
    if found not in READABLE_FORMATS:
        raise ModelArtifactError(
            f"Model {version} has format version {found}; this SmartBank reads versions"
            f" {', '.join(map(str, READABLE_FORMATS))}. {_REMEDY}"
        )
    hashes = manifest.get("files")
    if manifest.get("version") != version or not isinstance(hashes, dict) or set(hashes) != set(FILES):
        raise ModelArtifactError(f"{MANIFEST} of model {version} was altered. {_REMEDY}")
    files = {name: read(name) for name in FILES}
    for name, content in files.items():
        if hashlib.sha256(content).hexdigest() != hashes[name]:
            raise ModelArtifactError(f"{name} of model {version} was altered. {_REMEDY}")
    return files


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as exc:
        raise ModelArtifactError(f"{path.name} of model {path.parent.name} is missing. {_REMEDY}") from exc


def _json(path: Path) -> Any:  # noqa: ANN401  any JSON value
    return _parsed(_content(path), path.name, path.parent.name)


def _parsed(content: bytes, name: str, version: str) -> Any:  # noqa: ANN401  any JSON value
    try:
        return json.loads(content)
    except ValueError as exc:
        raise ModelArtifactError(f"{name} of model {version} is not readable. {_REMEDY}") from exc


_REMEDY: Final = "Restore the models folder, or train again with `python -m smartbank train --data FILE`."
