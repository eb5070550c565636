"""Whoever a file says must not be called is not: whatever row says so, and whether or not the file is scored."""

import csv
from datetime import UTC, datetime, timedelta

import pandas as pd
import pytest

from smartbank import worker
from smartbank.bootstrap import export_ports
from smartbank.core.audit import AuditAction
from smartbank.core.customers import CustomerQuery
from smartbank.core.marks import gravest
from smartbank.core.ranking import RankFilter
from smartbank.core.work import WorkState
from smartbank.errors import StorageError
from smartbank.services.consent import Why, record_consent
from smartbank.services.downloads import open_csv
from smartbank.services.removals import queue_undo
from smartbank.services.runs import RunSource, queue_run, ranked_leads
from smartbank.services.uploads import queue_upload
from tests.actors import ANA
from tests.services import memory_services

NOW = datetime(2026, 1, 5, 9, tzinfo=UTC)
STORED = "customer_id,age,job\na,30,student\nb,60,retired\n"


class Bank:
    """A bank in memory that holds customers a and b, and has ranked them."""

    def __init__(self):
        self.services = memory_services()
        self.clock = NOW
        self.run_id = self.score(self.bring(STORED))

    def ports(self):
        self.clock += timedelta(seconds=1)
        return {"by": ANA, "queue": self.services.queue, "audit": self.services.audit, "now": self.clock}

    def work(self):
        while worker.run_once(self.services):
            pass

    def bring(self, text):
        upload_id = queue_upload([text.encode()], "file.csv", files=self.services.files, **self.ports())
        self.work()
        return upload_id

    def score(self, upload_id):
        run_id = queue_run(RunSource("upload", "file.csv", upload_id=upload_id), market="snapshot", **self.ports())
        self.work()
        return run_id

    def report(self, upload_id):
        return self.services.queue.find(upload_id).result

    def barred(self):
        return self.services.customers.barred(require_consent=False)

    def ranked(self, run_id):
        found = ranked_leads(run_id, by=ANA, frames=self.services.frames, rank_filter=RankFilter())
        return found["customer_id"].tolist()

    def exported(self, run_id):
        now = self.ports()["now"]
        download = open_csv(run_id, RankFilter(), by=ANA, ports=export_ports(self.services), now=now)
        lines = b"".join(download.chunks).decode("utf-8-sig").splitlines()
        return [row[1] for row in csv.reader(lines)][1:]

    def edits(self):
        entries = [entry.event for entry in self.services.audit.kept]
        return [event for event in entries if event.action is AuditAction.EDIT_CUSTOMER]


@pytest.fixture
def bank():
    return Bank()


def test_an_objection_in_a_row_that_is_set_aside_holds(bank):
    upload_id = bank.bring("customer_id,age,job,objected\na,999,student,yes\nc,40,student,no\n")

    assert bank.barred() == {"a": "objected"}
    assert (
        "1 row that is not used says that a customer must not be called; that is kept."
        in bank.report(upload_id)["notices"]
    )
    assert bank.ranked(bank.score(upload_id)) == ["c"]


@pytest.mark.parametrize("mark", ["perhaps", "ask his wife", "2"])
def test_a_mark_nobody_can_read_counts_as_one_that_bars(bank, mark):
    bank.bring(f"customer_id,age,job,do_not_call\na,30,student,{mark}\nc,40,student,no\n")

    assert bank.barred() == {"a": "do_not_call"}


def test_consent_nobody_can_read_bars_nobody(bank):
    bank.bring("customer_id,age,job,consent\na,30,student,perhaps\nc,40,student,yes\n")

    assert bank.barred() == {}


@pytest.mark.parametrize(("first", "second"), [("no", "yes"), ("yes", "no")])
def test_of_two_rows_of_one_id_the_gravest_marks_win(bank, first, second):
    row = "c,40,student"
    upload_id = bank.bring(f"customer_id,age,job,objected\n{row},{first}\n{row},{second}\nd,50,student,\n")

    assert bank.report(upload_id)["barred"] == {"objected": 1}
    assert bank.ranked(bank.score(upload_id)) == ["d"]
    assert bank.barred() == {"c": "objected"}


