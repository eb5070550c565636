"""What is left in the web process of people who clicked: nothing of a session that is over, no memory that grows."""

import asyncio
import json
import os
import statistics
import subprocess
import sys
import time
from dataclasses import replace

import pytest

from benchmarks._morning import clicked
from benchmarks._served import served
from smartbank.bootstrap import open_database
from smartbank.config import Settings, child_environment
from tests.start.processes import ROOT, free_port, listens, wait_for

PEOPLE = 3
WARM_UP_ROUNDS = 20
MOST_MB_AN_HOUR = 50.0
MOST_LOOKED_THROUGH = 100_000
"""Objects of a garbage collection: what libraries are made of is not among them."""
MINUTES = float(os.environ.get("SOAK_MINUTES", "60"))


@pytest.fixture(scope="module")
def smartbank(tmp_path_factory):
    with served(tmp_path_factory.mktemp("memory") / "var", customers=2_100) as smartbank:
        yield smartbank


@pytest.fixture
def counting(smartbank):
    """The screens in a process of their own: their address, and a function that counts what is alive there."""
    settings = Settings(var_dir=smartbank.folder, port=free_port())
    with open_database(settings) as uri:
        web = subprocess.Popen(
            [sys.executable, "-m", "tests.start.counted_web"],
            cwd=ROOT,
            env=child_environment(settings.on_database(uri)),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )

        def counts():
            web.stdin.write("\n")
            web.stdin.flush()
            return json.loads(web.stdout.readline())

        try:
            wait_for(lambda: listens(settings.port) or web.poll() is not None)
            yield f"http://localhost:{settings.port}", counts
        finally:
            web.terminate()
            web.wait(30)
            web.stdin.close()
            web.stdout.close()


def test_nothing_of_a_session_stays_when_its_tab_is_closed(smartbank, counting):
    origin, counts = counting
    place = replace(smartbank.place(PEOPLE), origin=origin)
    first = asyncio.run(clicks(place, lambda rounds: rounds < 1)) and counts()

    n_clicks = asyncio.run(clicks(place, lambda rounds: rounds < 2))
    wait_for(lambda: counts()[0] <= first[0])

    assert n_clicks == PEOPLE * 2 * 10
    sessions, frames, objects = counts()
    assert sessions <= 1  # the newest may be held by a thread that waits for work
    assert frames <= first[1] + 3
    assert objects < MOST_LOOKED_THROUGH  # each time a page was drawn


@pytest.mark.soak
def test_memory_grows_by_less_than_50_mb_in_an_hour_of_clicking(smartbank):
    ends_at, memory = time.monotonic() + 60 * MINUTES, []
    place = smartbank.place(PEOPLE)
    asyncio.run(clicks(place, lambda rounds: rounds < WARM_UP_ROUNDS))

    asyncio.run(clicks(place, lambda _rounds: time.monotonic() < ends_at, lambda: memory.append(smartbank.memory_mb())))

    tenth = len(memory) // 10
    first, last = statistics.median(memory[:tenth]), statistics.median(memory[-tenth:])
    said = f"{first:.0f} MB, then {last:.0f} MB after {len(memory)} clicks in {MINUTES:.0f} minutes"
    sys.stdout.write(f"{said}\n")
    assert last - first < MOST_MB_AN_HOUR * MINUTES / 60, said


async def clicks(place, goes_on, sample=lambda: None):
    """Have people click as long as `goes_on` says so, and return how often they did."""
    seen = []

    def note(click):
        seen.append(click)
        sample()

    await clicked(place, goes_on=goes_on, note=note)
    return len(seen)
