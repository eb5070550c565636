"""A result that is either all there or not there: it grows beside its place, and is put there at the end."""

import contextlib
import os
import uuid
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from fsspec.implementations.local import LocalFileSystem

from smartbank.adapters.bulk.folder import MANIFEST
from smartbank.adapters.bulk.places import FAILURES, opened, refusing
from smartbank.errors import OutputError


@dataclass(frozen=True)
class GrowingResult:
    """Two folders beside the place of a result.

    Attributes
    ----------
    work, ready : str
        Addresses for what steps pass on, and for the result itself.
    """

    work: str
    ready: str
    _output: str

    def put_in_place(self) -> None:
        """Put the result where it was asked for: at one stroke on this computer, else the manifest last.

        Raises
        ------
        OutputError
            It cannot be put there, or something else is there by now; nothing of it is left there.
        """
        system, path = _empty_place(self._output)
        ready = opened(self.ready)[1]
        with refusing(self._output):
            if isinstance(system, LocalFileSystem):
                os.replace(ready, path)  # also takes the place of an empty folder
                return
            names = sorted((each.rpartition("/")[2] for each in system.ls(ready, detail=False)), key=MANIFEST.__eq__)
            begun: list[str] = []
            try:
                for name in names:
                    begun.append(f"{path}/{name}")
                    system.mv(f"{ready}/{name}", begun[-1])
            except BaseException:
                for target in begun:
                    _removed(system, target)
                raise


@contextmanager
def growing_result(output: str) -> Generator[GrowingResult]:
    """Yield the folders of a result; whatever happens, they are gone afterwards.

    Parameters
    ----------
    output : str
        A folder that is not there yet, or is empty.

    Raises
    ------
    OutputError
        There is something, or nothing can be written there.
    """
    system, path = _empty_place(output)
    with refusing(output):
        above, _, name = path.rpartition("/")
        if isinstance(system, LocalFileSystem) and not system.isdir(above):
            raise OutputError(f"The folder above {output[:200]} is not there. Make it, or name another.")
        aside = f"{above}/.{name}.smartbank-{uuid.uuid4().hex[:12]}"
        for folder in ("work", "ready"):
            system.makedirs(f"{aside}/{folder}")
        if isinstance(system, LocalFileSystem):
            for folder in (aside, f"{aside}/ready"):
                os.chmod(folder, 0o700)  # it says who is to be called
    address = str(system.unstrip_protocol(aside))
    try:
        yield GrowingResult(f"{address}/work", f"{address}/ready", output)
    finally:
        _removed(system, aside)


def _empty_place(output: str) -> tuple[Any, str]:
    """Return the file system and the path of a place where nothing is, or an empty folder."""
    system, path = opened(output)
    path = path.rstrip("/")
    with refusing(output):
        system.invalidate_cache(path)  # drivers keep what they listed
        if system.exists(path) and (not system.isdir(path) or system.ls(path, detail=False)):
            raise OutputError(f"{output[:200]} is not empty. Name a new folder: nothing is ever written over.")
    return system, path


def _removed(system: Any, path: str) -> None:  # noqa: ANN401  fsspec has no types
    with contextlib.suppress(*FAILURES):
        if system.exists(path):
            system.rm(path, recursive=True)
