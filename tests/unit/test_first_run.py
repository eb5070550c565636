import random
from dataclasses import asdict, replace
from datetime import UTC, datetime

import pytest

from smartbank.adapters.memory import MemoryWorkQueue
from smartbank.core.customers import CustomerQuery
from smartbank.core.work import Work, WorkKind, WorkState
from smartbank.services.first_run import (
    MADE_UP,
    SELECTION,
    SMALL,
    first_run,
    first_whole_run,
    passed_over,
    runs_looked_at,
)
from smartbank.services.runs import Run, RunSource, load_runs
from tests.actors import ANA

FILE = RunSource("upload", "file.csv", upload_id="u1")
EVERYONE = RunSource.of_query(CustomerQuery(), "all customers")
THE_RETIRED = RunSource.of_query(CustomerQuery(jobs=("retired",)), "the retired")


def run(leads, source=FILE, *, made_up=0, market="snapshot", state=WorkState.DONE):
    summary = dict.fromkeys(("expected_sales", "worth_calling"), 0) | {"leads": leads, "gains": [], "band_leads": {}}
    result = {"summary": summary, "synthetic_leads": made_up} if state is WorkState.DONE else {}
    request = {"source": asdict(source), "market": market}
    name = f"{source.label}-{leads}-{made_up}"
    return Run(Work(name, WorkKind.RUN, "ana", datetime(2026, 1, 5, tzinfo=UTC), request, state=state, result=result))


def test_the_newest_of_200_leads_is_begun_on_however_many_an_older_one_has():
    monthly, whole = run(200), run(40_000, EVERYONE)

    assert first_run([monthly, whole]) is monthly
    assert passed_over([monthly, whole], monthly) is None


def test_a_file_of_five_rows_is_passed_over_and_named():
    five, whole = run(5), run(4_771, EVERYONE)

    assert first_run([five, whole]) is whole
    assert passed_over([five, whole], whole) == (five, SMALL)


@pytest.mark.parametrize(("newest", "is_first"), [(75, True), (74, False)])
def test_a_small_bank_begins_on_what_is_half_as_large_as_its_largest(newest, is_first):
    newer, largest = run(newest), run(150)

    assert (first_run([newer, largest]) is newer) is is_first


def test_a_selection_is_passed_over_however_large_and_taken_where_there_is_nothing_else():
    some, whole = run(3_000, THE_RETIRED), run(400, EVERYONE)

    assert first_run([some, whole]) is whole
    assert passed_over([some, whole], whole) == (some, SELECTION)
    assert first_run([some]) is some
    assert first_whole_run([some]) is None


def test_made_up_customers_give_way_to_the_banks_own_and_not_to_five_of_them():
    sample, own, demo = run(250, made_up=250), run(300), run(5_000, EVERYONE, made_up=5_000)

    assert first_run([sample, own, demo]) is own
    assert passed_over([sample, own, demo], own) == (sample, MADE_UP)
    assert first_run([run(5), demo]) is demo


def test_replays_and_what_is_not_done_are_never_begun_on():
    replay, waiting, whole = run(900, market="file"), run(900, state=WorkState.QUEUED), run(300)

    assert first_run([replay, waiting, whole]) is whole
    assert passed_over([replay, waiting, whole], whole) is None
    assert first_run([replay, waiting]) is None


class CountedQueue(MemoryWorkQueue):
    """Keeps how many works each question was for."""

    def __init__(self, newest_first):
        super().__init__()
        self.asked = []
        for number, each in enumerate(reversed(newest_first)):
            self.add(replace(each.work, work_id=f"{number:03}"))

    def recent(self, kind, *, limit=20):
        self.asked.append(limit)
        return super().recent(kind, limit=limit)


@pytest.mark.parametrize(
    ("among_the_newest", "asked"),
    [
        (run(400), [20]),
        (run(400, EVERYONE, made_up=399), [20]),
        (run(399), [20, 100]),
        (run(5_000, made_up=5_000), [20, 100]),
        (run(5_000, THE_RETIRED), [20, 100]),
        (run(5_000, market="file"), [20, 100]),
        (run(5_000, state=WorkState.RUNNING), [20, 100]),
    ],
)
def test_a_hundred_runs_are_read_only_where_the_newest_twenty_leave_it_open(among_the_newest, asked):
    queue = CountedQueue([run(5)] * 19 + [among_the_newest] + [run(900)] * 10)

    runs_looked_at(by=ANA, queue=queue)

    assert queue.asked == asked


def test_the_newest_twenty_decide_as_the_hundred_would():
    chance = random.Random(15)  # noqa: S311
    among = [run(leads, made_up=made_up) for leads in (5, 100, 199, 200, 399, 400, 9_000) for made_up in (0, leads)]
    among += [run(900, THE_RETIRED), run(900, market="file"), run(900, state=WorkState.FAILED)]
    read = set()
    for _ in range(100):
        few = chance.sample(among, k=4)
        queue = CountedQueue(chance.choices(few, k=20) + chance.choices(among, k=10))

        begun_on = first_run(runs_looked_at(by=ANA, queue=queue))

        assert begun_on == first_run(load_runs(queue=queue, limit=100))
        read.add(len(queue.asked) - 1)
    assert read == {1, 2}
