"""What keeping the data costs, on the embedded database: backup, restore, and new keys.

`python -m benchmarks.upkeep --rows 20000`. Synthetic customers with names and phones are stored, scored and ranked on
two days. All documents are read once as they are, which is the floor; then everything is exported, imported into
another database, and sealed with a new key. A MongoDB of its own has its own measure.
"""

import argparse
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, TypeVar

from benchmarks._rows import Row, compared, report
from benchmarks._two_days import GROWING, bring_in_twice, exported
from benchmarks.main_job import MODELS
from smartbank import bootstrap
from smartbank.adapters import mongo
from smartbank.bootstrap import data
from smartbank.bootstrap.databases import open_database
from smartbank.config import Settings
from smartbank.core.backups import Manifest
from smartbank.core.people import COMMAND_LINE
from smartbank.services import backups, keys

Found = TypeVar("Found")
_BY: Final = COMMAND_LINE


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=20_000, help="customers in the file")
    rows = parser.parse_args().rows
    with tempfile.TemporaryDirectory(prefix="smartbank-bench-") as name:
        folder = Path(name)
        settings = Settings(var_dir=folder / "var", models_dir=MODELS, mongodb_uri=None)
        with open_database(settings) as uri:
            kept = settings.on_database(uri)
            bring_in_twice(folder, rows, bootstrap.build_services(kept))
            database = mongo.connect(uri, settings.mongodb_database, timeout_ms=600_000)
            read_s, n_read = timed(lambda: sum(len(list(database[name].find())) for name in GROWING))
            export_s, manifest = timed(lambda: exported(folder / "moving", kept))
            import_s, _ = timed(lambda: imported(folder / "moving", kept))
            rotate_s, n_sealed = timed(lambda: rotated(kept))
            database.client.close()
    floor = n_read / read_s
    print(f"{rows:,} customers, {manifest.documents:,} documents; the floor reads {floor:,.0f} documents a second")
    report(
        [
            paced("a backup is written", manifest.documents / export_s, floor),
            paced("a backup is checked and brought in", manifest.documents / import_s, floor),
            paced("names and phones are sealed again", n_sealed / rotate_s, floor, unit="values"),
        ]
    )


def imported(folder: Path, settings: Settings) -> Manifest:
    """Check a backup, and bring it into another database."""
    other = settings.model_copy(update={"mongodb_database": "restored"})
    with data.open_data(other) as services:
        return backups.import_data(
            folder,
            known_keys=services.known_keys,
            by=_BY,
            store=services.store,
            audit=services.audit,
            now=datetime.now(UTC),
        )


def rotated(settings: Settings) -> int:
    """Seal everything with a new key, and return how many values that were."""
    with bootstrap.open_keys(settings) as (ring, sealed, audit, _):
        done = keys.rotate_keys(
            by=_BY, ring=ring, data=sealed, audit=audit, now=datetime.now(UTC), report=lambda *_: None
        )
    return done.resealed


def paced(what: str, a_second: float, floor: float, *, unit: str = "documents") -> Row:
    """Return a row of a pace, beside reading the documents alone."""
    return compared(what, f"{a_second:,.0f} {unit} a second", beside="reading documents alone", ratio=floor / a_second)


def timed(work: Callable[[], Found]) -> tuple[float, Found]:
    """Return how many seconds work took, and what it returned."""
    begun = time.perf_counter()
    found = work()
    return time.perf_counter() - begun, found


if __name__ == "__main__":
    main()
