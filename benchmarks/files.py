"""Time and memory of bringing files in and out, each measured in a process of its own: `python -m benchmarks.files`."""

import argparse
import multiprocessing
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd
import xlsxwriter

from benchmarks._rows import Row, compared, report
from smartbank.adapters.files.reader import open_table
from smartbank.adapters.memory import (
    MemoryAuditLog,
    MemoryCustomerRepository,
    MemoryFileStore,
    MemoryMappingRepository,
)
from smartbank.adapters.memory.frames import MemoryFrameStore
from smartbank.adapters.spreadsheets import write_xlsx
from smartbank.core.exports import EXPORT_COLUMNS, csv_chunks
from smartbank.core.fields import CONSENT_FIELDS, CUSTOMER_COLUMNS, LEAD_FIELDS
from smartbank.core.work import Work, WorkKind
from smartbank.ml.shelf import ArtifactShelf
from smartbank.services.intake import read_upload

ROWS: Final = (10_000, 100_000)
MODELS: Final = Path(__file__).parents[1] / "models"
READS: Final = ("csv", "xlsx", "parquet")
WRITES: Final = ("to csv", "to xlsx")
_PART: Final = 10_000


class _NoStore(MemoryFrameStore):
    """Keeps nothing, so that what is measured is the reading."""

    def append(self, owner: str, part: int, frame: pd.DataFrame) -> None:
        """Let the part go."""


class _Folder(MemoryFileStore):
    """Opens the files of a folder, so that what is measured holds none of them in memory."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._folder = folder

    def open(self, file_id: str) -> Iterator[bytes]:
        """Read a file in blocks."""
        with (self._folder / file_id).open("rb") as file:
            while block := file.read(1 << 20):
                yield block


def customers(rows: int) -> pd.DataFrame:
    """Return synthetic customers with every field of an upload, drawn with a fixed seed."""
    random = np.random.default_rng(0)
    columns: dict[str, object] = {
        "customer_id": [f"C-{number:07d}" for number in range(rows)],
        "name": [f"Customer Number {number}" for number in range(rows)],
        "phone": [f"+44207946{number % 1000:04d}" for number in range(rows)],
    }
    for field in LEAD_FIELDS:
        high = int(min(field.high, field.low + 40)) if field.kind == "integer" else 0
        columns[field.name] = (
            random.choice(field.levels, rows) if field.levels else random.integers(int(field.low), high, rows)
        )
    columns |= {field.name: [None] * rows for field in CONSENT_FIELDS}
    return pd.DataFrame(columns)[list(CUSTOMER_COLUMNS)]


def write_inputs(folder: Path, rows: int) -> None:
    """Write the same customers in every format."""
    frame = customers(rows)
    frame.to_csv(folder / "csv", index=False)
    frame.to_parquet(folder / "parquet", index=False)
    book = xlsxwriter.Workbook(str(folder / "xlsx"))
    sheet = book.add_worksheet()
    for number, row in enumerate([frame.columns, *frame.itertuples(index=False)]):
        sheet.write_row(number, 0, row)
    book.close()


def ranked(rows: int) -> Iterator[pd.DataFrame]:
    """Yield leads to export, part by part."""
    for start in range(0, rows, _PART):
        ranks = np.arange(start + 1, min(start + _PART, rows) + 1)
        frame = pd.DataFrame({"rank": ranks, "propensity": 1 / (1 + ranks)})
        for column in EXPORT_COLUMNS:
            if column.name not in frame:
                frame[column.name] = "2010-10-31" if column.kind == "date" else f"Text of the column {column.name}"
        yield frame


def run(what: str, folder: Path, rows: int) -> None:
    """Do one thing that is measured."""
    if what == "inputs":
        write_inputs(folder, rows)
    elif what in READS:
        request = {"file_id": what, "filename": f"leads.{what}"}
        work = Work("bench", WorkKind.UPLOAD, "bench", datetime.now(UTC), request)
        stores = {"files": _Folder(folder), "frames": _NoStore(), "customers": MemoryCustomerRepository()}
        stores["training_rows"] = ArtifactShelf(MODELS).load(ArtifactShelf(MODELS).shipped()).training_rows
        stores["mappings"], stores["audit"] = MemoryMappingRepository(), MemoryAuditLog()
        read_upload(work, **stores, read_table=open_table, report=lambda _: None)  # type: ignore[arg-type]
    elif what == "to csv":
        for _ in csv_chunks(ranked(rows)):
            pass
    elif what == "to xlsx":
        with (folder / "out.xlsx").open("wb") as file:
            write_xlsx(ranked(rows), file)


def measured(what: str, folder: Path, rows: int) -> tuple[float, float]:
    """Return seconds of processor time and the peak of resident memory in MB, of a process that does one thing."""
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe(duplex=False)
    process = context.Process(target=_report, args=(what, folder, rows, there))
    process.start()
    seconds, peak = here.recv()
    process.join()
    return float(seconds), float(peak)


def _report(what: str, folder: Path, rows: int, pipe: "multiprocessing.connection.Connection[object, object]") -> None:
    start = time.process_time()
    run(what, folder, rows)
    unit = 2**20 if sys.platform == "darwin" else 2**10
    pipe.send((time.process_time() - start, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit))


def main() -> None:
    """Report how time and memory grow."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, nargs=2, default=ROWS, help="rows of a small and of a large file")
    sizes = parser.parse_args().rows
    floors = []
    for rows in sizes:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            measured("inputs", folder, rows)  # in a process of its own too: a child starts with its parent's peak
            floors.append({what: measured(what, folder, rows) for what in (*READS, *WRITES)})
    few, many = floors
    report([row for what in (*READS, *WRITES) for row in rows_of(what, few[what], many[what], sizes)])


def rows_of(what: str, few: tuple[float, float], many: tuple[float, float], sizes: tuple[int, int]) -> tuple[Row, Row]:
    """Return how time and memory grow from a small file to a large one."""
    (few_s, few_mb), (many_s, many_mb) = few, many
    name = f"reading {what}" if what in READS else f"writing {what.removeprefix('to ')}"
    beside = f"{sizes[0]:,} rows: {few_s:.2f} s CPU"
    return (
        compared(f"{name}, {sizes[1]:,} rows", f"{many_s:.2f} s CPU", beside=beside, ratio=many_s / few_s),
        compared("  memory", f"{many_mb:,.0f} MB", beside=f"{few_mb:,.0f} MB", ratio=many_mb / few_mb),
    )


if __name__ == "__main__":
    main()
