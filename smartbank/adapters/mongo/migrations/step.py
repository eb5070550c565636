"""What a step between two schema versions says."""

from collections.abc import Mapping
from typing import Any, Protocol

from pymongo import IndexModel

from smartbank.adapters.vault import Vault

Document = dict[str, Any]


class Step(Protocol):
    """Leads from one schema version to the next, and back.

    Its functions are given one document at a time, which they never change. They must come to the same whenever they
    are called, since a step that was broken off is done again; only documents of the version it leads from are given.
    """

    @property
    def REWRITTEN(self) -> tuple[str, ...]:  # noqa: N802
        """The collections whose documents change, in the order they are rewritten."""
        ...

    @property
    def EMPTIED(self) -> tuple[str, ...]:  # noqa: N802
        """Collections of short-lived documents that are emptied, either way."""
        ...

    @property
    def INDEXES_BELOW(self) -> Mapping[str, tuple[IndexModel, ...]]:  # noqa: N802
        """Indexes of the lower version, of the collections that are rewritten."""
        ...

    def forward(self, collection: str, document: Document, *, vault: Vault) -> Document:
        """Return a document of the lower version as one of the higher version."""
        ...

    def back(self, collection: str, document: Document, *, vault: Vault) -> Document:
        """Return a document of the higher version as one of the lower version."""
        ...
