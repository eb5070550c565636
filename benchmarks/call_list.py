"""Seconds to plan a long list on the page and to release it: `python -m benchmarks.call_list --rows 100000`."""

import argparse
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from smartbank import worker
from smartbank.bootstrap import Services, list_ports, open_services
from smartbank.config import Settings
from smartbank.core.call_lists import ListRequest, ListState
from smartbank.core.capacity import Capacity
from smartbank.core.customers import CustomerQuery
from smartbank.core.people import COMMAND_LINE
from smartbank.ml.demo_population import demo_population
from smartbank.ml.synthetic import load_demo_tables
from smartbank.services.list_planning import leads_to_plan, planned_list
from smartbank.services.list_release import queue_release
from smartbank.services.runs import RunSource, queue_run, run_owner

MODELS: Final = Path(__file__).resolve().parents[1] / "models"
GOAL_S: Final = 3.0
"""Of server time, to plan a list of 50,000."""
LEVEL_ERROR: Final = 0.5


def main() -> None:
    """Print the table, on the embedded database."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000, help="ranked leads; half of them are called")
    rows = parser.parse_args().rows
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(var_dir=Path(folder) / "var", models_dir=MODELS)
        with open_services(settings) as services:
            print_table(services, rows)


def print_table(services: Services, rows: int) -> None:
    """Rank customers, and print what planning and releasing a list of half of them takes."""
    now = datetime.now(UTC)
    leads = demo_population(load_demo_tables(MODELS), n=rows, seed=0)
    services.customers.save_many(leads, source={"kind": "demo", "name": "x"}, saved_at=now)
    everyone = RunSource.of_query(CustomerQuery(), "all customers")
    about: dict[str, Any] = {"by": COMMAND_LINE, "audit": services.audit, "now": now}
    run_id = queue_run(everyone, market="snapshot", queue=services.queue, **about)
    do_all(services)
    request = ListRequest(run_id, "Benchmark", Capacity(1, 24, 24 * 60 / (rows // 2)), "seed")
    ports, bank = list_ports(services), services.settings.current()
    reading, _ = seconds(lambda: services.frames.load(run_owner(run_id)))
    looking, eligible = seconds(lambda: leads_to_plan(run_id, by=COMMAND_LINE, ports=ports, now=now))
    planning, planned = seconds(
        lambda: planned_list(request, eligible, settings=bank, level_error=LEVEL_ERROR, by=COMMAND_LINE)
    )
    list_id = queue_release(request, ports=ports, users=services.users, **about)
    releasing, _ = seconds(lambda: do_all(services))
    if services.lists.find(list_id).state is not ListState.RELEASED:
        raise SystemExit(f"The list was not released: {services.queue.find(list_id).error}")
    print(f"{f'{planned.plan.n_called:,} of {rows:,} leads':44}{'s':>8}{'x reading':>12}")
    for name, taken in {
        "reading the ranked leads": reading,
        "who may be called": looking,
        "the list and what it brings": planning,
        "both, as the page does": looking + planning,
        "the release, by the worker": releasing,
    }.items():
        print(f"{name:44}{taken:8.2f}{taken / reading:12.1f}")
    print(f"goal for both: under {GOAL_S:.0f} s of server time for a list of 50,000")


def do_all(services: Services) -> None:
    """Do everything that is queued, as the worker would."""
    while worker.run_once(services):
        pass


def seconds(act: Callable[[], Any]) -> tuple[float, Any]:
    """Return how long something took, and what came of it."""
    start = time.perf_counter()
    done = act()
    return time.perf_counter() - start, done


if __name__ == "__main__":
    main()
