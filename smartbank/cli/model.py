"""Commands: train the model, and `data fetch`, which brings the data it is trained on."""

from pathlib import Path
from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    app.command()(train)


def train(
    data: Annotated[Path, typer.Option(help="bank-additional-full.csv, or UCI's archive with it.")],
    models: Annotated[Path, typer.Option(help="Folder of the models.")] = Path("models"),
    seed: Annotated[int, typer.Option(help="The same seed and data give the same model.", min=0)] = 0,
) -> None:
    """Train the model, judge it, and put it in force."""
    from smartbank.bootstrap import train_model  # noqa: PLC0415  slow import, only where it is needed

    version = train_model(data, models, seed=seed, report=typer.echo)
    typer.echo(f"Written to {models / version}.")


def fetch(
    to: Annotated[Path, typer.Option(help="Folder to put the file in.")] = Path("var/data"),
) -> None:
    """Download UCI's bank marketing data and check it."""
    from smartbank.bootstrap import fetch_training_data  # noqa: PLC0415  slow import, only where it is needed

    typer.echo("Downloading from the UCI Machine Learning Repository…")
    path = fetch_training_data(to)
    typer.echo(f"{path} is complete. Train with: python -m smartbank train --data {path}")
