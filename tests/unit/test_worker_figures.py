"""What a worker adds to the figures of whoever watches."""

from smartbank.adapters.memory import MemoryWorkTallies
from smartbank.core.work import WorkKind
from smartbank.errors import StorageError, WorkCancelledError
from smartbank.worker import Worker
from tests.one_work import OneWork, raising


def test_what_ends_is_added_to_the_figures_of_its_kind():
    tallies = MemoryWorkTallies()
    done = {WorkKind.RUN: lambda _work, _report: {"summary": {"leads": 7}}}

    Worker(OneWork(), done, tallies=tallies).work_once()
    Worker(OneWork(), raising(KeyError("x")), tallies=tallies).work_once()
    Worker(OneWork(), raising(WorkCancelledError("Stop.")), tallies=tallies).work_once()

    [run] = [each for each in tallies.all() if each.kind is WorkKind.RUN]
    assert (run.done, run.failed, run.leads) == (1, 1, 7)
    assert 0 < run.seconds < 60


def test_work_ends_the_same_when_the_figures_cannot_be_kept(monkeypatch, caplog):
    queue, tallies = OneWork(), MemoryWorkTallies()

    def away(_more):
        raise StorageError("The database does not answer.")

    monkeypatch.setattr(tallies, "add", away)

    Worker(queue, {WorkKind.RUN: lambda _work, _report: {}}, tallies=tallies).work_once()

    assert queue.events == [("finish", {})]
    assert "missing in the figures" in caplog.text
