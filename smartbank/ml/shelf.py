"""Where models lie: those SmartBank brings with it in a folder, those trained here in the database."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from smartbank.core.model_versions import model_file
from smartbank.core.ports import Artifact, FileStore, Model
from smartbank.core.reasons import ReasonWriter
from smartbank.errors import ModelArtifactError, NotFoundError
from smartbank.ml.artifact import scorer_of
from smartbank.ml.artifact_files import MANIFEST, champion_version, holds_version, load_files
from smartbank.ml.packed import packed, unpacked
from smartbank.ml.reference_rows import ReferenceRows


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
        self._files.save(model_file(artifact.version), [packed(artifact.version, artifact.content)])

    def packed(self, version: str) -> bytes:
        return packed(version, self.content(version))

    def content(self, version: str) -> dict[str, bytes]:
        """Return the files of a version, once the format and every hash are right. Raises `ModelArtifactError`."""
        if self._files is None or holds_version(self._models_dir, version):
            return load_files(self._models_dir, version)
        try:
            kept = b"".join(self._files.open(model_file(version)))
        except NotFoundError as exc:
            raise ModelArtifactError(
                f"Model {version[:100]} is neither in the models folder nor in the database. Restore it there."
            ) from exc
        return unpacked(version, kept)
