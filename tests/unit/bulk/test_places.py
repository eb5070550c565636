import fsspec
import pytest

from smartbank.adapters.bulk.places import fetched, found
from smartbank.adapters.bulk.result import growing_result
from smartbank.errors import LeadValidationError, OutputError
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


@pytest.mark.parametrize("where", ["memory://", "{here}/"])
@pytest.mark.parametrize(
    ("pattern", "names"),
    [
        ("leads", ["a.parquet", "month=1/b.parquet"]),
        ("leads/", ["a.parquet", "month=1/b.parquet"]),
        ("leads/**/*.parquet", ["a.parquet", "month=1/b.parquet"]),
        ("leads/*/*.parquet", ["month=1/b.parquet"]),
        ("leads/_d*/*.parquet", []),
        ("leads/_delta_log/*.parquet", ["_delta_log/c.parquet"]),
        ("leads/_delta_log", ["_delta_log/c.parquet"]),
        ("leads/month=1/_e.parquet", ["month=1/_e.parquet"]),
    ],
)
def test_what_is_hidden_is_passed_over_unless_it_is_named(tmp_path, store, where, pattern, names):
    where = where.format(here=tmp_path)
    system, root = fsspec.core.url_to_fs(f"{where}leads")
    hidden = ("_delta_log/c", "_temporary/0/d", "month=1/_e", ".f", ".ranked.smartbank-0/ready/part-00000")
    for name in ("a", "month=1/b", *hidden):
        system.makedirs(f"{root}/{name}".rpartition("/")[0], exist_ok=True)
        system.pipe_file(f"{root}/{name}.parquet", b"PAR1")

    if names:
        assert [each.partition("/leads/")[2] for each in found(f"{where}{pattern}")] == names
    else:
        with pytest.raises(LeadValidationError, match="There is no Parquet file"):
            found(f"{where}{pattern}")


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


def put(output, *names, meanwhile=lambda: None):
    """Put a result of these files in its place, after something happens."""
    with growing_result(output) as result:
        for name in names:
            system, path = fsspec.core.url_to_fs(f"{result.ready}/{name}")
            system.pipe_file(path, b"ours")
        meanwhile()
        result.put_in_place()


@pytest.mark.parametrize("output", ["memory://out", "here"])
def test_what_somebody_else_put_there_meanwhile_is_neither_written_over_nor_removed(
    tmp_path, monkeypatch, store, output
):
    monkeypatch.chdir(tmp_path)
    system, path = fsspec.core.url_to_fs(output)

    def comes():
        system.makedirs(path, exist_ok=True)
        system.pipe_file(f"{path}/_manifest.json", b"theirs")

    with pytest.raises(OutputError, match="is not empty"):
        put(output, "_manifest.json", meanwhile=comes)

    assert system.cat_file(f"{path}/_manifest.json") == b"theirs"
    assert [each.rpartition("/")[2] for each in system.find(path.rpartition("/")[0])] == ["_manifest.json"]


def test_a_move_that_fails_takes_back_what_it_began_and_nothing_else(monkeypatch, store):
    whole = type(store).mv

    def breaks(self, old, new, **more):
        whole(self, old, new, **more)
        self.pipe_file("/out/theirs", b"theirs")
        if new.endswith("part-00001.parquet"):
            raise OSError

    monkeypatch.setattr(type(store), "mv", breaks)
    with pytest.raises(OutputError, match="cannot be written"):
        put("memory://out", "part-00000.parquet", "part-00001.parquet", "_manifest.json")

    assert {path: store.cat_file(path) for path in store.find("/")} == {"/out/theirs": b"theirs"}


def died_in(monkeypatch, store, name):
    """Have a process put a result in its place, and die as it moves a file."""
    whole = type(store).mv

    def dies(self, old, new, **more):
        if new.endswith(name):
            raise SystemExit
        whole(self, old, new, **more)

    with monkeypatch.context() as patched:
        patched.setattr(type(store), "mv", dies)
        patched.setattr("smartbank.adapters.bulk.result._removed", lambda *_: None)
        with pytest.raises(SystemExit):
            put("memory://out", "part-00000.parquet", "part-00001.parquet", "_manifest.json")


@pytest.mark.parametrize("at", ["part-00000.parquet", "part-00001.parquet", "_manifest.json"])
def test_what_a_process_left_that_died_while_it_moved_files_is_cleared_away(monkeypatch, store, at):
    died_in(monkeypatch, store, at)

    put("memory://out", "part-00000.parquet", "_manifest.json")

    assert sorted(store.ls("/out", detail=False)) == ["/out/_manifest.json", "/out/part-00000.parquet"]


def test_what_lies_beside_what_a_dead_process_left_is_not_written_over(monkeypatch, store):
    died_in(monkeypatch, store, "part-00001.parquet")
    store.pipe_file("/out/theirs", b"theirs")

    with pytest.raises(OutputError, match="is not empty"):
        put("memory://out", "_manifest.json")

    assert store.cat_file("/out/theirs") == b"theirs"


def test_a_result_that_was_taken_for_left_behind_gets_no_manifest(monkeypatch, store):
    whole = type(store).mv

    def beside_another(self, old, new, **more):
        whole(self, old, new, **more)
        self.pipe_file("/out/_moving", b"another's")

    monkeypatch.setattr(type(store), "mv", beside_another)
    with pytest.raises(OutputError, match="cannot be written"):
        put("memory://out", "part-00000.parquet", "_manifest.json")

    assert store.find("/out") == []


def test_a_file_at_an_address_is_fetched_under_its_name_and_gone_afterwards(tmp_path):
    (tmp_path / "best.csv").write_text("age,job\n")

    with fetched(f"file://{tmp_path}/best.csv") as copy:
        assert (copy.name, copy.read_text()) == ("best.csv", "age,job\n")
    assert not copy.exists()

    with (
        pytest.raises(LeadValidationError, match=r"cannot be read\. Check the address"),
        fetched(f"file://{tmp_path}/no"),
    ):
        pass
