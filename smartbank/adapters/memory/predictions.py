"""The history of predictions in memory."""

from datetime import datetime
from typing import Any

from smartbank.core.erasure import anonymous_prediction
from smartbank.core.moments import to_milliseconds
from smartbank.core.work_ids import ASKED, asked_before


class MemoryPredictionRepository:
    """Keeps predictions by run and rank."""

    def __init__(self) -> None:
        self._predictions: dict[tuple[str, int], dict[str, Any]] = {}

    def save_many(self, predictions: list[dict[str, Any]]) -> None:
        for prediction in predictions:
            kept = {name: _kept(value) for name, value in prediction.items()}
            self._predictions.setdefault((prediction["run_id"], prediction["rank"]), kept)

    def history(self, customer_id: str, *, limit: int = 50) -> list[dict[str, Any]]:
        found = [dict(row) for row in self._predictions.values() if row["customer_id"] == customer_id]
        found.sort(key=lambda row: (row["scored_at"], row["run_id"], row["rank"]), reverse=True)
        return found[:limit]

    def in_run(self, run_id: str, first: int, last: int) -> list[dict[str, Any]]:
        found = [dict(row) for (run, rank), row in self._predictions.items() if run == run_id and first <= rank <= last]
        return sorted(found, key=lambda row: int(row["rank"]))

    def of_leads(self, wanted: list[tuple[str, str]]) -> list[dict[str, Any]]:
        asked = set(wanted)
        found = [row for row in self._predictions.values() if (row["run_id"], row["customer_id"]) in asked]
        return [{name: value for name, value in row.items() if name != "contributions"} for row in found]

    def delete_asked_before(self, moment: datetime) -> int:
        old = [key for key in self._predictions if ASKED <= key[0] < asked_before(moment)]
        for key in old:
            del self._predictions[key]
        return len(old)

    def forget_customer(self, customer_id: str, *, salt: str) -> int:
        mine = [key for key, row in self._predictions.items() if row["customer_id"] == customer_id]
        self._predictions |= {key: anonymous_prediction(self._predictions[key], salt=salt) for key in mine}
        return len(mine)

    def delete_run(self, run_id: str) -> None:
        self._predictions = {key: row for key, row in self._predictions.items() if key[0] != run_id}


def _kept(value: Any) -> Any:  # noqa: ANN401  any value of a document
    return to_milliseconds(value) if isinstance(value, datetime) else value
