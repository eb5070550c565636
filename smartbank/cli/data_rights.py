"""Commands on what a customer may ask for: `python -m smartbank data access`."""

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from smartbank.cli.data import data_app
from smartbank.config import load_settings
from smartbank.core.people import COMMAND_LINE
from smartbank.errors import BackupError
from smartbank.services.access_file import access_bytes, give_access

CustomerId = Annotated[str, typer.Argument(help="The customer's id.")]


def register(_app: typer.Typer) -> None:
    """Add the commands to those on data."""
    data_app.command("access")(access)


def access(
    customer_id: CustomerId,
    output: Annotated[Path, typer.Option(help="A file that does not exist yet.", dir_okay=False)],
) -> None:
    """Write everything kept of a customer into a file that only you may read, and put that on record."""
    from smartbank import bootstrap  # noqa: PLC0415 - imports the model's libraries

    require_new(output)
    with bootstrap.open_services(load_settings()) as services:
        content = give_access(
            customer_id, by=COMMAND_LINE, ports=bootstrap.access_ports(services), now=datetime.now(UTC)
        )
    write_private(output, access_bytes(content))
    typer.echo(f"Written to {output}, which only you may read. Look at it before you hand it over.")


def require_new(path: Path) -> None:
    """Raise `BackupError` for a file that is there, or a folder that is not: before anything goes on record."""
    if path.exists() or path.is_symlink():
        raise BackupError(f"{path} exists already. Name a file that does not exist yet.")
    if not path.absolute().parent.is_dir():
        raise BackupError(f"The folder of {path} does not exist. Make it first, or name another one.")


def write_private(path: Path, content: bytes) -> None:
    """Write a new file of mode 600. Raises `BackupError` where it cannot be written, or is there by now."""
    try:
        opened = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(opened, "wb") as file:
            file.write(content)
    except OSError as exc:
        raise BackupError(f"{path} cannot be written ({exc.strerror}). Name another file.") from exc
