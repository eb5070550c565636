"""The latest score of every customer survives workers who write at once, whatever the frames are kept in."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pandas as pd
import pytest

from smartbank.services.latest_scores import LATEST, drop_latest, latest_scores, merge_latest

NINE = datetime(2026, 1, 5, 9, tzinfo=UTC)


@pytest.fixture
def frames(build):
    return build("FrameStore")


def merge(frames, run_id, *ids):
    ranked = pd.DataFrame({"customer_id": ids, "propensity": 0.5, "band": "A", "rank": range(1, len(ids) + 1)})
    merge_latest(ranked, {"run_id": run_id, "scored_at": NINE}, frames=frames)


def by_customer(frames):
    return latest_scores(frames=frames).set_index("customer_id")["run_id"].to_dict()


def test_a_run_takes_the_place_of_earlier_ones_and_a_forgotten_one_leaves(frames):
    merge(frames, "one", "a", "b")
    merge(frames, "two", "b", "c")
    assert by_customer(frames) == {"a": "one", "b": "two", "c": "two"}

    drop_latest(frames=frames, run_ids={"one"})
    drop_latest(frames=frames, customer_ids={"b"})

    assert by_customer(frames) == {"c": "two"}


def test_workers_who_write_at_once_lose_nothing_of_each_other(frames):
    merge(frames, "old", *(f"old {number}" for number in range(10)))

    def one():
        for number in range(10):
            merge(frames, "one", f"one {number}")

    def two():
        for number in range(10):
            drop_latest(frames=frames, customer_ids={f"old {number}"})
            merge(frames, "two", f"two {number}")

    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(one), pool.submit(two)]:
            done.result()

    assert by_customer(frames) == {f"{run} {number}": run for run in ("one", "two") for number in range(10)}


def test_a_reader_beside_a_writer_always_finds_a_whole_frame(frames):
    merge(frames, "first", "a")

    with ThreadPoolExecutor(1) as pool:
        writing = pool.submit(lambda: [merge(frames, f"run {number}", "a") for number in range(20)])
        seen = [by_customer(frames)]
        while not writing.done():
            seen.append(by_customer(frames))

    writing.result()
    assert {tuple(found) for found in seen} == {("a",)}


def test_of_two_that_saw_the_same_the_second_replaces_nothing(frames):
    frame = pd.DataFrame({"customer_id": ["a"]})
    _, nothing_yet = frames.load_marked(LATEST)
    assert frames.replace(LATEST, frame, mark=nothing_yet)
    assert not frames.replace(LATEST, pd.DataFrame({"customer_id": ["b"]}), mark=nothing_yet)

    _, mark = frames.load_marked(LATEST)
    assert frames.replace(LATEST, pd.DataFrame({"customer_id": ["c"]}), mark=mark)
    assert not frames.replace(LATEST, frame, mark=mark)

    assert frames.load(LATEST)["customer_id"].tolist() == ["c"]


def test_what_replaces_several_parts_is_one(frames):
    for part, name in enumerate("abc"):
        frames.append(LATEST, part, pd.DataFrame({"customer_id": [name]}))
    found, mark = frames.load_marked(LATEST)
    assert found["customer_id"].tolist() == ["a", "b", "c"]

    assert frames.replace(LATEST, found.tail(1), mark=mark)

    assert [part["customer_id"].tolist() for part in frames.parts(LATEST)] == [["c"]]
