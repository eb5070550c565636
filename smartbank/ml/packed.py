"""A model as one file: how it is kept in the database, and how it goes to other computers."""

import io
import zipfile
import zlib
from collections.abc import Mapping
from typing import Final

from smartbank.errors import ModelArtifactError
from smartbank.ml.artifact_files import FILES, MANIFEST, checked_files, manifest_of, readable_json_bytes

_LARGEST: Final = 2_000_000_000
"""Bytes a model may have unpacked; more was not written by SmartBank."""


def packed(version: str, content: Mapping[str, bytes]) -> bytes:
    """Return the files of an artifact and their manifest as one; the same files give the same bytes."""
    whole = {**content, MANIFEST: readable_json_bytes(manifest_of(version, content))}
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in sorted(whole.items()):
            archive.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
    return kept.getvalue()


def unpacked(version: str, content: bytes) -> dict[str, bytes]:
    """Return the files of an artifact, once the format and every hash are right.

    Raises
    ------
    ModelArtifactError
        It was altered, or belongs to another version.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sum(member.file_size for member in archive.infolist()) > _LARGEST:
                raise zipfile.BadZipFile
            files = {name: archive.read(name) for name in archive.namelist() if name in (*FILES, MANIFEST)}
    except (zipfile.BadZipFile, zlib.error, RuntimeError, EOFError) as exc:
        raise ModelArtifactError(f"The file of model {version[:100]} was altered. Train it again.") from exc
    return checked_files(version, lambda name: files.get(name, b""))
