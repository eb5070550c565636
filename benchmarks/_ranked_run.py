"""A run of synthetic customers, ranked as the worker ranks them: what the benchmarks of screens and lists stand on."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import pandas as pd

from smartbank import worker
from smartbank.bootstrap import Services
from smartbank.core.customers import CustomerQuery
from smartbank.core.people import COMMAND_LINE
from smartbank.ml.demo_population import demo_population
from smartbank.ml.synthetic import load_demo_tables
from smartbank.services.runs import RunSource, queue_run

MODELS: Final = Path(__file__).resolve().parents[1] / "models"


def rank_customers(services: Services, rows: int) -> tuple[str, pd.DataFrame]:
    """Store synthetic customers and have all of them ranked; return the id of the run, and the customers."""
    now = datetime.now(UTC)
    leads = demo_population(load_demo_tables(MODELS), n=rows, seed=0)
    services.customers.save_many(leads, source={"kind": "demo", "name": "x"}, saved_at=now)
    everyone = RunSource.of_query(CustomerQuery(), "all customers")
    run_id = queue_run(
        everyone, market="snapshot", by=COMMAND_LINE, queue=services.queue, audit=services.audit, now=now
    )
    do_all(services)
    return run_id, leads


def do_all(services: Services) -> None:
    """Do everything that is queued, as the worker would."""
    while worker.run_once(services):
        pass
