"""How many bytes a customer, an earlier version, a prediction and a ranked lead take in the database and in a backup.

`python -m benchmarks.stored_bytes`. Synthetic customers with names and phone numbers are stored, scored and ranked on
two days, on the embedded database in a temporary folder. Then each collection that grows with them says how large its
documents and the keys of its indexes are, by `collStats`: bytes before compression, the same on every MongoDB. A backup
is packed. What the disk takes is printed beside it, and holds for the embedded database alone.
"""

import argparse
import tempfile
from pathlib import Path
from typing import Any

from benchmarks._two_days import GROWING, bring_in_twice, exported
from benchmarks.main_job import MODELS
from smartbank import bootstrap
from smartbank.adapters import mongo
from smartbank.bootstrap.databases import open_database
from smartbank.config import Settings


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=10_000, help="customers in the file")
    rows = parser.parse_args().rows
    with tempfile.TemporaryDirectory(prefix="smartbank-bench-") as name:
        folder = Path(name)
        settings = Settings(var_dir=folder / "var", models_dir=MODELS, mongodb_uri=None)
        with open_database(settings) as uri:
            kept = settings.on_database(uri)
            services = bootstrap.build_services(kept)
            database = mongo.connect(uri, settings.mongodb_database, timeout_ms=60_000)
            before = size_on_disk(settings.var_dir)
            bring_in_twice(folder, rows, services)
            found = {name: database.command("collStats", name) for name in GROWING}
            on_disk = size_on_disk(settings.var_dir) - before
            packed = exported(folder / "backup", kept).collections
            database.client.close()
    print(f"{rows:,} customers, stored, scored and ranked on two days; bytes a document, of frames a lead of a run")
    print(f"{'collection':20}{'documents':>12}{'indexes':>10}{'in a backup':>14}   of the indexes")
    for name, said in found.items():
        number = 2 * rows if name == "run_frame_chunks" else said["count"]
        sizes = (
            f"{said['size'] / number:>12.0f}{said['totalIndexSize'] / number:>10.0f}{packed[name].size / number:>14.0f}"
        )
        print(f"{name:20}{sizes}   {indexes(said, number)}")
    print(f"{'disk, embedded':20}{on_disk / rows:>12.0f}   a customer, both days")


def indexes(said: dict[str, Any], rows: int) -> str:
    """Return what each index takes a lead."""
    sizes = {name: size / rows for name, size in said["indexSizes"].items()}
    return ", ".join(f"{name} {size:.0f}" for name, size in sizes.items() if size >= 1)


def size_on_disk(folder: Path) -> int:
    """Return the bytes of all files below a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


if __name__ == "__main__":
    main()
