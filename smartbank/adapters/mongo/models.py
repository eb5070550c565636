"""What is known of versions of the model, in MongoDB."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any, Final, TypeVar

from pymongo import DESCENDING

from smartbank.adapters.mongo.bulk import insert_new
from smartbank.adapters.mongo.connection import MongoDatabase
from smartbank.adapters.mongo.errors import storage_errors
from smartbank.adapters.mongo.schema import SCHEMA_VERSION
from smartbank.core.model_versions import Comparison, Promotion, TrainedModel

Kept = TypeVar("Kept", TrainedModel, Comparison, Promotion)

_KIND: Final = {TrainedModel: "trained", Comparison: "comparison", Promotion: "promotion"}


class MongoModelRegistry:
    """Keeps a document a version that was trained, a comparison and a promotion in `model_registry`.

    A promotion is added and never changed: its number is its `_id`, so that of two at once one is refused.
    """

    def __init__(self, database: MongoDatabase) -> None:
        self._registry = database["model_registry"]

    def add(self, trained: TrainedModel) -> None:
        with storage_errors():
            insert_new(self._registry, [_document(trained, trained.version)])

    def trained(self) -> list[TrainedModel]:
        found = self._all(TrainedModel)
        return sorted(found, key=lambda each: (each.at, each.version), reverse=True)

    def keep_comparison(self, comparison: Comparison) -> None:
        document = _document(comparison, f"{comparison.champion}:{comparison.challenger}")
        with storage_errors():
            self._registry.replace_one({"_id": document["_id"]}, document, upsert=True)

    def comparisons(self, champion: str) -> list[Comparison]:
        found = [each for each in self._all(Comparison) if each.champion == champion]
        return sorted(found, key=lambda each: (each.at, each.challenger), reverse=True)

    def promote(self, promotion: Promotion) -> bool:
        with storage_errors():
            return not insert_new(self._registry, [_document(promotion, f"{promotion.number:09d}")])

    def promotions(self) -> list[Promotion]:
        return sorted(self._all(Promotion), key=lambda each: each.number, reverse=True)

    def in_force(self) -> Promotion | None:
        with storage_errors():
            found = self._registry.find_one({"kind": _KIND[Promotion]}, sort=[("number", DESCENDING)])
        return None if found is None else _kept(Promotion, found)

    def _all(self, what: type[Kept]) -> list[Kept]:
        with storage_errors():
            return [_kept(what, document) for document in self._registry.find({"kind": _KIND[what]})]


def _document(kept: TrainedModel | Comparison | Promotion, name: str) -> dict[str, Any]:
    kind = _KIND[type(kept)]
    return {"_id": f"{kind}:{name}", "kind": kind, **kept.__dict__, "schema_version": SCHEMA_VERSION}


def _kept(what: type[Kept], document: Mapping[str, Any]) -> Kept:
    return what(**{field.name: document[field.name] for field in fields(what) if field.name in document})
