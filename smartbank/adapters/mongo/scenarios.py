"""Scenarios people saved, in MongoDB."""

from collections.abc import Mapping
from typing import Any

from smartbank.adapters.mongo.bulk import insert_new
from smartbank.adapters.mongo.connection import MongoDatabase
from smartbank.adapters.mongo.errors import storage_errors
from smartbank.adapters.mongo.schema import SCHEMA_VERSION
from smartbank.core.market.scenarios import Scenario


class MongoScenarioRepository:
    """Keeps scenarios in `market_scenarios` by their ids, which are made of their names."""

    def __init__(self, database: MongoDatabase) -> None:
        self._scenarios = database["market_scenarios"]

    def add(self, scenario: Scenario) -> bool:
        document = {"_id": scenario.scenario_id, **scenario.to_json(), "schema_version": SCHEMA_VERSION}
        with storage_errors():
            return not insert_new(self._scenarios, [document])

    def find(self, scenario_id: str) -> Scenario | None:
        with storage_errors():
            found = self._scenarios.find_one({"_id": scenario_id})
        return None if found is None else _scenario(found)

    def all(self) -> list[Scenario]:
        with storage_errors():
            found = [_scenario(document) for document in self._scenarios.find({})]
        return sorted(found, key=lambda each: each.name.casefold())

    def delete(self, scenario_id: str) -> bool:
        with storage_errors():
            return bool(self._scenarios.delete_one({"_id": scenario_id}).deleted_count)


def _scenario(document: Mapping[str, Any]) -> Scenario:
    return Scenario.from_json(document)
