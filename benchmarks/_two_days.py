"""A bank of two days: customers stored, scored and ranked, and each of them again a day further from the last call."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import pandas as pd

from benchmarks.main_job import MODELS, do_main_job, queue_file, queue_scoring, require_done
from smartbank.bootstrap import Services, data
from smartbank.config import Settings
from smartbank.core.backups import Manifest
from smartbank.core.people import COMMAND_LINE
from smartbank.ml.demo_population import demo_population
from smartbank.ml.synthetic import load_demo_tables
from smartbank.services import backups

GROWING: Final = ("customers", "customer_versions", "predictions", "run_frame_chunks")
"""The collections that grow with the days."""


def bring_in_twice(folder: Path, rows: int, services: Services) -> None:
    """Leave two versions, two predictions and two ranked leads of each of so many customers; none is like another."""
    people = demo_population(load_demo_tables(MODELS), n=rows, seed=0)
    people.to_csv(folder / "customers.csv", index=False)
    do_main_job(folder / "customers.csv", services=services)
    people["days_since_contact"] = (
        (pd.to_numeric(people["days_since_contact"]).fillna(20) + 1).clip(upper=30).astype(int)
    )
    people.to_csv(folder / "older.csv", index=False)
    upload_id = queue_file(folder / "older.csv", services)
    require_done(upload_id, services)
    require_done(queue_scoring(upload_id, "older.csv", services), services)


def exported(folder: Path, settings: Settings) -> Manifest:
    """Write everything into a folder."""
    with data.open_data(settings) as services:
        return backups.export_data(
            folder, by=COMMAND_LINE, store=services.store, audit=services.audit, now=datetime.now(UTC)
        )
