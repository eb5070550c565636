"""Every frame store must pass these, whatever it is built on."""

import numpy as np
import pandas as pd
import pytest

from smartbank.adapters import mongo
from smartbank.adapters.mongo.chunks import Chunks
from smartbank.errors import StorageError
from tests.database import VAULT


@pytest.fixture
def frames(build):
    return build("FrameStore")


def part(*ids):
    return pd.DataFrame({"customer_id": pd.Series(ids, dtype="str"), "rank": range(1, len(ids) + 1)})


def test_an_unknown_owner_has_no_parts(frames):
    assert list(frames.parts("run:none")) == []
    assert frames.load("run:none").columns.tolist() == []


def test_dtypes_and_missing_values_come_back_exactly(frames):
    frame = pd.DataFrame(
        {
            "job": pd.Series(["student", None, ""], dtype="str"),
            "nothing": pd.Series([None, None, None], dtype="str"),
            "propensity": [0.1, np.nan, 1 / 3],
            "rank": np.array([1, 2, 3], dtype="int64"),
            "code": np.array([1, np.nan, 3], dtype="float32"),
            "flag": [True, False, True],
            "scored_at": pd.to_datetime(["2026-01-05T09:00:00.123456Z"] * 3),
        }
    )

    frames.append("run:1", 0, frame)

    pd.testing.assert_frame_equal(frames.load("run:1"), frame)


def test_parts_come_in_order_whatever_the_order_of_writing(frames):
    for number, name in ((10, "c"), (2, "b"), (0, "a")):
        frames.append("run:1", number, part(name))

    assert [found["customer_id"].tolist() for found in frames.parts("run:1")] == [["a"], ["b"], ["c"]]
    assert frames.load("run:1")["customer_id"].tolist() == ["a", "b", "c"]


def test_the_same_part_again_replaces_it(frames):
    frames.append("run:1", 0, part("a", "b"))
    frames.append("run:1", 0, part("c"))

    assert frames.load("run:1")["customer_id"].tolist() == ["c"]


def test_only_the_columns_asked_for_are_returned(frames):
    frames.append("run:1", 0, part("a", "b"))

    assert frames.load("run:1", columns=["rank"]).columns.tolist() == ["rank"]


def test_an_empty_part_keeps_its_columns(frames):
    frames.append("run:1", 0, part("a").iloc[:0])

    loaded = frames.load("run:1")
    assert loaded.empty
    assert loaded.dtypes.astype(str).to_dict() == {"customer_id": "str", "rank": "int64"}


def test_the_index_of_a_part_is_not_kept(frames):
    frames.append("run:1", 0, part("a", "b", "c").iloc[1:])

    assert frames.load("run:1").index.tolist() == [0, 1]


def test_deleting_an_owner_leaves_the_others(frames):
    frames.append("run:1", 0, part("a"))
    frames.append("run:10", 0, part("b"))

    frames.delete("run:1")
    frames.delete("run:none")

    assert frames.load("run:1").empty
    assert frames.load("run:10")["customer_id"].tolist() == ["b"]


def test_a_part_is_added_once_and_what_came_first_stays(frames):
    assert frames.add("run:1", 0, part("a"))
    assert not frames.add("run:1", 0, part("b", "c"))
    assert frames.add("run:1", 1, part("d"))

    assert frames.load("run:1")["customer_id"].tolist() == ["a", "d"]


def test_a_part_written_while_its_owner_is_deleted_is_whole_or_not_there(database, monkeypatch):
    frames, write = mongo.MongoFrameStore(database, vault=VAULT), Chunks.write

    def late(chunks, owner, data):
        monkeypatch.setattr(Chunks, "write", write)
        name = write(chunks, owner, data)
        frames.delete(owner)
        return name

    monkeypatch.setattr(Chunks, "write", late)

    with pytest.raises(StorageError, match="deleted while it was being written"):
        frames.add("run:1", 0, part("a"))

    assert frames.load("run:1").empty
    assert frames.add("run:1", 0, part("b"))


def test_a_part_written_in_the_midst_of_a_deletion_goes_too(database, monkeypatch):
    frames, delete_all = mongo.MongoFrameStore(database, vault=VAULT), Chunks.delete_all

    def in_the_midst(chunks, owner):
        monkeypatch.setattr(Chunks, "delete_all", delete_all)
        frames.add(owner, 0, part("a"))
        delete_all(chunks, owner)

    monkeypatch.setattr(Chunks, "delete_all", in_the_midst)
    frames.delete("run:1")

    assert frames.load("run:1").empty
    assert (database["run_frames"].count_documents({}), database["run_frame_chunks"].count_documents({})) == (0, 0)