def test_a_file_that_is_read_and_never_scored_stops_the_export_of_an_older_ranking(bank):
    assert bank.exported(bank.run_id) == ["b", "a"]

    upload_id = bank.bring("customer_id,age,job,consent\na,30,student,no\n")

    assert bank.exported(bank.run_id) == ["b"]
    assert (bank.report(upload_id)["marked"], bank.report(upload_id)["changed"]) == (1, 0)
    (event,) = bank.edits()
    assert (event.who, event.place, event.object_kind, event.object_id) == ("ana", "worker", "upload", upload_id)
    assert event.details == {"marks": {"now": 1, "before": 0, "unknown": 0}}


def test_a_list_of_ids_and_marks_is_enough(bank):
    bank.bring("customer_id,do_not_call\nb,yes\n")

    upload_id = bank.bring("customer_id,do_not_call\na,yes\nb,yes\nx,yes\ny,no\n")

    assert bank.barred() == {"a": "do_not_call", "b": "do_not_call"}
    report = bank.report(upload_id)
    assert (report["verdict"], report["rows"], report["clean"], report["listed"]) == ("usable", 4, 0, 4)
    assert "1 stored customer was marked now and 1 before. Ids that are not stored: 1." in report["why"]
    assert bank.services.customers.ids(CustomerQuery()) == ["a", "b"]


def test_a_file_without_jobs_still_says_who_must_not_be_called(bank):
    upload_id = bank.bring("customer_id,age,objected\na,30,yes\n")

    assert bank.barred() == {"a": "objected"}
    assert bank.report(upload_id)["verdict"] == "not ready"


def test_scoring_an_old_file_again_lifts_no_refusal(bank):
    upload_id = bank.bring("customer_id,age,job,consent\na,30,student,yes\nb,60,retired,yes\n")
    bank.score(upload_id)
    ports = {name: value for name, value in bank.ports().items() if name != "queue"}
    refused = {"do_not_call": None, "objected": None, "consent": "no"}
    held = {"customers": bank.services.customers, "corrections": bank.services.corrections}
    record_consent("a", refused, version=2, why=Why.CUSTOMER_SAID_SO, **held, **ports)

    again = bank.score(upload_id)

    assert bank.barred() == {"a": "refused"}
    assert bank.ranked(again) == ["b"]


def test_undoing_the_upload_leaves_its_marks(bank):
    upload_id = bank.bring("customer_id,age,job,objected\na,31,student,yes\nc,40,student,no\n")
    bank.score(upload_id)

    queue_undo(upload_id, **bank.ports())
    bank.work()

    assert bank.services.customers.load(["a", "c"])["age"].tolist() == [30]
    assert bank.barred() == {"a": "objected"}


def test_a_file_that_cannot_be_read_to_its_end_marks_nobody(bank, monkeypatch):
    monkeypatch.setattr("smartbank.services.intake.CHUNK_ROWS", 1)
    monkeypatch.setattr("smartbank.services.intake.MAX_ROWS", 1)

    upload_id = bank.bring("customer_id,age,job,objected\na,30,student,yes\nb,60,retired,yes\n")

    assert bank.services.queue.find(upload_id).state is WorkState.FAILED
    assert (bank.barred(), bank.edits()) == ({}, [])


def test_marks_that_could_not_be_kept_are_on_record_and_set_by_the_next_try(bank, monkeypatch):
    def fail(*_, **__):
        raise StorageError("The database does not answer.")

    with monkeypatch.context() as broken:
        broken.setattr(bank.services.customers, "set_marks", fail)
        with pytest.raises(StorageError):
            bank.bring("customer_id,do_not_call\na,yes\n")
    bank.work()

    assert [event.result for event in bank.edits()] == ["failed", "done"]
    assert bank.barred() == {"a": "do_not_call"}


def test_an_id_has_each_mark_that_one_of_its_rows_has():
    marks = pd.DataFrame(
        {
            "customer_id": ["a", "b", "a"],
            "do_not_call": ["yes", None, None],
            "objected": ["no", "yes", None],
            "consent": [None, "yes", "no"],
        }
    )

    assert gravest(marks).fillna("").to_numpy().tolist() == [["a", "yes", "", "no"], ["b", "", "yes", ""]]
    assert gravest(pd.DataFrame()).empty
