"""Tallies of work in MongoDB: a document a kind in `counters`, which a backup brings along."""

from dataclasses import asdict

from smartbank.adapters.mongo.connection import MongoDatabase
from smartbank.adapters.mongo.errors import storage_errors
from smartbank.core.work import WorkKind
from smartbank.core.work_tally import WorkTally


class MongoWorkTallies:
    """Adds with `$inc`, so that any number of workers may at once."""

    def __init__(self, database: MongoDatabase) -> None:
        self._counters = database["counters"]

    def add(self, more: WorkTally) -> None:
        figures = {name: value for name, value in asdict(more).items() if name != "kind"}
        with storage_errors():
            self._counters.update_one({"_id": _name(more.kind)}, {"$inc": figures}, upsert=True)

    def all(self) -> list[WorkTally]:
        with storage_errors():
            found = {row.pop("_id"): row for row in self._counters.find({"_id": {"$in": list(map(_name, WorkKind))}})}
        return [WorkTally(kind, **found.get(_name(kind), {})) for kind in WorkKind]


def _name(kind: WorkKind) -> str:
    return f"ended:{kind}"
