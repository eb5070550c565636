"""Seconds of the storage work a manager waits for, on the embedded database in a temporary folder."""

import argparse
import tempfile
import time
from collections.abc import Generator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pandas as pd

from smartbank.adapters import mongo
from smartbank.adapters.embedded import open_embedded
from smartbank.adapters.key_file import new_key
from smartbank.adapters.vault import Vault
from smartbank.core.customers import CustomerQuery
from smartbank.core.fields import FIELD, IDENTITY_FIELDS, LEAD_FIELDS

CUSTOMERS = 20_000
FRAME_ROWS = 100_000
FRAME_COLUMNS = 25
_NOW = datetime(2026, 1, 5, 9, tzinfo=UTC)
_FIRST_NAMES = ("Ana", "Beatriz", "Catarina", "Diogo", "Eduardo", "Filipa", "Gonçalo", "Helena")
_LAST_NAMES = ("Almeida", "Barbosa", "Carvalho", "Domingues", "Esteves", "Ferreira", "Gonçalves", "Henriques")


def main() -> None:
    """Print one line a measurement."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=CUSTOMERS, help="customers to store, 2,000 at least")
    rows = parser.parse_args().rows
    with tempfile.TemporaryDirectory() as folder, open_embedded(Path(folder) / "db") as uri:
        database = mongo.connect(uri, "benchmark", timeout_ms=10_000)
        mongo.ensure_schema(database)
        measure_customers(database, rows)
        measure_predictions(database, rows)
        measure_frames(database)
        database.client.close()


def measure_customers(database: mongo.MongoDatabase, rows: int) -> None:
    """Add, save again, change, find and load customers."""
    customers = mongo.MongoCustomerRepository(database, vault=Vault([new_key()]))
    frame = random_customers(rows)
    source = {"kind": "upload", "name": "benchmark.csv"}
    with clock("customers added", rows):
        customers.save_many(frame, source=source, saved_at=_NOW)
    with clock("customers saved again, unchanged", rows):
        customers.save_many(frame, source=source, saved_at=_NOW)
    with clock("customers changed", 2_000):
        customers.save_many(frame.head(2_000).assign(age=99.0), source=source, saved_at=_NOW)
    for name, query in {
        "all": CustomerQuery(),
        "by age": CustomerQuery(sort="age", descending=True),
        "of two jobs": CustomerQuery(jobs=("student", "retired")),
        "of 30 to 40 years": CustomerQuery(min_age=30, max_age=40),
        "never contacted": CustomerQuery(never_contacted=True),
        "by a name": CustomerQuery(text="ana ferreira"),
        "by an id": CustomerQuery(text="C000077"),
    }.items():
        with clock(f"ids of customers {name}", rows):
            found = customers.ids(query)
    with clock("customers loaded", rows):
        customers.load(customers.ids(CustomerQuery()))
    with clock("a page of 100 loaded", 100):
        customers.load(found * 100)
    with clock("count", rows):
        customers.count()


def measure_predictions(database: mongo.MongoDatabase, rows: int) -> None:
    """Keep a run's predictions, read one customer's history, delete the run."""
    predictions = mongo.MongoPredictionRepository(database)
    documents = [
        {
            "prediction_id": f"run-1-{rank}",
            "run_id": "run-1",
            "rank": rank,
            "customer_id": f"C{rank:06d}",
            "scored_at": _NOW,
            "propensity": rank / rows,
            "contributions": [rank / 1e6 for _ in LEAD_FIELDS],
            "model_version": "m-1",
        }
        for rank in range(1, rows + 1)
    ]
    with clock("predictions kept", rows):
        predictions.save_many(documents)
    with clock("history of a customer", 1):
        predictions.history("C000077")
    with clock("predictions deleted", rows):
        predictions.delete_run("run-1")


def measure_frames(database: mongo.MongoDatabase) -> None:
    """Keep and read a run's columns."""
    frames = mongo.MongoFrameStore(database, vault=Vault([new_key()]))
    random = np.random.default_rng(7)
    numbers = {f"column_{index}": random.random(FRAME_ROWS) for index in range(FRAME_COLUMNS - 5)}
    texts = {f"text_{index}": random.choice(FIELD["job"].levels, FRAME_ROWS) for index in range(5)}
    frame = pd.DataFrame(numbers | texts)
    with clock("rows of a run's frame kept", FRAME_ROWS):
        frames.append("run:1", 0, frame)
    with clock("rows of a run's frame read", FRAME_ROWS):
        frames.load("run:1")


def random_customers(rows: int) -> pd.DataFrame:
    """Return a clean frame of leads drawn at random."""
    random = np.random.default_rng(7)
    columns: dict[str, object] = {"customer_id": [f"C{number:06d}" for number in range(rows)]}
    columns["name"] = [f"{random.choice(_FIRST_NAMES)} {random.choice(_LAST_NAMES)}" for _ in range(rows)]
    columns["phone"] = [f"+4420794{number % 100_000:05d}" for number in range(rows)]
    for field in LEAD_FIELDS:
        if field.levels:
            columns[field.name] = random.choice(field.levels, rows)
        else:
            columns[field.name] = random.integers(int(field.low), 60, rows).astype("float64")
    is_new = random.random(rows) < 0.9
    columns["days_since_contact"] = np.where(is_new, np.nan, random.integers(0, 27, rows))
    columns["previous"] = np.where(is_new, 0.0, 1.0)
    frame = pd.DataFrame(columns)
    texts = [
        "customer_id",
        *(field.name for field in IDENTITY_FIELDS + LEAD_FIELDS if field.kind in ("text", "category")),
    ]
    return frame.astype(dict.fromkeys(texts, "str"))


@contextmanager
def clock(name: str, count: int) -> Generator[None]:
    """Print how long the block took, and how many a second that is."""
    start = time.perf_counter()
    yield
    seconds = time.perf_counter() - start
    print(f"{name:40} {seconds:8.3f} s {count / seconds:12,.0f} /s")


if __name__ == "__main__":
    main()
