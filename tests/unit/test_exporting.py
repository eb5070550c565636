import csv
import io
from datetime import UTC, datetime, timedelta

import pandas as pd
import pytest

from smartbank.adapters import memory
from smartbank.adapters.memory import MemoryAuditLog
from smartbank.core.customers import CustomerQuery
from smartbank.core.exports import EXPORT_COLUMNS, csv_chunks
from smartbank.core.outcomes import Outcome, OutcomeKind
from smartbank.core.ranking import RankFilter
from smartbank.core.reasons import ReasonWriter
from smartbank.errors import ConflictError, NotFoundError, WorkCancelledError
from smartbank.services.downloads import open_csv, open_workbook
from smartbank.services.exporting import (
    ExportPorts,
    export_frames,
    export_name,
    make_workbook,
    meant_leads,
    queue_workbook,
)
from smartbank.services.runs import RunSource, find_run, queue_run
from smartbank.services.scoring import ScoringPorts, score_run
from tests.actors import ANA
from tests.services import bundled_market
from tests.stubs import NothingTrainedOn, StubScorer, stub_leads

NOW = datetime(2026, 1, 5, 9, 30, tzinfo=UTC)


@pytest.fixture
def ports():
    scorer = StubScorer()
    return ExportPorts(
        customers=memory.MemoryCustomerRepository(),
        frames=memory.MemoryFrameStore(),
        files=memory.MemoryFileStore(),
        queue=memory.MemoryWorkQueue(),
        settings=memory.MemorySettingsRepository(),
        lists=memory.MemoryCallListRepository(),
        rules=memory.MemoryRuleBookRepository(),
        outcomes=memory.MemoryOutcomeRepository(),
        writer_of=lambda _version: ReasonWriter(scorer.rate, 0.11),
        audit=MemoryAuditLog(),
        write_workbook=lambda frames: (f"{len(frame)};".encode() for frame in frames),
    )


@pytest.fixture
def run(ports):
    leads = stub_leads([30, 60, 40]).assign(name=["Ana", "=1+1", None], phone=["+442079460001", None, None])
    ports.customers.save_many(leads, source={"kind": "upload", "name": "x", "synthetic": False}, saved_at=NOW)
    scoring = ScoringPorts(
        scorer=StubScorer(),
        training_rows=NothingTrainedOn(),
        customers=ports.customers,
        frames=ports.frames,
        erased=memory.MemoryErasedCustomers(),
        predictions=memory.MemoryPredictionRepository(),
        outcomes=memory.MemoryOutcomeRepository(),
        settings=memory.MemorySettingsRepository(),
        rules=memory.MemoryRuleBookRepository(),
        queue=ports.queue,
        market=bundled_market(),
    )
    source = RunSource.of_query(CustomerQuery(), "all customers")
    run_id = queue_run(source, market="snapshot", queue=ports.queue, audit=MemoryAuditLog(), by=ANA, now=NOW)
    work = ports.queue.claim("w", now=NOW)
    ports.queue.finish(run_id, "w", score_run(work, lambda _progress: None, ports=scoring), now=NOW)
    return find_run(run_id, by=ANA, queue=ports.queue)


def exported(run, ports, rank_filter=RankFilter()):  # noqa: B008  frozen
    return pd.concat(list(export_frames(run, meant_leads(run, rank_filter, ports=ports, now=NOW), ports=ports)))


def test_an_export_has_every_column_and_the_best_lead_first(run, ports):
    rows = exported(run, ports)

    assert rows.columns.tolist() == [column.name for column in EXPORT_COLUMNS]
    assert rows["customer_id"].tolist() == ["lead-1", "lead-2", "lead-0"]
    assert rows["model_version"].unique().tolist() == ["stub-1"]
    assert rows["market_date"].astype(str).unique().tolist() == ["2026-09-30"]
    assert rows["reason_1"].tolist()[0].startswith("Customers aged 40 to 49")


def test_a_filter_narrows_the_export(run, ports):
    assert exported(run, ports, RankFilter(best=2))["rank"].tolist() == [1, 2]


def test_a_csv_of_a_run_is_harmless_and_keeps_phone_numbers(run, ports):
    frames = export_frames(run, meant_leads(run, RankFilter(), ports=ports, now=NOW), ports=ports)

    text = b"".join(csv_chunks(frames)).decode("utf-8-sig")

    rows = list(csv.DictReader(io.StringIO(text)))
    assert [row["Name"] for row in rows] == ["'=1+1", "", "Ana"]
    assert [row["Phone"] for row in rows] == ["", "", "+442079460001"]


def test_a_workbook_is_made_by_the_worker_and_kept_in_the_file_store(run, ports):
    work_id = queue_workbook(run.run_id, RankFilter(best=2), by=ANA, ports=ports, now=NOW)

    seen = []
    result = make_workbook(ports.queue.find(work_id), seen.append, ports=ports)

    assert b"".join(ports.files.open(result["file_id"])) == b"2;"
    assert result["file_name"] == export_name(run, "xlsx") == "leads-20260105-093000.xlsx"
    assert result["size"] == 2
    assert (seen[0].done, seen[0].total) == (0, 2)


def test_an_export_of_nobody_is_refused_in_words(run, ports):
    with pytest.raises(NotFoundError, match="nothing to take away"):
        meant_leads(run, RankFilter(min_propensity=1.0), ports=ports, now=NOW)


