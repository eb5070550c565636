"""What programs' scores stand on, in MongoDB."""

from datetime import datetime

from smartbank.adapters.mongo.bulk import insert_new
from smartbank.adapters.mongo.connection import MongoDatabase
from smartbank.adapters.mongo.errors import storage_errors
from smartbank.adapters.mongo.schema import SCHEMA_VERSION
from smartbank.core.grounds import ScoringGround


class MongoGroundRepository:
    """Keeps grounds in `scoring_grounds` by their ids; nothing in them is of a customer."""

    def __init__(self, database: MongoDatabase) -> None:
        self._grounds = database["scoring_grounds"]

    def keep(self, ground: ScoringGround, *, now: datetime) -> None:
        document = {"_id": ground.ground_id, **ground.to_json(), "kept_at": now, "schema_version": SCHEMA_VERSION}
        with storage_errors():
            insert_new(self._grounds, [document])

    def find(self, ground_id: str) -> ScoringGround | None:
        with storage_errors():
            found = self._grounds.find_one({"_id": ground_id})
        return None if found is None else ScoringGround.from_json(found)
