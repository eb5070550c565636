"""Drawing a page of 100 out of all ranked leads, as the Leads page does: `python -m benchmarks.ranked_page`.

Customers are stored and ranked on the embedded database. The floor is reading 100 customers by their ids, as the page
does for their names. Milliseconds of server time, the quickest of some tries, so that the ratio holds on any computer;
a browser's drawing is not in it.
"""

import argparse
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import streamlit as st
from streamlit.testing.v1 import AppTest

from benchmarks._ranked_run import MODELS, rank_customers
from benchmarks._rows import Row, compared, report
from smartbank.bootstrap import Services, open_services
from smartbank.config import Settings
from smartbank.core.fields import CUSTOMER_ID
from smartbank.core.people import COMMAND_LINE
from smartbank.core.shared_phones import n_sharing
from smartbank.services.runs import ranked_leads
from smartbank.ui import resources

_TRIES: Final = 7
_PAGE: Final = 100


def page() -> None:
    """Draw the ranked leads, and nothing else."""
    from smartbank.core.people import COMMAND_LINE  # noqa: PLC0415  AppTest runs the function's body alone
    from smartbank.ui.ranked_leads import show_ranked_leads  # noqa: PLC0415

    show_ranked_leads(COMMAND_LINE)


def main() -> None:
    """Report the rows."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=200_000, help="ranked leads")
    rows = parser.parse_args().rows
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(var_dir=Path(folder) / "var", models_dir=MODELS)
        with open_services(settings) as services:
            run_id, _leads = rank_customers(services, rows)
            report(rows_of(services, run_id, rows))


def rows_of(services: Services, run_id: str, rows: int) -> list[Row]:
    """Return what the page takes the first time, and after each of its controls."""
    ranked = ranked_leads(run_id, by=COMMAND_LINE, frames=services.frames)
    ids = ranked[CUSTOMER_ID].head(_PAGE).tolist()
    floor = milliseconds(lambda _try: services.customers.load(ids))
    setattr(resources, "load_settings", lambda: None)  # noqa: B010  the page takes the services of this process
    setattr(resources, "build_services", lambda _settings: services)  # noqa: B010
    drawn = AppTest.from_function(page, default_timeout=600)
    run(drawn)
    st.cache_data.clear()
    begun = time.perf_counter()
    run(drawn)
    first = 1e3 * (time.perf_counter() - begun)
    orders = ("Oldest first", "Youngest first")
    controls: dict[str, Callable[[int], Any]] = {
        "the page again, by rank": lambda _try: None,
        "another propensity to start from": lambda turn: drawn.number_input(key="from").set_value(5.0 + turn),
        "sorted by age": lambda turn: drawn.selectbox(key="sort").set_value(orders[turn % 2]),
    }
    found = {f"100 of {rows:,} ranked leads, none at hand": first}
    for name, change in controls.items():
        found[f"  {name}"] = milliseconds(redrawn(drawn, change))
    found["  of which who shares a phone number"] = milliseconds(lambda _try: n_sharing(ranked))
    beside = f"100 customers by id: {floor:.1f} ms"
    return [compared(name, f"{spent:,.0f} ms", beside=beside, ratio=spent / floor) for name, spent in found.items()]


def redrawn(drawn: AppTest, change: Callable[[int], Any]) -> Callable[[int], None]:
    """Return what moves a control and draws the page again."""

    def redraw(turn: int) -> None:
        change(turn)
        run(drawn)

    return redraw


def run(drawn: AppTest) -> None:
    """Draw once; what goes wrong ends the benchmark."""
    drawn.run()
    if drawn.exception or drawn.error:
        raise SystemExit(str([*drawn.exception, *drawn.error]))


def milliseconds(call: Callable[[int], object]) -> float:
    """Return the milliseconds of the quickest of some calls, each told its number."""
    spent = []
    for turn in range(_TRIES):
        begun = time.perf_counter()
        call(turn)
        spent.append(1e3 * (time.perf_counter() - begun))
    return min(spent)


if __name__ == "__main__":
    main()
