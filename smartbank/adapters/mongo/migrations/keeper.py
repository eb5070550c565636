"""The schema version of a MongoDB, and the way to another."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final

from smartbank.adapters.mongo.connection import MongoDatabase
from smartbank.adapters.mongo.errors import storage_errors
from smartbank.adapters.mongo.holders import is_dead
from smartbank.adapters.mongo.migrations import STEPS
from smartbank.adapters.mongo.migrations.runner import Migration
from smartbank.adapters.mongo.migrations.step import Step
from smartbank.adapters.mongo.queue import COLLECTIONS
from smartbank.adapters.mongo.schema import MARK, ready_version
from smartbank.adapters.vault import Vault
from smartbank.core.ports.backups import GoOn
from smartbank.errors import MigrationError

_FAR_AHEAD: Final = datetime(9999, 1, 1, tzinfo=UTC)


class MongoSchemaKeeper:
    """Looks at the mark in `schema`, and moves along the steps."""

    def __init__(self, database: MongoDatabase, *, vault: Vault, steps: Sequence[Step] = STEPS) -> None:
        self._database = database
        self._vault = vault
        self._steps = steps

    @property
    def newest(self) -> int:
        return len(self._steps) + 1

    def standing(self) -> tuple[int, bool]:
        with storage_errors():
            mark = self._database["schema"].find_one(MARK) or {}
            if mark.get("state") == "migrating":
                return int(mark["version"]), False
            return ready_version(self._database), True

    def migrate(self, to: int, *, go_on: GoOn) -> int:
        with storage_errors():
            self._require_idle()
            return Migration(self._database, steps=self._steps, vault=self._vault, go_on=go_on).run(to)

    def _require_idle(self) -> None:
        held: dict[str, Any] = {"state": "running", "lease_until": {"$gte": datetime.now(UTC), "$lte": _FAR_AHEAD}}
        running = (each for name in COLLECTIONS.values() for each in self._database[name].find(held, {"holder": 1}))
        if not all(is_dead(each.get("holder", {})) for each in running):
            raise MigrationError(
                "A worker is at work on this database. Stop every SmartBank that uses it, then try again in a minute."
            )
