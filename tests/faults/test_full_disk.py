"""The disk is full while something is written to it: a sentence, nothing half, and nothing left behind."""

import gc
import sys
import tempfile
import threading

import pytest

from smartbank.bootstrap import export_ports
from smartbank.cli.private_files import write_private
from smartbank.cli.score_file import write_ranking
from smartbank.core.ranking import RankFilter
from smartbank.core.work import WorkState
from smartbank.errors import BackupError, SmartBankError, StorageError
from smartbank.services.exporting import queue_workbook
from smartbank.services.runs import find_run
from smartbank.services.uploads import queue_upload
from smartbank.worker import STORAGE_TRIES, worker_of
from tests.actors import ANA
from tests.bank import EVERYONE, Bank
from tests.contract.backups import export_from
from tests.faults.embedded import customers
from tests.faults.filesystems import filled, small_disk
from tests.stubs import stub_leads

ROOM = 8_192
"""Bytes that are left: enough to begin a file, too few to end it."""


@pytest.fixture(scope="module")
def disk(tmp_path_factory):
    with small_disk(tmp_path_factory.mktemp("full") / "disk", megabytes=4) as disk:
        yield disk


@pytest.fixture
def temporary_files_on(disk, monkeypatch):
    """Have the worker's temporary files lie on the small disk."""
    monkeypatch.setattr(tempfile, "tempdir", str(disk))
    return disk


@pytest.fixture(scope="module")
def bank():
    """A bank in memory with a run of 400 leads."""
    bank = Bank()
    bank.services.customers.save_many(stub_leads([20 + i % 60 for i in range(400)]), source={}, saved_at=bank.clock)
    bank.run_id = bank.score(EVERYONE)
    return bank


def left_on(disk):
    return sorted(path.name for path in disk.iterdir() if path.name != "ballast")


def test_a_ranking_that_does_not_fit_leaves_the_earlier_file(bank, disk):
    out = disk / "ranked.csv"
    out.write_text("an earlier one")
    run = find_run(bank.run_id, by=ANA, queue=bank.queue)

    with (
        filled(disk, but=ROOM),
        pytest.raises(SmartBankError, match=r"could not be written \(No space left on device\)"),
    ):
        write_ranking(run, out, by=ANA, services=bank.services)

    assert (out.read_text(), left_on(disk)) == ("an earlier one", ["ranked.csv"])
    write_ranking(run, out, by=ANA, services=bank.services)
    assert out.read_text(encoding="utf-8-sig").count("\n") == 401
    out.unlink()


def test_a_file_of_ones_own_that_does_not_fit_does_not_stay(disk):
    with filled(disk, but=ROOM), pytest.raises(BackupError, match=r"No space left on device.*Make room"):
        write_private(disk / "audit.jsonl", iter(100 * [b"x" * 1_000]))

    assert left_on(disk) == []


def test_a_backup_that_does_not_fit_is_none(services, disk):
    with filled(disk, but=ROOM), pytest.raises(BackupError, match=r"is full, so no backup was made\. Make room"):
        export_from(services.users._users.database, disk / "backup")

    assert left_on(disk) == []


def tried(services):
    """Let a worker try what is queued until it gives up."""
    worker = worker_of(services, stop=threading.Event())
    for _ in range(STORAGE_TRIES):
        with pytest.raises(StorageError):
            worker.work_once()


def queue_excel(bank):
    return queue_workbook(bank.run_id, RankFilter(), by=ANA, ports=export_ports(bank.services), now=bank.ports()["now"])


def test_an_excel_file_that_does_not_fit_fails_in_a_sentence_and_is_made_once_there_is_room(
    bank, temporary_files_on, monkeypatch
):
    monkeypatch.setattr(sys, "unraisablehook", lambda _: None)  # xlsxwriter leaves what it had opened to the collector
    work_id = queue_excel(bank)

    with filled(temporary_files_on, but=ROOM):
        tried(bank.services)

    work = bank.queue.find(work_id)
    assert (work.state, work.error) == (
        WorkState.FAILED,
        "The Excel file could not be written. Is there room on the disk? Try again.",
    )
    gc.collect()
    assert left_on(temporary_files_on) == []
    again = queue_excel(bank)
    bank.work()
    assert bank.queue.find(again).state is WorkState.DONE


def test_an_upload_the_worker_has_no_room_to_read_fails_in_a_sentence_and_can_be_read_again(bank, temporary_files_on):
    upload_id = queue_upload([customers(2_000)], "customers.csv", files=bank.services.files, **bank.ports())

    with filled(temporary_files_on, but=ROOM):
        tried(bank.services)

    work = bank.queue.find(upload_id)
    assert work.state is WorkState.FAILED
    assert work.error.startswith("The file could not be read: the disk for temporary files")
    assert left_on(temporary_files_on) == []
    again = queue_upload([customers(2_000)], "customers.csv", files=bank.services.files, **bank.ports())
    bank.work()
    assert bank.queue.find(again).result["clean"] == 2_000
