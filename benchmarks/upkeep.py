"""What keeping the data costs, on the embedded database: backup, restore, new keys, and what a change leaves behind.

`python -m benchmarks.upkeep --rows 20000`. Synthetic customers with names and phones are stored, scored and ranked;
then each comes again a day older, which leaves an earlier version of each. All documents are read once as they are,
which is the floor; then everything is exported, imported into another database, and sealed with a new key. The second
table says how many bytes a document takes before compression and in the backup. The embedded database alone is asked.
"""

import argparse
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, TypeVar

import pandas as pd

from benchmarks._rows import Row, compared, report
from benchmarks.main_job import MODELS, do_main_job, require_done
from smartbank import bootstrap
from smartbank.adapters import mongo
from smartbank.bootstrap import data
from smartbank.bootstrap.databases import open_database
from smartbank.config import Settings
from smartbank.core.backups import Manifest
from smartbank.core.people import COMMAND_LINE
from smartbank.ml.demo_population import demo_population
from smartbank.ml.synthetic import load_demo_tables
from smartbank.services import backups, keys
from smartbank.services.runs import RunSource, queue_run
from smartbank.services.uploads import queue_upload

Found = TypeVar("Found")
_BY: Final = COMMAND_LINE
_SHOWN: Final = ("customers", "customer_versions", "predictions", "run_frame_chunks")


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=20_000, help="customers in the file")
    rows = parser.parse_args().rows
    with tempfile.TemporaryDirectory(prefix="smartbank-bench-") as name:
        folder = Path(name)
        settings = Settings(var_dir=folder / "var", models_dir=MODELS, mongodb_uri=None)
        with open_database(settings) as uri:
            kept = settings.on_database(uri)
            bring_in_twice(folder, rows, kept)
            database = mongo.connect(uri, settings.mongodb_database, timeout_ms=600_000)
            sizes = {name: database.command("collStats", name) for name in _SHOWN}
            read_s, n_read = timed(lambda: sum(len(list(database[name].find())) for name in _SHOWN))
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
    print(f"{'bytes a document':20}{'stored':>10}{'indexes':>10}{'in a backup':>14}")
    for name in _SHOWN:
        said, each = sizes[name], manifest.collections[name]
        n = 2 * rows if name == "run_frame_chunks" else said["count"]  # a lead of each of two runs
        print(f"{name:20}{said['size'] / n:>10.0f}{said['totalIndexSize'] / n:>10.0f}{each.size / n:>14.0f}")


def bring_in_twice(folder: Path, rows: int, settings: Settings) -> None:
    """Store and score customers, and bring each in again, a day further from their last contact."""
    services = bootstrap.build_services(settings)
    people = demo_population(load_demo_tables(MODELS), n=rows, seed=0)  # if they repeated, a backup would be smaller
    people.to_csv(folder / "customers.csv", index=False)
    do_main_job(folder / "customers.csv", services=services)
    older = pd.read_csv(folder / "customers.csv", dtype=str)
    older["days_since_contact"] = (pd.to_numeric(older["days_since_contact"]).fillna(20) + 1).astype(int).clip(upper=30)
    content = older.to_csv(index=False).encode()
    upload_id = queue_upload(
        [content],
        "older.csv",
        by=_BY,
        files=services.files,
        queue=services.queue,
        audit=services.audit,
        now=datetime.now(UTC),
    )
    require_done(upload_id, services)
    require_done(saved(upload_id, services), services)


def saved(upload_id: str, services: bootstrap.Services) -> str:
    """Queue a run of an upload, which saves its customers, and return its id."""
    source = RunSource("upload", "older.csv", upload_id=upload_id)
    return queue_run(
        source, market="snapshot", by=_BY, queue=services.queue, audit=services.audit, now=datetime.now(UTC)
    )


def exported(folder: Path, settings: Settings) -> Manifest:
    """Write everything into a folder."""
    with data.open_data(settings) as services:
        return backups.export_data(folder, by=_BY, store=services.store, audit=services.audit, now=datetime.now(UTC))


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
