"""1, 5 and 20 people clicking through the pages at once, each without a pause: `python -m benchmarks.users`.

The server is one web process on the embedded database, with a run over made-up customers. People are sessions over web
sockets as a browser opens them (`_browser.py`); the time of a click ends when the page is drawn to its end. Server and
clickers share the computer, so a second user at the same moment waits longer than one on a computer of his own would.
"""

import argparse
import asyncio
import tempfile
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from benchmarks._morning import Click, Place, clicked
from benchmarks._rows import Row, compared, middle_and_late, report
from benchmarks._served import served

PEOPLE: Final = (1, 5, 20)
CUSTOMERS: Final = 20_000
_WARM_UP_ROUNDS: Final = 1


def main() -> None:
    """Print milliseconds of the median and of 95 of 100 clicks, by page, and how many times those of one user."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=CUSTOMERS, help="leads of the stored run, 2,100 at least")
    parser.add_argument("--rounds", type=int, default=5, help="rounds of ten clicks each person does")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, served(Path(folder) / "var", customers=asked.customers) as smartbank:
        measured(smartbank.place(1), _WARM_UP_ROUNDS)
        alone: Mapping[str, Sequence[float]] = {}
        for people in PEOPLE:
            place, before = smartbank.place(people), smartbank.cpu_s()
            took = measured(place, asked.rounds)
            alone = alone or took
            report(rows(people, took, alone))
            print(
                f"CPU time of the web process: {1e3 * (smartbank.cpu_s() - before) / len(took['all']):,.0f} ms a click"
            )
        print(f"memory of the web process: {smartbank.memory_mb():,.0f} MB")


def measured(place: Place, rounds: int) -> Mapping[str, Sequence[float]]:
    """Return milliseconds of each click, by what it opened; "all" has every click."""
    took: dict[str, list[float]] = defaultdict(list)

    def note(click: Click) -> None:
        took[click.what].append(click.seconds * 1e3)
        took["all"].append(click.seconds * 1e3)

    asyncio.run(clicked(place, goes_on=lambda done: done < rounds, note=note))
    return took


def rows(people: int, took: Mapping[str, Sequence[float]], alone: Mapping[str, Sequence[float]]) -> list[Row]:
    """Return a row a page, and one of all pages."""
    users = "1 user" if people == 1 else f"{people} users"
    found = []
    for what, each in took.items():
        (middle, late), (one, _) = middle_and_late(each), middle_and_late(alone[what])
        times = f"{middle:,.0f} ms, 95 of 100 in {late:,.0f} ms"
        found.append(compared(f"{users} at once: {what}", times, beside=f"1 user: {one:,.0f} ms", ratio=middle / one))
    return found


if __name__ == "__main__":
    main()
