from dataclasses import dataclass
from datetime import UTC, datetime

import pandas as pd
import pytest

from smartbank.adapters.files.reader import open_table
from smartbank.adapters.memory import MemoryAuditLog, MemoryCustomerRepository, MemoryMappingRepository
from smartbank.adapters.memory.files import MemoryFileStore
from smartbank.adapters.memory.frames import MemoryFrameStore
from smartbank.core.readiness import ReadinessReport
from smartbank.core.work import Work, WorkKind
from smartbank.services.intake import read_upload
from smartbank.services.uploads import Owners
from tests.stubs import NothingTrainedOn


@dataclass
class Uploaded:
    report: ReadinessReport
    leads: pd.DataFrame
    aside: pd.DataFrame

    @property
    def said(self):
        return " ".join(self.report.notices)

    @property
    def reasons(self):
        return [(row.row, row.column, row.reason) for row in self.aside.itertuples()]


@pytest.fixture
def upload():
    """Upload bytes (or text in UTF-8) as a file and return what came of it."""

    def read(
        content,
        filename="leads.csv",
        *,
        frames=None,
        customers=None,
        mappings=None,
        audit=None,
        training_rows=None,
        report=lambda _: None,
        region=None,
        **request,
    ):
        files, frames = MemoryFileStore(), MemoryFrameStore() if frames is None else frames
        content = content.encode() if isinstance(content, str) else content
        files.save("u1", [content[start : start + 1000] for start in range(0, len(content), 1000)])
        request = {"file_id": "u1", "filename": filename, "size": len(content), "mapping": {}, **request}
        work = Work("u1", WorkKind.UPLOAD, "ana", datetime(2026, 1, 1, tzinfo=UTC), request)
        stores = {"files": files, "frames": frames, "customers": customers or MemoryCustomerRepository()}
        stores["training_rows"] = training_rows or NothingTrainedOn()
        stores["mappings"] = mappings or MemoryMappingRepository()
        stores["audit"] = audit or MemoryAuditLog()
        result = read_upload(work, **stores, read_table=open_table, report=report, region=region)
        return Uploaded(
            ReadinessReport.from_json(result), frames.load(Owners("u1").rows), frames.load(Owners("u1").aside)
        )

    return read
