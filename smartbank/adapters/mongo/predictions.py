"""The history of predictions in MongoDB."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from smartbank.adapters.mongo.bulk import batches, insert_new
from smartbank.adapters.mongo.connection import MongoDatabase
from smartbank.adapters.mongo.errors import storage_errors
from smartbank.adapters.mongo.schema import SCHEMA_VERSION
from smartbank.core.erasure import anonymous_prediction
from smartbank.core.prediction_ids import id_of_prediction
from smartbank.core.work_ids import ASKED, asked_before

_WRITE_BATCH: Final = 1_000
_DELETE_BATCH: Final = 5_000
_ASKED_AT_ONCE: Final = 100


class MongoPredictionRepository:
    """Keeps one document a lead and run in `predictions`."""

    def __init__(self, database: MongoDatabase) -> None:
        self._predictions = database["predictions"]

    def save_many(self, predictions: list[dict[str, Any]]) -> None:
        with storage_errors():
            for batch in batches(predictions, _WRITE_BATCH):
                insert_new(self._predictions, [prediction_of_lead(prediction) for prediction in batch])

    def history(self, customer_id: str, *, limit: int = 50) -> list[dict[str, Any]]:
        with storage_errors():
            found = list(self._predictions.find({"customer_id": customer_id}, {"_id": 0, "schema_version": 0}))
        return newest_first(found)[:limit]

    def in_run(self, run_id: str, first: int, last: int) -> list[dict[str, Any]]:
        ranks = {"$gte": first, "$lte": last}
        with storage_errors():
            found = list(self._predictions.find({"run_id": run_id, "rank": ranks}, {"_id": 0, "schema_version": 0}))
        return sorted(found, key=lambda row: int(row["rank"]))

    def of_leads(self, wanted: list[tuple[str, str]]) -> list[dict[str, Any]]:
        asked, found = set(wanted), []
        with storage_errors():
            for batch in batches(sorted({customer_id for _, customer_id in asked}), _ASKED_AT_ONCE):
                named = {"customer_id": {"$in": batch}}  # by customer alone: that has an index everywhere
                rows = self._predictions.find(named, {"_id": 0, "schema_version": 0, "contributions": 0})
                found += [row for row in rows if (row["run_id"], row["customer_id"]) in asked]
        return found

    def delete_asked_before(self, moment: datetime) -> int:
        old, deleted = {"run_id": {"$gte": ASKED, "$lt": asked_before(moment)}}, 0
        with storage_errors():
            while found := list(self._predictions.find(old, {"_id": 1}).limit(_ASKED_AT_ONCE)):
                named = {"_id": {"$in": [row["_id"] for row in found]}}
                deleted += self._predictions.delete_many(named).deleted_count
        return deleted

    def forget_customer(self, customer_id: str, *, salt: str) -> int:
        with storage_errors():
            found = list(self._predictions.find({"customer_id": customer_id}))
            for row in found:
                kept = prediction_of_lead(anonymous_prediction(row, salt=salt))
                self._predictions.replace_one({"_id": row["_id"]}, kept)
        return len(found)

    def delete_run(self, run_id: str) -> None:
        with storage_errors():
            while (left := self._predictions.find_one({"run_id": run_id}, {"rank": 1})) is not None:
                ranks = {"$gte": left["rank"], "$lt": left["rank"] + _DELETE_BATCH}
                self._predictions.delete_many({"run_id": run_id, "rank": ranks})


def newest_first(predictions: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return predictions by time, the newest first; ties by run, the later id first."""
    return sorted(predictions, key=lambda row: (row["scored_at"], str(row["run_id"]), row["rank"]), reverse=True)


def prediction_of_lead(prediction: Mapping[str, Any]) -> dict[str, Any]:
    """Return the document of a prediction."""
    return {
        **prediction,
        "_id": id_of_prediction(prediction["run_id"], prediction["rank"]),
        "schema_version": SCHEMA_VERSION,
    }
