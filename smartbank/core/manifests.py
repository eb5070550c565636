"""What goes beside an exported file so that it is known again: its figures, signed; and what a check of it says."""

import hashlib
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, fields
from typing import Any, Final

from smartbank.core.fingerprint import canonical_json
from smartbank.core.wording import listed, plural

FORMAT: Final = "smartbank export manifest 1"
MANIFEST_ENDING: Final = ".manifest.json"
"""Comes after the whole name of the file."""
MOST_BYTES: Final = 100_000
"""Of a manifest; larger ones are none."""
_HEX: Final = re.compile(r"[0-9a-f]{64}")
_KEY_ID: Final = re.compile(r"[0-9a-f]{8}")


@dataclass(frozen=True)
class Manifest:
    """What is said of an exported file of a call list.

    Attributes
    ----------
    file, sha256, size, rows, columns : str, str, int, int, tuple of str
        The file: its name, hash in hex, bytes, rows below the header, and headers.
    list_id, list_name, released_by, released_at : str
        The call list; times are ISO 8601 in UTC.
    model_version, market_date, data_hash, rules_version : str, str, str, int
        As in `ListGround` and `ListFigures`.
    made_at, made_by : str
        When the file was made, and for whom.
    key_id : str
        The key whose derived key signs.
    """

    file: str
    sha256: str
    size: int
    rows: int
    columns: tuple[str, ...]
    list_id: str
    list_name: str
    released_by: str
    released_at: str
    model_version: str
    market_date: str
    data_hash: str
    rules_version: int
    made_at: str
    made_by: str
    key_id: str

    @property
    def signed_bytes(self) -> bytes:
        """What is signed: the canonical JSON of all of it."""
        return canonical_json({"format": FORMAT, **asdict(self)}).encode()


def manifest_bytes(manifest: Manifest, signature: str) -> bytes:
    """Return a manifest as the file it is handed out in; the same one always gives the same bytes."""
    said = {"format": FORMAT, **asdict(manifest), "signature": signature}
    return (json.dumps(said, indent=2, ensure_ascii=False) + "\n").encode()


def read_manifest(data: bytes) -> tuple[Manifest, str] | None:
    """Return the manifest and the signature that `manifest_bytes` wrote; None for anything else, one byte included."""
    if len(data) > MOST_BYTES:
        return None
    try:
        said = json.loads(data.decode())
        known = {each.name: said[each.name] for each in fields(Manifest)}
        manifest, signature = Manifest(**known | {"columns": tuple(known["columns"])}), said["signature"]
        is_whole = _is_typed(manifest, signature) and manifest_bytes(manifest, signature) == data
    except (ValueError, TypeError, LookupError, RecursionError):
        return None
    return (manifest, signature) if is_whole else None


def _is_typed(manifest: Manifest, signature: object) -> bool:
    values: dict[str, Any] = asdict(manifest) | {"signature": signature}
    whole, columns = {values.pop(name) for name in ("size", "rows", "rules_version")}, values.pop("columns")
    return (
        all(type(value) is int for value in whole)
        and all(type(value) is str for value in (*values.values(), *columns))
        and all(_HEX.fullmatch(text) is not None for text in (values["signature"], values["sha256"]))
        and _KEY_ID.fullmatch(values["key_id"]) is not None
    )


class FileSums:
    """Hash, size, lines and first line of a file, taken while its bytes pass."""

    def __init__(self) -> None:
        self._hash = hashlib.sha256()
        self._head = b""
        self.size = self.lines = 0

    def passing(self, chunks: Iterable[bytes]) -> Iterator[bytes]:
        """Yield the chunks as they are."""
        for chunk in chunks:
            self._hash.update(chunk)
            self.size += len(chunk)
            self.lines += chunk.count(b"\n")
            if b"\n" not in self._head:
                self._head = (self._head + chunk)[:MOST_BYTES]
            yield chunk

    @property
    def sha256(self) -> str:
        """The hash of what has passed so far, in hex."""
        return self._hash.hexdigest()

    @property
    def header(self) -> str:
        """The first line of a text."""
        return self._head.removeprefix(b"\xef\xbb\xbf").partition(b"\r\n")[0].decode(errors="replace")


@dataclass(frozen=True)
class Checked:
    """What a check of an exported file says, in a sentence or two."""

    is_intact: bool
    said: str


def check_file(name: str, sums: FileSums, manifest: Manifest) -> Checked:
    """Compare a file with a manifest that is known to be genuine.

    Parameters
    ----------
    name : str
        What the sentence calls the file.
    """
    of_list = f"the list “{manifest.list_name}”, made for {manifest.made_by} at {manifest.made_at}"
    if sums.sha256 == manifest.sha256 and sums.size == manifest.size:
        return Checked(True, f"{name} is as it was handed out: {plural(manifest.rows, 'row')} of {of_list}.")
    return Checked(
        False,
        f"{name} is not as it was handed out: {listed(_differences(sums, manifest))}. "
        f"The manifest is genuine and belongs to the export of {of_list}.",
    )


def _differences(sums: FileSums, manifest: Manifest) -> list[str]:
    found = []
    if manifest.file.endswith(".csv"):
        if sums.lines - 1 != manifest.rows:
            found.append(f"it has {plural(max(sums.lines - 1, 0), 'row')}, not {manifest.rows:,}")
        if not any(sums.header == mark.join(f'"{each}"' for each in manifest.columns) for mark in (",", ";", "\t")):
            found.append("its columns are others")
    if sums.size != manifest.size:
        found.append(f"it has {plural(sums.size, 'byte')}, not {manifest.size:,}")
    return [*found, f"its SHA-256 begins with {sums.sha256[:12]}, not {manifest.sha256[:12]}"]
