import fsspec
import pytest

from smartbank.adapters.bulk.result import growing_result
from smartbank.errors import OutputError
from tests.bulk import content, scored, some_leads, written


@pytest.fixture
def store():
    """Return fsspec's store in memory, empty before and after."""
    store = fsspec.filesystem("memory")
    store.store.clear()
    store.pseudo_dirs[:] = [""]
    yield store
    store.store.clear()
    store.pseudo_dirs[:] = [""]


def test_nothing_is_read_of_a_store_where_a_range_holds_nothing(tmp_path, monkeypatch, store):
    folder = written(tmp_path / "in", a=some_leads(30))
    whole = type(store).cat_file

    def as_over_http(self, path, start=None, end=None, **more):
        if end is not None and end <= start:
            raise ValueError("The requested range is not satisfiable.")
        return whole(self, path, start=start, end=end, **more)

    monkeypatch.setattr(type(store), "cat_file", as_over_http)
    monkeypatch.setattr("smartbank.services.bulk.scoring.IDS_OF_A_RANGE", 1)

    scored(folder, "memory://out")
    scored(folder, tmp_path / "out")

    assert store.cat_file("/out/part-00000.parquet") == content(tmp_path / "out")["part-00000.parquet"]