def test_a_cancelled_workbook_leaves_no_file(run, ports):
    def cancel(_progress):
        raise WorkCancelledError("cancelled")

    work_id = queue_workbook(run.run_id, RankFilter(), by=ANA, ports=ports, now=NOW)

    with pytest.raises(WorkCancelledError):
        make_workbook(ports.queue.find(work_id), cancel, ports=ports)
    with pytest.raises(NotFoundError):
        list(ports.files.open(work_id))


def object_to_calls(ports, age, customer_id):
    objected = stub_leads([age]).assign(customer_id=customer_id, objected="yes")
    ports.customers.save_many(objected, source={"kind": "upload"}, saved_at=NOW)


def test_who_must_not_be_called_is_left_out(run, ports):
    object_to_calls(ports, 60, "lead-1")
    object_to_calls(ports, 20, "nobody-ranked")

    assert exported(run, ports)["rank"].tolist() == [2, 3]
    meant = meant_leads(run, RankFilter(), ports=ports, now=NOW)
    assert (meant.leads, meant.left_out) == (2, ("lead-1",))
    with pytest.raises(NotFoundError, match="nothing to take away"):
        meant_leads(run, RankFilter(best=1), ports=ports, now=NOW)


def test_a_workbook_made_before_somebody_objected_is_not_handed_out(run, ports):
    work_id = queue_workbook(run.run_id, RankFilter(), by=ANA, ports=ports, now=NOW)
    work = ports.queue.claim("w", now=NOW, work_id=work_id)
    ports.queue.finish(work_id, "w", make_workbook(work, lambda _progress: None, ports=ports), now=NOW)
    about = {"by": ANA, "ports": ports, "now": NOW}

    assert b"".join(open_workbook(work_id, **about).chunks) == b"3;"
    assert ports.queue.find(run.run_id).handed_out_by == "ana"

    objected = stub_leads([60]).assign(customer_id="lead-1", objected="yes")
    ports.customers.save_many(objected, source={"kind": "upload"}, saved_at=NOW)
    with pytest.raises(ConflictError, match="Make it again"):
        open_workbook(work_id, **about)


def on_a_list(ports, *customer_ids):
    ports.lists.claim("list-1", customer_ids)


def test_a_file_of_free_leads_is_without_those_on_lists(run, ports):
    on_a_list(ports, "lead-2")
    about = {"by": ANA, "ports": ports, "now": NOW}

    everybody = b"".join(open_csv(run.run_id, RankFilter(), **about).chunks)
    free = b"".join(open_csv(run.run_id, RankFilter(free_only=True), **about).chunks)

    rows = csv.DictReader(io.StringIO(free.decode("utf-8-sig")))
    assert [row["Customer id"] for row in rows] == ["lead-1", "lead-0"]
    assert b"lead-2" in everybody
    said = ports.audit.kept[-1].event.details
    assert (said["free_to_call"], said["leads"], said["left_out"]) == (True, 2, 1)
    on_a_list(ports, "lead-0", "lead-1")
    with pytest.raises(NotFoundError, match="is free to call"):
        open_csv(run.run_id, RankFilter(free_only=True), **about)


def test_the_best_of_the_free_leads_are_counted_among_these(run, ports):
    on_a_list(ports, "lead-1")
    ports.outcomes.record(Outcome("lead-2", NOW - timedelta(hours=1), OutcomeKind.DECLINED, run.run_id, 0.2, 0.1))
    about = {"by": ANA, "ports": ports, "now": NOW}

    free = b"".join(open_csv(run.run_id, RankFilter(best=1, free_only=True), **about).chunks)

    rows = csv.DictReader(io.StringIO(free.decode("utf-8-sig")))
    assert [(row["Customer id"], row["Rank"]) for row in rows] == [("lead-0", "3")]


def test_a_workbook_of_free_leads_is_not_handed_out_once_a_list_has_one_of_them(run, ports):
    work_id = queue_workbook(run.run_id, RankFilter(free_only=True), by=ANA, ports=ports, now=NOW)
    work = ports.queue.claim("w", now=NOW, work_id=work_id)
    on_a_list(ports, "lead-2")
    ports.queue.finish(work_id, "w", make_workbook(work, lambda _progress: None, ports=ports), now=NOW)
    about = {"by": ANA, "ports": ports, "now": NOW}

    assert b"".join(open_workbook(work_id, **about).chunks) == b"2;"

    on_a_list(ports, "lead-0")
    with pytest.raises(ConflictError, match="free to call"):
        open_workbook(work_id, **about)


def test_a_csv_marks_the_run_as_handed_out_and_leaves_out_who_objected(run, ports):
    objected = stub_leads([30]).assign(customer_id="lead-0", objected="yes")
    ports.customers.save_many(objected, source={"kind": "upload"}, saved_at=NOW)
    about = {"by": ANA, "ports": ports, "now": NOW}

    download = open_csv(run.run_id, RankFilter(), **about)

    text = b"".join(download.chunks).decode("utf-8-sig")
    assert [row["Customer id"] for row in csv.DictReader(io.StringIO(text))] == ["lead-1", "lead-2"]
    assert ports.audit.kept[-1].event.details["left_out"] == 1
    assert ports.queue.find(run.run_id).handed_out_by == "ana"
