"""Marks against calling, by the upload that set them."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, Protocol

from smartbank.core.marks import SaidByUpload, UploadMarks


class MarkedByUploads(Protocol):
    """Which marks that bar customers now come from which upload, and lifting those of one.

    A mark comes from an upload alone if the upload set it, and neither a person nor another upload said the same.
    """

    def uploads(self, upload_ids: Collection[str]) -> set[str]:
        """Return those of some uploads of which it is known whom they marked."""
        ...

    def standing(self, upload_id: str) -> UploadMarks:
        """Return the marks an upload said that stand now."""
        ...

    def said_of(self, customer_id: str) -> list[SaidByUpload]:
        """Return what every upload said against calling a customer, by upload."""
        ...

    def lift(self, customer_ids: list[str], upload_id: str, *, source: Mapping[str, Any], saved_at: datetime) -> int:
        """Give customers back what stood before an upload marked them, as a new version; marks from elsewhere stay.

        What the upload said of them holds no mark of another upload up from then on. Safe to repeat. `source` is as in
        `CustomerRepository.save_many`.

        Returns
        -------
        int
            How many of the customers have a mark less by it, those included of an earlier call.
        """
        ...
