"""Milliseconds of a what-if on a whole run, and of drawing the page: `python -m benchmarks.what_if --rows 41188`."""

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from streamlit.testing.v1 import AppTest

from benchmarks._ranked_run import MODELS, rank_customers
from benchmarks._rows import bounded, compared, report
from smartbank.bootstrap import Services, open_services
from smartbank.config import Settings
from smartbank.core.people import COMMAND_LINE
from smartbank.core.what_if import WhatIf
from smartbank.services.customer_view import view_customer
from smartbank.services.what_if import Ground, imagine, load_order, what_if_ground
from smartbank.ui import resources

GOAL_MS: Final = 150.0
"""Of server time, on 41,188 customers."""
_TRIES: Final = 15


def panel() -> None:
    """Draw the what-if panel of the customer in the session state, and nothing else."""
    import streamlit as st  # noqa: PLC0415  AppTest runs the function's body alone

    from smartbank.core.people import COMMAND_LINE  # noqa: PLC0415
    from smartbank.ui.what_if import draw_what_if  # noqa: PLC0415

    draw_what_if(st.session_state["ground"], COMMAND_LINE)


def main() -> None:
    """Print the table; the median of some tries each, in one process."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=41_188, help="customers of the run")
    rows = parser.parse_args().rows
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(var_dir=Path(folder) / "var", models_dir=MODELS)
        with open_services(settings) as services:
            report_what_ifs(services, rows)


def report_what_ifs(services: Services, rows: int) -> None:
    """Have customers ranked on the embedded database, and report what a what-if of one of them takes."""
    run_id, leads = rank_customers(services, rows)
    order = load_order(run_id, by=COMMAND_LINE, frames=services.frames)
    customer_id = str(order.customer_ids[rows // 2])
    held = services
    view = view_customer(
        customer_id,
        by=COMMAND_LINE,
        customers=held.customers,
        predictions=held.predictions,
        outcomes=held.outcomes,
        frames=held.frames,
        writer_of=held.writer_of,
        snapshots=held.snapshots,
    )
    ground = what_if_ground(view, by=COMMAND_LINE, queue=held.queue, load_model=held.models.scorer_of)
    lead = leads[leads["customer_id"] == customer_id]
    asked = [WhatIf({}), WhatIf({"age": 66.0, "job": "retired"})]
    figures = {
        "one lead scored and explained": milliseconds(
            lambda _: (ground.scorer.margins(lead), ground.scorer.contributions(lead))
        ),
        "a what-if beside the customer": milliseconds(
            lambda _: imagine(asked, by=COMMAND_LINE, ground=ground, order=order)
        ),
        "the panel after a moved control": drawn(services, ground),
    }
    alone = figures.pop("one lead scored and explained")
    floor = f"one lead scored and explained: {alone:.1f} ms"
    beside, panel_ms = figures.values()
    report(
        [
            compared(f"a what-if on {rows:,} customers", f"{beside:.1f} ms", beside=floor, ratio=beside / alone),
            bounded(
                "  and its panel drawn again", panel_ms, "ms", at_most=GOAL_MS, beside=floor, ratio=panel_ms / alone
            ),
        ]
    )


def drawn(services: Services, ground: Ground) -> float:
    """Return the milliseconds of drawing the panel again after its first field was changed."""
    setattr(resources, "load_settings", lambda: None)  # noqa: B010  the panel takes the services of this process
    setattr(resources, "build_services", lambda _settings: services)  # noqa: B010
    page = AppTest.from_function(panel, default_timeout=120)
    page.session_state["ground"] = ground
    page.run()
    if page.exception:
        raise SystemExit(str(page.exception))
    return milliseconds(lambda place: page.number_input(key="if_age").set_value(30 + place).run())


def milliseconds(call: Callable[[int], object]) -> float:
    """Return the median milliseconds of some calls, each told its number."""
    spent = []
    for place in range(_TRIES):
        start = time.perf_counter()
        call(place)
        spent.append(1_000 * (time.perf_counter() - start))
    return statistics.median(spent)


if __name__ == "__main__":
    main()
