"""Commands: train the model, and `data fetch`, which brings the data it is trained on."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

from smartbank.cli.operating import operator
from smartbank.config import load_settings
from smartbank.core.work import WorkState
from smartbank.errors import WorkCancelledError
from smartbank.services.model_training import queue_training, training_is_due


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    app.command()(train)


def train(
    data: Annotated[
        Path | None, typer.Option(help="With --models: bank-additional-full.csv, or UCI's archive with it.")
    ] = None,
    models: Annotated[
        Path | None, typer.Option(help="Make the model SmartBank brings with it, of UCI's file alone, in this folder.")
    ] = None,
    seed: Annotated[int, typer.Option(help="With --models: the same seed and data give the same model.", min=0)] = 0,
    if_due: Annotated[
        bool, typer.Option("--if-due", help="Only when the last training is old and enough calls were decided since.")
    ] = False,
) -> None:
    """Train a challenger on UCI's file and the bank's outcomes, and judge it beside the model in force.

    The model in force stays until an administrator puts the challenger in its place.
    """
    if models is None:
        if data is not None:
            raise typer.BadParameter(
                "--data goes with --models. Challengers take the file SMARTBANK_TRAINING_DATA names."
            )
        _train_challenger(if_due=if_due)
        return
    from smartbank.bootstrap import train_model  # noqa: PLC0415  slow import, only where it is needed

    if data is None:
        raise typer.BadParameter("--models needs --data with UCI's file.")
    version = train_model(data, models, seed=seed, report=typer.echo)
    typer.echo(f"Written to {models / version}.")


def _train_challenger(*, if_due: bool) -> None:
    from smartbank import bootstrap, worker  # noqa: PLC0415  slow imports, only where they are needed

    with bootstrap.open_services(load_settings()) as services:
        now = datetime.now(UTC)
        every = timedelta(days=services.settings.current().retrain_days)
        if if_due and not training_is_due(every=every, outcomes=services.outcomes, queue=services.queue, now=now):
            typer.echo("No training is due: the last one is young, or too few calls were decided since.")
            return
        work_id = queue_training(by=operator(), queue=services.queue, audit=services.audit, now=now)
        typer.echo("Training a challenger: this takes minutes ...")
        work = worker.run_this(services, work_id)
    if work.state is not WorkState.DONE:
        raise WorkCancelledError(work.error or "The training was cancelled. The model in force stays.")
    done = work.result
    typer.echo(f"{'Trained' if done['is_new'] else 'Nothing new:'} {done['version']}. {done['verdict']}")


def fetch(
    to: Annotated[Path, typer.Option(help="Folder to put the file in.")] = Path("var/data"),
) -> None:
    """Download UCI's bank marketing data and check it."""
    from smartbank.bootstrap import fetch_training_data  # noqa: PLC0415  slow import, only where it is needed

    typer.echo("Downloading from the UCI Machine Learning Repository…")
    path = fetch_training_data(to)
    typer.echo(f"{path} is complete. Train a challenger with: python -m smartbank train")
