"""Seconds and memory of the main job on the embedded database: store, read, score, write CSV and XLSX.

`python -m benchmarks.main_job --rows 100000`
"""

import argparse
import resource
import sys
import tempfile
import time
from collections.abc import Generator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import pandas as pd

from benchmarks._rows import Row, report
from smartbank import bootstrap
from smartbank.bootstrap import Services, export_ports
from smartbank.config import Settings
from smartbank.core.exports import csv_chunks
from smartbank.core.fields import CUSTOMER_ID
from smartbank.core.people import COMMAND_LINE
from smartbank.core.ranking import RankFilter
from smartbank.core.work import WorkState
from smartbank.ml.demo_population import BLOCK, demo_population
from smartbank.ml.synthetic import load_demo_tables
from smartbank.services.exporting import Meant, export_frames, queue_workbook
from smartbank.services.runs import RunSource, find_run, queue_run, ranked_leads
from smartbank.services.uploads import queue_upload
from smartbank.worker import run_this

MODELS: Final = Path(__file__).resolve().parents[1] / "models"
_BY: Final = COMMAND_LINE


class Stages:
    """Seconds of each stage, in order."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self.peak_mb: dict[str, float] = {}

    @contextmanager
    def measured(self, name: str) -> Generator[None]:
        """Keep how long the block takes and the process's peak of resident memory after it."""
        start = time.perf_counter()
        yield
        self.seconds[name] = time.perf_counter() - start
        self.peak_mb[name] = peak_mb()


def main() -> None:
    """Report what each stage took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000, help="customers in the file")
    rows = parser.parse_args().rows
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        file = folder / "customers.csv"
        write_customers(file, rows)
        settings = Settings(var_dir=folder / "var", models_dir=MODELS, mongodb_uri=None)
        with bootstrap.open_services(settings) as services:
            before = peak_mb()
            report(rows_of(do_main_job(file, services=services), rows=rows, before=before))


def write_customers(file: Path, rows: int) -> None:
    """Write synthetic customers, the same ones again and again under new ids."""
    people = demo_population(load_demo_tables(MODELS), n=min(rows, BLOCK), seed=0)
    for start in range(0, rows, BLOCK):
        part = people.head(rows - start)
        ids = [f"C-{start + number:07d}" for number in range(len(part))]
        part = part.assign(**{CUSTOMER_ID: ids})
        part.to_csv(file, mode="a", header=start == 0, index=False)


def do_main_job(file: Path, *, services: Services) -> Stages:
    """Do what a manager does, stage by stage, as the page and the worker do it."""
    stages = Stages()
    with stages.measured("store the file"):
        upload_id = queue_file(file, services)
    with stages.measured("read and check it"):
        require_done(upload_id, services)
    run_id = queue_scoring(upload_id, file.name, services)
    ports = export_ports(services)
    with stages.measured("save, score and rank"):
        require_done(run_id, services)
    run = find_run(run_id, by=_BY, queue=services.queue)
    with stages.measured("write CSV"), (file.parent / "ranked.csv").open("wb") as out:
        rows = export_frames(run, Meant(RankFilter(), run.summary.leads, ()), ports=ports)
        for chunk in csv_chunks(rows):
            out.write(chunk)
    workbook = queue_workbook(run_id, RankFilter(), by=_BY, ports=ports, now=datetime.now(UTC))
    with stages.measured("write XLSX"):
        require_done(workbook, services)
    leads = ranked_leads(run_id, by=_BY, frames=services.frames)
    with stages.measured("the model alone"):
        score_alone(leads, services)
    with stages.measured("pandas reads the file"):
        pd.read_csv(file)
    return stages


def queue_file(file: Path, services: Services) -> str:
    """Store a file to be read and checked, and return the id of its upload."""
    about: dict[str, Any] = {"queue": services.queue, "audit": services.audit, "now": datetime.now(UTC)}
    with file.open("rb") as opened:
        blocks = iter(lambda: opened.read(1 << 20), b"")
        return queue_upload(blocks, file.name, by=_BY, files=services.files, **about)


def queue_scoring(upload_id: str, name: str, services: Services) -> str:
    """Queue the scoring of an upload, which saves its customers, and return its id."""
    about: dict[str, Any] = {"queue": services.queue, "audit": services.audit, "now": datetime.now(UTC)}
    return queue_run(RunSource("upload", name, upload_id=upload_id), market="snapshot", by=_BY, **about)


def require_done(work_id: str, services: Services) -> None:
    """Do a piece of work here. Raises `RuntimeError` when it fails."""
    work = run_this(services, work_id)
    if work.state is not WorkState.DONE:
        raise RuntimeError(work.error)


def score_alone(leads: pd.DataFrame, services: Services) -> None:
    """Compute margins and contributions of every lead, and nothing else."""
    services.scorer.margins(leads)
    services.scorer.contributions(leads)


def rows_of(stages: Stages, *, rows: int, before: float) -> list[Row]:
    """Return a row a stage, beside the floor of its kind; the memory is the peak of the whole process so far."""
    seconds, peak = stages.seconds, stages.peak_mb
    read, alone = seconds["pandas reads the file"], seconds["the model alone"]
    file, model = f"pandas reads the file: {read:.2f} s", f"the model alone: {alone:.2f} s"
    uploaded = seconds["store the file"] + seconds["read and check it"]
    ranked = seconds["save, score and rank"]
    found = [
        Row(f"upload of {rows:,} rows: kept, read, checked", f"{uploaded:.2f} s", file, uploaded / read),
        Row("  memory", f"{peak['read and check it']:,.0f} MB", f"libraries loaded: {before:,.0f} MB"),
        Row("  and stored, scored, explained, ranked", f"{ranked:.2f} s", model, ranked / alone),
    ]
    for name in ("write CSV", "write XLSX"):
        found.append(Row(f"  {name}", f"{seconds[name]:.2f} s", file, seconds[name] / read))
    total = uploaded + ranked + seconds["write CSV"] + seconds["write XLSX"]
    return [*found, Row("  all of it", f"{total:.2f} s", model, total / alone)]


def peak_mb() -> float:
    """Return the largest resident memory this process ever had, in MB."""
    unit = 2**20 if sys.platform == "darwin" else 2**10
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit


if __name__ == "__main__":
    main()
