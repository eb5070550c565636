"""Say what production mode would refuse: `python -m smartbank check`."""

import typer

from smartbank.config import load_settings
from smartbank.errors import StorageError


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command()(check)


def check() -> None:
    """Say what production mode would refuse, whether it is on or not; exits with 1 if that is anything."""
    from smartbank import bootstrap  # noqa: PLC0415 - imports the model's libraries

    settings = load_settings()
    refusals = bootstrap.settings_refusals(settings)
    if settings.mongodb_uri is not None:
        try:
            refusals += bootstrap.database_refusals(settings)
        except StorageError as exc:
            refusals.append(f"The MongoDB in SMARTBANK_MONGODB_URI cannot be used. {exc}")
    for refusal in refusals:
        typer.echo(f"* {refusal}")
    if refusals:
        typer.echo(f"Production mode would not start: {len(refusals)} to put right.")
        raise typer.Exit(1)
    on = "on" if settings.production else "off; SMARTBANK_PRODUCTION=true turns it on"
    typer.echo(f"Production mode would start. It is {on}.")
