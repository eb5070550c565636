"""The command `backtest`: compare SmartBank's model with the standard models, and print and write the figures."""

import json
import tempfile
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from smartbank.cli.backtest_table import backtest_lines
from smartbank.core.backtest import Backtest
from smartbank.errors import SmartBankError, WorkCancelledError


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command()(backtest)


def backtest(  # noqa: PLR0917  the options of a command
    data: Annotated[Path, typer.Option(help="bank-additional-full.csv, or UCI's archive with it.")],
    json_file: Annotated[Path | None, typer.Option("--json", help="Write the figures here as well.")] = None,
    quick: Annotated[
        bool, typer.Option("--quick", help="Protocol B in steps of 500 rows, CatBoost with 200 trees.")
    ] = False,
    jobs: Annotated[int, typer.Option(help="Processes, one thread each; the figures do not depend on it.", min=1)] = 2,
    work: Annotated[Path, typer.Option(help="Folder where finished parts are kept.")] = Path("var/backtest"),
    only: Annotated[list[str] | None, typer.Option(help="Only this model; may be given several times.")] = None,
    seed: Annotated[int, typer.Option(help="Of the models and the intervals; the folds stay the same.", min=0)] = 0,
) -> None:
    """Judge SmartBank's model and the standard models on the same rows, by protocols A, B and C.

    Ctrl-C stops it; the same command goes on from there.
    """
    from smartbank.bootstrap import run_backtest  # noqa: PLC0415  slow import, only where it is needed

    if json_file is not None:
        _require_place(json_file)
    try:
        with _progress() as progress:
            task = progress.add_task("Reading", total=None)

            def report(done: int, of: int) -> None:
                progress.update(task, description="Fitting" if done < of else "Judging", completed=done, total=of)

            found = run_backtest(data, work=work, only=only or [], quick=quick, jobs=jobs, seed=seed, report=report)
    except KeyboardInterrupt as exc:
        raise WorkCancelledError(
            f"Stopped. What is finished is kept in {work}: the same command goes on from there."
        ) from exc
    typer.echo("\n".join(backtest_lines(found)))
    if json_file is not None:
        _write(found, json_file)
        typer.echo(f"Written to {json_file}.")


def _progress() -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=Console(stderr=True),
    )


def _require_place(file: Path) -> None:
    """Raise `typer.BadParameter` where the figures cannot be written, before any work is done.

    The folder is made if only that is missing, as `models/backtests` is at first.
    """
    try:
        if file.is_dir():
            raise typer.BadParameter(f"{file} is a folder. Name a file.", param_hint="--json")
        file.parent.mkdir(exist_ok=True)
        with tempfile.TemporaryFile(dir=file.parent):
            pass
    except OSError as exc:
        raise typer.BadParameter(
            f"{file} cannot be written ({exc.strerror}). Name a file in a folder you may write to.",
            param_hint="--json",
        ) from exc


def _write(found: Backtest, file: Path) -> None:
    """Write the figures; an earlier file is replaced once the new one is complete."""
    part = file.with_name(f".{file.name}.part")
    try:
        part.write_text(json.dumps(found.to_json(), indent=1) + "\n", encoding="utf-8")
        part.replace(file)
    except OSError as exc:
        part.unlink(missing_ok=True)
        raise SmartBankError(
            f"{file} could not be written ({exc.strerror}). Run the same command again with another --json; it ends"
            " at once."
        ) from exc
