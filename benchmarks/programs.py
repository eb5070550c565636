"""1, 5 and 20 programs asking the API for predictions at once, each without a pause: `python -m benchmarks.programs`.

The API runs alone in one process on the embedded database. Every prediction is of somebody new, with reasons, and is
stored before it is answered. Server and programs share the computer.
"""

import argparse
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

import httpx2

from benchmarks._rows import compared, middle_and_late, report
from benchmarks.one_prediction import LEAD, bearer, started

PROGRAMS: Final = (1, 5, 20)
_WARM_UP: Final = 20


def main() -> None:
    """Print milliseconds of the median and of 95 of 100 requests, how many a second, and times those of one program."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=50, help="requests of each program")
    number = parser.parse_args().requests
    with tempfile.TemporaryDirectory() as folder, started(Path(folder)) as (http, key):
        headers = bearer(http, key)
        asked(http, headers, "warm-up", _WARM_UP)
        alone, rows = 0.0, []
        for programs in PROGRAMS:
            begun = time.perf_counter()
            took = at_once(str(http.base_url), headers, programs, number)
            each_second = len(took) / (time.perf_counter() - begun)
            middle, late = middle_and_late(took)
            alone = alone or middle
            rows.append(
                compared(
                    f"{programs} asking for predictions at once"
                    if programs > 1
                    else "1 program asking for predictions",
                    f"{middle:,.0f} ms, 95 of 100 in {late:,.0f} ms, {each_second:,.0f} a second",
                    beside=f"1 program: {alone:,.0f} ms",
                    ratio=middle / alone,
                )
            )
        report(rows)


def at_once(base_url: str, headers: dict[str, str], programs: int, number: int) -> list[float]:
    """Return milliseconds of every request; each program has a connection of its own."""

    def one(program: int) -> list[float]:
        with httpx2.Client(base_url=base_url, timeout=60) as http:
            return asked(http, headers, f"{programs}-{program}", number)

    with ThreadPoolExecutor(programs) as pool:
        return [took for each in pool.map(one, range(programs)) for took in each]


def asked(http: httpx2.Client, headers: dict[str, str], name: str, number: int) -> list[float]:
    """Return milliseconds of each request; every one has to be answered well."""
    took = []
    for place in range(number):
        begun = time.perf_counter()
        answer = http.post("/v1/predictions", json=LEAD | {"customer_id": f"L-{name}-{place}"}, headers=headers)
        took.append((time.perf_counter() - begun) * 1e3)
        if answer.status_code != 200:
            raise SystemExit(f"{answer.status_code}: {answer.text}")
    return took


if __name__ == "__main__":
    main()
