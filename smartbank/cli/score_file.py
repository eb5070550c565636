"""What `score` does: bring a file in, say whether it is fit, score it here, and show and write the ranking."""

import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import numpy as np
import typer

from smartbank.bootstrap import Services, export_ports
from smartbank.cli.file_options import FileOptions
from smartbank.core.people import Actor
from smartbank.core.ranking import CONTRIBUTION_COLUMNS, RankFilter
from smartbank.core.readiness import ReadinessReport
from smartbank.core.shared_phones import MANY, SharedPhones
from smartbank.core.tables import require_size
from smartbank.core.unlike import BEFORE, REFERENCE, unlike_words
from smartbank.core.wording import agreeing, plural
from smartbank.core.work import Work, WorkState
from smartbank.errors import LeadValidationError, SmartBankError
from smartbank.services.downloads import open_csv
from smartbank.services.left_out import left_out_words, loaded_for
from smartbank.services.runs import Market, Run, RunSource, find_run, queue_run, ranked_leads
from smartbank.services.uploads import queue_upload, rows_set_aside
from smartbank.services.works import cancel_work
from smartbank.worker import run_this

VERDICTS: Final = {"ready": "Ready to score", "usable": "Usable, with limits", "not ready": "Not ready"}
SHOWN: Final = 10
_HOW: Final = {
    BEFORE: "Score the file again with --picked, or with --whole if they are all your customers.",
    REFERENCE: "The list in SmartBank has a button for that; or score all your customers, or some drawn at random, "
    "with --whole.",
}
_BLOCK: Final = 1 << 20
_PREFIX: Final = ".smartbank-"


def require_place(out: Path, *, file: Path) -> None:
    """Raise `typer.BadParameter` where the ranking of a file cannot be written, before any work is done."""
    if out.exists() and out.samefile(file):
        raise typer.BadParameter("The ranking would replace the file it is made of. Name another.", param_hint="--out")
    try:
        with tempfile.NamedTemporaryFile(dir=out.parent, prefix=_PREFIX):
            pass
    except OSError as exc:
        raise typer.BadParameter(
            f"{out} cannot be written ({exc.strerror}). Name a file in a folder you may write to.", param_hint="--out"
        ) from exc


def rank_file(file: Path, *, services: Services, options: FileOptions, by: Actor) -> Run:
    """Read a file, say what is in it, score its clean rows, and return the finished run.

    Raises
    ------
    LeadValidationError
        The file is not a table of customers, or is not fit and `options.anyway` is not set.
    SmartBankError
        The work failed or was cancelled; says why.
    """
    typer.echo(f"Reading {file.name} ...")
    upload_id = queue_upload(
        blocks(file),
        file.name,
        by=by,
        files=services.files,
        queue=services.queue,
        audit=services.audit,
        now=datetime.now(UTC),
    )
    report = ReadinessReport.from_json(done_here(upload_id, services, by=by).result)
    typer.echo("\n".join([*report_lines(report), *aside_lines(upload_id, report, services, by=by)]))
    if report.shared_phones.numbers:
        typer.echo(_shared_line(report.shared_phones, without=options.without_shared))
    require_fit(report, market=options.market, anyway=options.anyway)
    if options.whole and report.picked:
        raise LeadValidationError("Nothing was scored. The file says its customers were picked: leave --whole away.")
    typer.echo(f"Scoring {plural(report.clean, 'lead')} ...")
    source = RunSource(
        "upload",
        file.name,
        upload_id=upload_id,
        picked=options.picked or report.picked,
        phones_from=MANY if options.without_shared else 0,
        said_whole=options.whole,
    )
    run_id = queue_run(
        source, market=options.market, by=by, queue=services.queue, audit=services.audit, now=datetime.now(UTC)
    )
    done_here(run_id, services, by=by)
    return find_run(run_id, by=by, queue=services.queue)


def done_here(work_id: str, services: Services, *, by: Actor) -> Work:
    """Return a piece of work once it is done; cancel it when this process is interrupted."""
    try:
        work = run_this(services, work_id)
    except BaseException:
        cancel_work(work_id, by=by, queue=services.queue, audit=services.audit, now=datetime.now(UTC))
        raise
    if work.state is not WorkState.DONE:
        raise SmartBankError(work.error or "The work was cancelled.")
    return work


def report_lines(report: ReadinessReport) -> list[str]:
    """Return the readiness report in words."""
    return [
        f"{report.filename}: {report.clean:,} of {plural(report.rows, 'row')} can be scored.",
        f"{VERDICTS[report.verdict]}. {report.why}",
        *_picked(report),
        *_by_hand(report),
        *(f"- {notice}" for notice in report.notices),
        *(f"- The column {column} is not used: {why}" for column, why in report.ignored.items()),
    ]


def _picked(report: ReadinessReport) -> list[str]:
    return ["- The file says that its customers were picked: their mean is not the base rate."] * report.picked


