"""Where models lie: those SmartBank brings with it in a folder, those trained here in the database."""

import io
import json
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from smartbank.core.model_versions import model_file
from smartbank.core.ports import Artifact, FileStore, Model
from smartbank.core.reasons import ReasonWriter
from smartbank.errors import ModelArtifactError, NotFoundError
from smartbank.ml.artifact import scorer_of
from smartbank.ml.artifact_files import (
    FILES,
    MANIFEST,
    champion_version,
    checked_files,
    holds_version,
    load_files,
    manifest_of,
    readable_json_bytes,
)
from smartbank.ml.reference_rows import ReferenceRows

_LARGEST: Final = 2_000_000_000
"""Bytes a model may have unpacked; more was not written by SmartBank."""


class ArtifactShelf:
    """Finds a version in the folder, or else among the files of the database. Meets `core.ports.ModelShelf`."""

    def __init__(self, models_dir: Path, files: FileStore | None = None) -> None:
        self._models_dir = models_dir
        self._files = files
        self._cards: dict[str, Mapping[str, Any]] = {}

    def shipped(self) -> str:
        return champion_version(self._models_dir)

    def shipped_versions(self) -> list[str]:
        try:
            return sorted(path.parent.name for path in self._models_dir.glob(f"*/{MANIFEST}"))
        except OSError:
            return []

    def card(self, version: str) -> Mapping[str, Any]:
        if version not in self._cards:  # a version's content never changes
            self._cards[version] = self._card(version)
        return self._cards[version]

    def _card(self, version: str) -> Mapping[str, Any]:
        try:
            card = json.loads(self.content(version)["card.json"])
        except ValueError as exc:
            raise ModelArtifactError(f"The card of model {version[:100]} cannot be read. Train it again.") from exc
        if not isinstance(card, dict):
            raise ModelArtifactError(f"The card of model {version[:100]} cannot be read. Train it again.")
        return card

    def load(self, version: str) -> Model:
        scorer = scorer_of(version, self.content(version))
        rows = ReferenceRows(self.content, version)
        return Model(scorer, rows, ReasonWriter(scorer.rate, float(scorer.card["base_rate"])))

    def keep(self, artifact: Artifact) -> None:
        if self._files is None:
            raise ModelArtifactError("There is no database here to keep a model in.")
        packed = io.BytesIO()
        version, content = artifact.version, artifact.content
        whole = {**content, MANIFEST: readable_json_bytes(manifest_of(version, content))}
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, data in sorted(whole.items()):
                archive.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
        self._files.save(model_file(version), [packed.getvalue()])

    def content(self, version: str) -> dict[str, bytes]:
        """Return the files of a version, once the format and every hash are right. Raises `ModelArtifactError`."""
        if self._files is None or holds_version(self._models_dir, version):
            return load_files(self._models_dir, version)
        try:
            packed = b"".join(self._files.open(model_file(version)))
        except NotFoundError as exc:
            raise ModelArtifactError(
                f"Model {version[:100]} is neither in the models folder nor in the database. Restore it there."
            ) from exc
        unpacked = _unpacked(version, packed)
        return checked_files(version, lambda name: unpacked.get(name, b""))


def _unpacked(version: str, packed: bytes) -> dict[str, bytes]:
    try:
        with zipfile.ZipFile(io.BytesIO(packed)) as archive:
            if sum(member.file_size for member in archive.infolist()) > _LARGEST:
                raise zipfile.BadZipFile
            return {name: archive.read(name) for name in archive.namelist() if name in (*FILES, MANIFEST)}
    except zipfile.BadZipFile as exc:
        raise ModelArtifactError(f"The file of model {version[:100]} was altered. Train it again.") from exc
