"""From schema version 2 to 3: collections for the market and for outcomes; no document changes."""

from collections.abc import Mapping
from typing import Final

from pymongo import IndexModel

from smartbank.adapters.mongo.migrations.step import Document
from smartbank.adapters.vault import Vault

REWRITTEN: Final[tuple[str, ...]] = ()
EMPTIED: Final[tuple[str, ...]] = ()
INDEXES_BELOW: Final[Mapping[str, tuple[IndexModel, ...]]] = {}


def forward(collection: str, document: Document, *, vault: Vault) -> Document:  # noqa: ARG001  the shape of a step
    """Return a document of version 2 as one of version 3."""
    return {**document, "schema_version": 3}


def back(collection: str, document: Document, *, vault: Vault) -> Document:  # noqa: ARG001
    """Return a document of version 3 as one of version 2."""
    return {**document, "schema_version": 2}
