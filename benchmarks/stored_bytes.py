"""How many bytes a customer, a prediction and a ranked lead take in the database: `python -m benchmarks.stored_bytes`.

The main job is done once on the embedded database in a temporary folder, with synthetic customers who have names and
phone numbers. Then each collection that grows with them says how large its documents and the keys of its indexes are,
by `collStats`: bytes before compression, the same on every MongoDB. What the disk takes is printed beside it, and holds
for the embedded database alone.
"""

import argparse
import tempfile
from pathlib import Path
from typing import Any, Final

from benchmarks.main_job import MODELS, do_main_job, write_customers
from smartbank import bootstrap
from smartbank.adapters import mongo
from smartbank.bootstrap.databases import open_database
from smartbank.config import Settings

GROWING: Final = ("customers", "predictions", "run_frame_chunks")


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=20_000, help="customers in the file")
    rows = parser.parse_args().rows
    with tempfile.TemporaryDirectory(prefix="smartbank-bench-") as name:
        folder = Path(name)
        write_customers(folder / "customers.csv", rows)
        settings = Settings(var_dir=folder / "var", models_dir=MODELS, mongodb_uri=None)
        with open_database(settings) as uri:
            services = bootstrap.build_services(settings.on_database(uri))
            database = mongo.connect(uri, settings.mongodb_database, timeout_ms=60_000)
            before = size_on_disk(settings.var_dir)
            do_main_job(folder / "customers.csv", services=services)
            found = {name: database.command("collStats", name) for name in GROWING}
            on_disk = size_on_disk(settings.var_dir) - before
            database.client.close()
    print(f"{rows:,} customers, stored, scored and ranked once; bytes a lead before compression")
    print(f"{'collection':20}{'documents':>12}{'indexes':>10}   of them")
    for name, said in found.items():
        print(f"{name:20}{said['size'] / rows:>12.0f}{said['totalIndexSize'] / rows:>10.0f}   {indexes(said, rows)}")
    print(f"{'disk, embedded':20}{on_disk / rows:>12.0f}")


def indexes(said: dict[str, Any], rows: int) -> str:
    """Return what each index takes a lead."""
    sizes = {name: size / rows for name, size in said["indexSizes"].items()}
    return ", ".join(f"{name} {size:.0f}" for name, size in sizes.items() if size >= 1)


def size_on_disk(folder: Path) -> int:
    """Return the bytes of all files below a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


if __name__ == "__main__":
    main()