def _shared_line(shared: SharedPhones, *, without: bool) -> str:
    whose = f"{plural(shared.rows, 'customer')} {agreeing(shared.rows, 'is', 'are')} kept and ranked without a number"
    return f"Numbers left out: {whose}." if without else f"With --leave-out-shared-numbers {whose}."


def _by_hand(report: ReadinessReport) -> list[str]:
    if not report.by_hand_as:
        return []
    return [
        f"- Columns matched by hand as on {datetime.fromisoformat(report.by_hand_at):%-d %b %Y} by {report.by_hand_as}."
    ]


def aside_lines(upload_id: str, report: ReadinessReport, services: Services, *, by: Actor) -> list[str]:
    """Return the first reasons why rows were set aside, without the values, which may be personal."""
    if not report.aside:
        return []
    rows = rows_set_aside(upload_id, by=by, frames=services.frames).head(SHOWN)
    said = [f"  row {row['row']}, {row['column']}: {row['reason']}" for row in rows.to_dict("records")]
    return [f"Set aside: {report.aside:,} of {plural(report.rows, 'row')}. The first reasons:", *said]


def require_fit(report: ReadinessReport, *, market: Market, anyway: bool) -> None:
    """Raise `LeadValidationError` for a file that should not be scored, or not in that market."""
    if not report.clean:
        raise LeadValidationError(f"Nothing was scored. {report.why}")
    if report.verdict == "not ready" and not anyway:
        raise LeadValidationError("Nothing was scored. Mend the file, or score it all the same with --anyway.")
    if market == "file" and not report.has_market:
        raise LeadValidationError(
            "Nothing was scored. The file does not bring its own market columns: leave --market file away."
        )


def show_ranking(run: Run, *, by: Actor, services: Services) -> None:
    """Print what the run holds, how many were left out and why, and its first leads, by id."""
    summary = run.summary
    typer.echo(
        f"{plural(summary.leads, 'lead')} ranked. Market: {run.market_label}. "
        f"Expected sales of all: {summary.expected_sales:,.1f}. Worth a call: {summary.worth_calling:,}."
    )
    if run.source.picked:
        typer.echo(_level_words(run))
    if unlike := run.unlike:
        typer.echo(f"Note: {unlike_words(unlike)} {_HOW[unlike.beside]}")
    if said := left_out_words(run):
        steps = [plural(loaded_for(run), "customer"), *said, f"{summary.leads:,} scored"]
        typer.echo(f"Left out: {' → '.join(steps)}.")
    first = ranked_leads(run.run_id, by=by, frames=services.frames, rank_filter=RankFilter(best=SHOWN))
    first = first.join(
        services.writer_of(run.result["model_version"]).top_sentences(
            first, first[list(CONTRIBUTION_COLUMNS)].to_numpy(np.float64)
        )
    )
    typer.echo(f"{'Rank':>6}  {'Propensity':>10}  Band  {'Customer':<24}  Strongest reason")
    for lead in first.to_dict("records"):
        reason = lead["reason_1"] if isinstance(lead["reason_1"], str) else ""
        typer.echo(
            f"{lead['rank']:>6}  {lead['propensity']:>10.1%}  {lead['band']:<4}  {lead['customer_id']:<24}  {reason}"
        )


def _level_words(run: Run) -> str:
    """Return what the percentages of picked customers go by."""
    if run.level.anchor == "reference":
        return (
            "No whole was ranked yet by this model and this base rate, so percentages go by the calls the model "
            "learned from. Score a whole first, such as 20,000 customers drawn at random, then these again."
        )
    return "Percentages go by the newest ranking of a whole."


def write_ranking(run: Run, out: Path, *, by: Actor, services: Services) -> None:
    """Write the whole ranking as CSV; an earlier file is replaced once the new one is complete.

    Raises
    ------
    SmartBankError
        The file cannot be written to its end.
    """
    download = open_csv(
        run.run_id,
        RankFilter(),
        by=by,
        ports=export_ports(services),
        now=datetime.now(UTC),
    )
    part: Path | None = None
    try:
        with tempfile.NamedTemporaryFile(dir=out.parent, prefix=_PREFIX, delete=False) as file:
            part = Path(file.name)
            for chunk in download.chunks:
                file.write(chunk)
        part.replace(out)
    except OSError as exc:
        raise SmartBankError(
            f"{out} could not be written ({exc.strerror}). The ranking is kept: open Leads in SmartBank."
        ) from exc
    finally:
        if part is not None:
            part.unlink(missing_ok=True)


def blocks(file: Path) -> Iterator[bytes]:
    """Yield a file in blocks. Raises `LeadValidationError` when it cannot be read, or is too large."""
    try:
        require_size(file.stat().st_size)
        with file.open("rb") as opened:
            while block := opened.read(_BLOCK):
                yield block
    except OSError as exc:
        raise LeadValidationError(
            f"{file.name} cannot be read ({exc.strerror}). Check the file and its rights."
        ) from exc
