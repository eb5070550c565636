"""The history of predictions."""

from datetime import datetime
from typing import Any, Protocol


class PredictionRepository(Protocol):
    """The history of predictions, one document a lead and run."""

    def save_many(self, predictions: list[dict[str, Any]]) -> None:
        """Keep predictions of a run, unique by (run_id, rank); the same ones again change nothing."""
        ...

    def history(self, customer_id: str, *, limit: int = 50) -> list[dict[str, Any]]:
        """Return a customer's predictions, newest first."""
        ...

    def in_run(self, run_id: str, first: int, last: int) -> list[dict[str, Any]]:
        """Return a run's predictions of these ranks, ends included, best first; a missing one is left out."""
        ...

    def of_leads(self, wanted: list[tuple[str, str]]) -> list[dict[str, Any]]:
        """Return the predictions of leads named by run and customer, in any order and without contributions.

        One that is missing is left out.
        """
        ...

    def delete_asked_before(self, moment: datetime) -> int:
        """Delete the predictions of programs' requests made before a moment, and return how many there were."""
        ...

    def forget_customer(self, customer_id: str, *, salt: str) -> int:
        """Keep of a customer's predictions what `anonymous_prediction` does, and return of how many. Safe to repeat."""
        ...

    def delete_run(self, run_id: str) -> None:
        """Delete what an unfinished run has written."""
        ...
