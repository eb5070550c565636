"""Commands on the keys of the data: `python -m smartbank keys make`."""

import typer

keys_app = typer.Typer(help="Make, list and rotate the keys that seal names and phone numbers.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    app.add_typer(keys_app, name="keys")


@keys_app.command()
def make() -> None:
    """Print a new key for SMARTBANK_DATA_KEYS; nothing is changed, and the key is kept nowhere."""
    from smartbank import bootstrap  # noqa: PLC0415 - imports the model's libraries

    typer.echo(bootstrap.new_data_key())
