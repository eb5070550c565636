"""Seconds to plan a long list on the page and to release it: `python -m benchmarks.call_list --rows 100000`."""

import argparse
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from benchmarks._ranked_run import MODELS, do_all, rank_customers
from benchmarks._rows import bounded, compared, report
from smartbank.bootstrap import Services, list_ports, open_services
from smartbank.config import Settings
from smartbank.core.call_lists import ListRequest, ListState
from smartbank.core.capacity import Capacity
from smartbank.core.people import COMMAND_LINE
from smartbank.services.list_planning import leads_to_plan, planned_list
from smartbank.services.list_release import queue_release
from smartbank.services.runs import run_owner

GOAL_S: Final = 3.0
"""Of server time, to plan a list of 50,000."""


def main() -> None:
    """Print the table, on the embedded database."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000, help="ranked leads; half of them are called")
    rows = parser.parse_args().rows
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(var_dir=Path(folder) / "var", models_dir=MODELS)
        with open_services(settings) as services:
            report_list(services, rows)


def report_list(services: Services, rows: int) -> None:
    """Rank customers, and report what planning and releasing a list of half of them takes."""
    now = datetime.now(UTC)
    run_id, _leads = rank_customers(services, rows)
    about: dict[str, Any] = {"by": COMMAND_LINE, "audit": services.audit, "now": now}
    request = ListRequest(run_id, "Benchmark", Capacity(1, 24, 24 * 60 / (rows // 2)), "seed")
    ports, bank = list_ports(services), services.settings.current()
    reading, _ = seconds(lambda: services.frames.load(run_owner(run_id)))
    looking, eligible = seconds(lambda: leads_to_plan(run_id, by=COMMAND_LINE, ports=ports, now=now))
    if not eligible.level_error:
        raise SystemExit("The card of the model has no error of the level, so the plan would be too cheap to measure.")
    planning, planned = seconds(lambda: planned_list(request, eligible, settings=bank, by=COMMAND_LINE))
    list_id = queue_release(request, ports=ports, users=services.users, **about)
    releasing, _ = seconds(lambda: do_all(services))
    if services.lists.find(list_id).state is not ListState.RELEASED:
        raise SystemExit(f"The list was not released: {services.queue.find(list_id).error}")
    called, floor = planned.plan.n_called, f"reading the ranked leads: {reading:.2f} s"
    report(
        [
            compared("who may be called", f"{looking:.2f} s", beside=floor, ratio=looking / reading),
            bounded(
                f"a list of {called:,} of {rows:,}, as the page plans it",
                looking + planning,
                "s",
                at_most=GOAL_S,
                beside=floor,
                ratio=(looking + planning) / reading,
            ),
            compared("its release, by the worker", f"{releasing:.2f} s", beside=floor, ratio=releasing / reading),
        ]
    )


def seconds(act: Callable[[], Any]) -> tuple[float, Any]:
    """Return how long something took, and what came of it."""
    start = time.perf_counter()
    done = act()
    return time.perf_counter() - start, done


if __name__ == "__main__":
    main()
