"""Scenarios people saved, in memory."""

from dataclasses import replace
from threading import RLock

from smartbank.core.market.scenarios import Scenario
from smartbank.core.moments import to_milliseconds


class MemoryScenarioRepository:
    """Keeps scenarios in a dictionary."""

    def __init__(self) -> None:
        self._scenarios: dict[str, Scenario] = {}
        self._lock = RLock()

    def add(self, scenario: Scenario) -> bool:
        kept = replace(scenario, at=to_milliseconds(scenario.at))
        with self._lock:
            return self._scenarios.setdefault(scenario.scenario_id, kept) is kept

    def find(self, scenario_id: str) -> Scenario | None:
        with self._lock:
            return self._scenarios.get(scenario_id)

    def all(self) -> list[Scenario]:
        with self._lock:
            return sorted(self._scenarios.values(), key=lambda each: each.name.casefold())

    def delete(self, scenario_id: str) -> bool:
        with self._lock:
            return self._scenarios.pop(scenario_id, None) is not None
