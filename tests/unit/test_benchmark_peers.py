import pytest

from benchmarks import _peers
from benchmarks.__main__ import QUICK
from benchmarks._peers import PeerMissingError, peer_python
from benchmarks._processes import spent_by


@pytest.fixture
def lists(tmp_path):
    folder = tmp_path / "lists"
    folder.mkdir()
    (folder / "other.txt").write_text("other==1.0\n")
    return folder


def test_an_environment_that_is_not_made_is_missing_and_says_how_to_have_it(lists, tmp_path):
    with pytest.raises(PeerMissingError, match="`make bench` makes it"):
        peer_python("other", make=False, lists=lists, place=tmp_path / "made")

    assert not (tmp_path / "made").exists()


def test_an_environment_that_cannot_be_made_says_why(lists, tmp_path):
    (tmp_path / "made").write_text("a file where the folder should be")

    with pytest.raises(PeerMissingError, match="could not be made"):
        peer_python("other", lists=lists, place=tmp_path / "made")


def test_an_environment_is_made_once_and_again_when_its_list_changes(lists, tmp_path, monkeypatch):
    made = []

    def make(command):
        made.append(command[2])
        python = tmp_path / "made" / "other" / "bin" / "python"
        python.parent.mkdir(parents=True, exist_ok=True)
        python.touch()

    monkeypatch.setattr(_peers, "_do", make)
    asked = {"lists": lists, "place": tmp_path / "made"}

    first, again = peer_python("other", **asked), peer_python("other", **asked)
    (lists / "other.txt").write_text("other==2.0\n")
    peer_python("other", **asked)

    assert first == again == tmp_path / "made" / "other" / "bin" / "python"
    assert made == ["venv", "pip", "venv", "pip"]


def test_what_is_quick_makes_no_environment():
    assert all("--made-only" in arguments for name, arguments in QUICK.items() if name.startswith("beside_"))


def test_a_process_is_measured_with_its_children_and_what_it_said():
    spent = spent_by(["/bin/sh", "-c", "i=0; while [ $i -lt 20000 ]; do i=$((i+1)); done; echo $i"])

    assert spent.said == "20000\n"
    assert spent.cpu_s > 0
    assert spent.peak_mb > 0


def test_a_process_that_ends_badly_is_an_error_with_its_last_line():
    with pytest.raises(RuntimeError, match=r"^the reason$"):
        spent_by(["/bin/sh", "-c", "echo first >&2; echo the reason >&2; exit 3"])
