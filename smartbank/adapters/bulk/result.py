"""A result that is either all there or not there: it grows beside its place, and is put there at the end.

An object store moves one file after the other. What is being moved is written down there first, so that a process that
dies on the way leaves nothing the next one cannot clear away.
"""

import contextlib
import json
import os
import uuid
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

from fsspec.implementations.local import LocalFileSystem

from smartbank.adapters.bulk.folder import MANIFEST
from smartbank.adapters.bulk.places import FAILURES, opened, refusing
from smartbank.errors import OutputError

MOVING: Final = "_moving"
"""Names the files that are being put in a place; gone once the manifest is there."""


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
            names = sorted(_names(system, ready), key=MANIFEST.__eq__)
            moving = json.dumps({"of": ready, "names": names}).encode()
            begun = [f"{path}/{MOVING}"]
            try:
                system.pipe_file(begun[0], moving)
                for name in names:
                    if name == MANIFEST and system.cat_file(begun[0]) != moving:
                        raise OSError("another command took it for left behind")
                    begun.append(f"{path}/{name}")
                    system.mv(f"{ready}/{name}", begun[-1])
            except BaseException:
                for target in begun:
                    _removed(system, target)
                raise
            _removed(system, begun[0])


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
    """Return the file system and the path of a place where nothing is, an empty folder, or what a dead process left."""
    system, path = opened(output)
    path = path.rstrip("/")
    with refusing(output):
        system.invalidate_cache(path)  # drivers keep what they listed
        if system.isfile(path):
            raise OutputError(f"{output[:200]} is a file. Name a new folder.")
        if system.exists(path) and not _is_cleared(system, path):
            raise OutputError(f"{output[:200]} is not empty. Name a new folder: nothing is ever written over.")
    return system, path


def _is_cleared(system: Any, path: str) -> bool:  # noqa: ANN401  fsspec has no types
    """Whether nothing is in a folder, once what a broken-off move left there is removed."""
    there = set(_names(system, path))
    if MOVING in there and MANIFEST not in there:
        left = {MOVING, *json.loads(system.cat_file(f"{path}/{MOVING}")).get("names", ())} & there
        for name in sorted(left, key=MOVING.__eq__):
            system.rm_file(f"{path}/{name}")
        there -= left
    return not there


def _names(system: Any, path: str) -> list[str]:  # noqa: ANN401  fsspec has no types
    """Return the names of what is in a folder."""
    return [each.rstrip("/").rpartition("/")[2] for each in system.ls(path, detail=False)]


def _removed(system: Any, path: str) -> None:  # noqa: ANN401  fsspec has no types
    with contextlib.suppress(*FAILURES):
        if system.exists(path):
            system.rm(path, recursive=True)
