"""Finished parts of a backtest on disk: each under a name that says what it holds, and checked when it is read."""

import hashlib
import io
import os
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from smartbank.core.backtest import OWN
from smartbank.core.fingerprint import fingerprint
from smartbank.core.training_data import TrainingData
from smartbank.errors import StartUpError
from smartbank.ml.backtest.plan import BacktestSettings, Course
from smartbank.ml.boosting import xgb
from smartbank.ml.protocols import Split

FloatArray = npt.NDArray[np.float64]

FORMAT: Final = 1
_DIGEST_BYTES: Final = 32
_PACKAGE: Final = Path(__file__).parents[2]
_STANDARD_CODE: Final = ("columns.py", "rivals.py", "models.py", "plan.py")
_OWN_CODE: Final = ("own.py", "call_levels.py", "levels.py", "times.py", "plan.py")
_LIBRARIES: Final = ("numpy", "pandas", "scikit-learn", "scipy")


@dataclass(frozen=True)
class Part:
    """Some splits of a course, scored by one fit.

    Attributes
    ----------
    number : int
        Place among the parts of the course, from 0.
    path : Path
        Where its log-odds are kept; the name changes with all they depend on.
    """

    course: str
    fit: str
    number: int
    path: Path

    def load(self, *, n_rows: int) -> FloatArray | None:
        """Return the log-odds kept, shape (n_rows, n_outputs); None if there are none, or they are damaged."""
        try:
            content = self.path.read_bytes()
        except OSError:
            return None
        array, digest = content[:-_DIGEST_BYTES], content[-_DIGEST_BYTES:]
        if hashlib.sha256(array).digest() != digest:
            return None
        log_odds: FloatArray = np.load(io.BytesIO(array), allow_pickle=False)
        return log_odds if len(log_odds) == n_rows else None

    def save(self, log_odds: FloatArray) -> None:
        """Keep log-odds with their digest behind them; the name stands only for a whole file.

        Raises
        ------
        StartUpError
            The folder cannot be written any more.
        """
        content = io.BytesIO()
        np.save(content, log_odds, allow_pickle=False)
        array = content.getvalue()
        try:
            handle, unfinished = tempfile.mkstemp(dir=self.path.parent, prefix=".unfinished-")
            with os.fdopen(handle, "wb") as file:
                file.write(array + hashlib.sha256(array).digest())
            Path(unfinished).replace(self.path)
        except OSError as exc:
            raise StartUpError(
                f"{self.path.parent} cannot be written ({exc.strerror}). What is there is kept; make room and run the"
                " same command again."
            ) from exc


def open_folder(folder: Path) -> Path:
    """Return the folder of the parts, made if it is missing.

    Raises
    ------
    StartUpError
        It cannot be made or written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return folder
    except OSError as exc:
        raise StartUpError(
            f"The folder {folder} cannot be written ({exc.strerror}). Name another with --work."
        ) from exc


def parts_of(
    course: Course, fits: Iterable[str], folder: Path, *, data: TrainingData, settings: BacktestSettings
) -> list[Part]:
    """Return every part of a course for these fits; the same data, settings, code and libraries give the same names."""
    splits = [_splits_digest(splits) for splits in course.parts]
    parts = []
    for fit in fits:
        ground = _ground(fit, data, settings)
        for number, digest in enumerate(splits):
            key = fingerprint(ground | {"course": course.name, "splits": digest})
            parts.append(Part(course.name, fit, number, folder / f"{course.name}-{fit}-{number:03d}-{key}.npy"))
    return parts


def _ground(fit: str, data: TrainingData, settings: BacktestSettings) -> dict[str, Any]:
    libraries = {name: version(name) for name in _LIBRARIES} | {"xgboost": xgb.__version__}
    ground = {"format": FORMAT, "data": data.sha256, "fit": fit, "seed": settings.seed, "code": _code_of(fit)}
    for name in ("lightgbm", "catboost"):
        if fit.startswith(name):
            libraries[name] = version(name)
    if fit.startswith("catboost"):
        ground["iterations"] = settings.catboost_iterations
    return ground | {"libraries": libraries}


def _code_of(fit: str) -> str:
    """Return a digest of the code a fit depends on: for SmartBank's own all of the model's and of the core's."""
    here = Path(__file__).parent
    if fit != OWN:
        files = [here / name for name in _STANDARD_CODE]
    else:
        around = [path for part in ("core", "ml") for path in (_PACKAGE / part).rglob("*") if here not in path.parents]
        files = [here / name for name in _OWN_CODE]
        files += [path for path in around if path.suffix in (".py", ".json")]
    digest = hashlib.sha256()
    for path in sorted(files):
        digest.update(str(path.relative_to(_PACKAGE)).encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def _splits_digest(splits: tuple[Split, ...]) -> str:
    digest = hashlib.sha256()
    for fitted, scored in splits:
        digest.update(np.asarray([len(fitted), len(scored)], dtype=np.int64).tobytes())
        digest.update(fitted.astype(np.int64).tobytes() + scored.astype(np.int64).tobytes())
    return digest.hexdigest()
