import csv
import io
from datetime import UTC, datetime

import pandas as pd
import pytest

from smartbank.adapters import memory
from smartbank.adapters.memory import MemoryAuditLog
from smartbank.core.customers import CustomerQuery
from smartbank.core.exports import EXPORT_COLUMNS, csv_chunks
from smartbank.core.market import BUNDLED_SNAPSHOT
from smartbank.core.ranking import RankFilter
from smartbank.core.reasons import ReasonWriter
from smartbank.errors import NotFoundError, WorkCancelledError
from smartbank.services.exporting import (
    ExportPorts,
    count_leads,
    export_frames,
    export_name,
    make_workbook,
    queue_workbook,
)
from smartbank.services.runs import RunSource, find_run, queue_run
from smartbank.services.scoring import ScoringPorts, score_run
from tests.actors import ANA
from tests.stubs import StubScorer, stub_leads

NOW = datetime(2026, 1, 5, 9, 30, tzinfo=UTC)


@pytest.fixture
def ports():
    scorer = StubScorer()
    return ExportPorts(
        customers=memory.MemoryCustomerRepository(),
        frames=memory.MemoryFrameStore(),
        files=memory.MemoryFileStore(),
        queue=memory.MemoryWorkQueue(),
        writer=ReasonWriter(scorer.rate, 0.11),
        write_workbook=lambda frames: (f"{len(frame)};".encode() for frame in frames),
    )


@pytest.fixture
def run(ports):
    leads = stub_leads([30, 60, 40]).assign(name=["Ana", "=1+1", None], phone=["+442079460001", None, None])
    ports.customers.save_many(leads, source={"kind": "upload", "name": "x", "synthetic": False}, saved_at=NOW)
    scoring = ScoringPorts(
        scorer=StubScorer(),
        customers=ports.customers,
        frames=ports.frames,
        predictions=memory.MemoryPredictionRepository(),
        settings=memory.MemorySettingsRepository(),
        queue=ports.queue,
        snapshot=BUNDLED_SNAPSHOT,
    )
    source = RunSource.of_query(CustomerQuery(), "all customers")
    run_id = queue_run(source, market="snapshot", queue=ports.queue, audit=MemoryAuditLog(), by=ANA, now=NOW)
    work = ports.queue.claim("w", now=NOW)
    ports.queue.finish(run_id, "w", score_run(work, lambda _progress: None, ports=scoring), now=NOW)
    return find_run(run_id, by=ANA, queue=ports.queue)


def exported(run, ports, rank_filter=RankFilter()):  # noqa: B008  frozen
    frames = export_frames(run, rank_filter, customers=ports.customers, frames=ports.frames, writer=ports.writer)
    return pd.concat(list(frames))


def test_an_export_has_every_column_and_the_best_lead_first(run, ports):
    rows = exported(run, ports)

    assert rows.columns.tolist() == [column.name for column in EXPORT_COLUMNS]
    assert rows["customer_id"].tolist() == ["lead-1", "lead-2", "lead-0"]
    assert rows["model_version"].unique().tolist() == ["stub-1"]
    assert rows["market_date"].astype(str).unique().tolist() == ["2010-10-31"]
    assert rows["reason_1"].tolist()[0].startswith("Customers aged 40 to 49")


def test_a_filter_narrows_the_export(run, ports):
    assert exported(run, ports, RankFilter(best=2))["rank"].tolist() == [1, 2]


def test_a_csv_of_a_run_is_harmless_and_keeps_phone_numbers(run, ports):
    frames = export_frames(run, RankFilter(), customers=ports.customers, frames=ports.frames, writer=ports.writer)

    text = b"".join(csv_chunks(frames)).decode("utf-8-sig")

    rows = list(csv.DictReader(io.StringIO(text)))
    assert [row["Name"] for row in rows] == ["'=1+1", "", "Ana"]
    assert [row["Phone"] for row in rows] == ["", "", "+442079460001"]


def test_a_workbook_is_made_by_the_worker_and_kept_in_the_file_store(run, ports):
    work_id = queue_workbook(
        run.run_id, RankFilter(best=2), queue=ports.queue, frames=ports.frames, audit=MemoryAuditLog(), by=ANA, now=NOW
    )

    seen = []
    result = make_workbook(ports.queue.find(work_id), seen.append, ports=ports)

    assert b"".join(ports.files.open(result["file_id"])) == b"2;"
    assert result["file_name"] == export_name(run, "xlsx") == "leads-20260105-093000.xlsx"
    assert result["size"] == 2
    assert (seen[0].done, seen[0].total) == (0, 2)


def test_an_export_of_nobody_is_refused_in_words(run, ports):
    with pytest.raises(NotFoundError, match="nothing to take away"):
        count_leads(run, RankFilter(min_propensity=1.0), frames=ports.frames)


def test_a_cancelled_workbook_leaves_no_file(run, ports):
    def cancel(_progress):
        raise WorkCancelledError("cancelled")

    work_id = queue_workbook(
        run.run_id, RankFilter(), queue=ports.queue, frames=ports.frames, audit=MemoryAuditLog(), by=ANA, now=NOW
    )

    with pytest.raises(WorkCancelledError):
        make_workbook(ports.queue.find(work_id), cancel, ports=ports)
    with pytest.raises(NotFoundError):
        list(ports.files.open(work_id))
