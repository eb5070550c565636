"""Commands that check: the audit log, and exported files. `python -m smartbank audit verify|list|verify-export`."""

import re
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from smartbank.cli.operating import operator
from smartbank.config import load_settings
from smartbank.core.audit import AuditEntry, BrokenEntry
from smartbank.core.audit_chain import Head
from smartbank.core.manifests import MANIFEST_ENDING, MOST_BYTES
from smartbank.core.ports import AuditLog
from smartbank.core.wording import agreeing
from smartbank.errors import NotFoundError
from smartbank.services.audit_log import newest_entries, verify_log
from smartbank.services.manifests import verify_export

audit_app = typer.Typer(help="Check the audit log and exported files, and read the log.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    app.add_typer(audit_app, name="audit")


@audit_app.command()
def verify(
    head: Annotated[
        str, typer.Option(metavar="NUMBER:HASH", help="An entry noted at an earlier check: it must still be there.")
    ] = "",
) -> None:
    """Check every entry, and say which one to note down for the next check. Exits with 1 when something is wrong."""
    noted = read_head(head) if head else None
    with open_audit() as audit:
        checked = verify_log(by=operator(), audit=audit, noted=noted)
    for fault in checked.faults:
        typer.secho(fault, fg="red", err=True)
    typer.echo(f"{checked.entries:,} {agreeing(checked.entries, 'entry', 'entries')} read.")
    if not checked.is_intact:
        typer.secho(
            "The audit log is damaged. Keep the database as it is and find out who could write to it.", err=True
        )
        raise typer.Exit(1)
    typer.echo("The audit log is intact. Note this down where nobody who can write to the database can change it,")
    typer.echo(f"and give it to the next check as --head: {checked.number}:{checked.head}")


@audit_app.command("list")
def list_entries(limit: Annotated[int, typer.Option(help="How many.", min=1, max=10_000)] = 20) -> None:
    """Show the newest entries, newest first, one line each."""
    with open_audit() as audit:
        for entry in newest_entries(by=operator(), audit=audit, limit=limit):
            typer.echo(entry_line(entry))


@audit_app.command("verify-export")
def verify_exported(
    file: Annotated[Path, typer.Argument(help="The exported file of a call list.", exists=True, dir_okay=False)],
    manifest: Annotated[
        Path | None, typer.Option(help=f"Its manifest; without it FILE{MANIFEST_ENDING}.", dir_okay=False)
    ] = None,
) -> None:
    """Say whether an exported file is as it was handed out. Exits with 1 if not, or if its manifest is not ours."""
    from smartbank import bootstrap  # noqa: PLC0415 - imports the model's libraries

    beside = manifest or file.with_name(f"{file.name}{MANIFEST_ENDING}")
    try:
        with (
            bootstrap.open_signer(load_settings()) as signer,
            file.open("rb") as opened,
            beside.open("rb") as opened_manifest,
        ):
            checked = verify_export(
                iter(lambda: opened.read(1 << 20), b""),
                opened_manifest.read(MOST_BYTES + 1),
                name=file.name,
                manifest_name=beside.name,
                by=operator(),
                signer=signer,
            )
    except OSError as exc:
        raise NotFoundError(
            f"{exc.filename or file} cannot be read ({exc.strerror}). Put the file and its manifest into one folder, "
            "or name the manifest with --manifest."
        ) from exc
    typer.secho(checked.said, fg="green" if checked.is_intact else "red", err=not checked.is_intact)
    if not checked.is_intact:
        raise typer.Exit(1)


def read_head(text: str) -> Head:
    """Return the number and hash of a noted entry. Raises `typer.BadParameter` for anything else."""
    found = re.fullmatch(r"([0-9]{1,18}):([0-9a-f]{64})", text.strip())
    if found is None:
        raise typer.BadParameter("Write the number, a colon and the 64 digits of the hash.", param_hint="--head")
    return int(found[1]), found[2]


def entry_line(entry: AuditEntry | BrokenEntry) -> str:
    """Return an entry on one line."""
    if isinstance(entry, BrokenEntry):
        return f"{entry.number:>8}  cannot be read: {entry.why}"
    event = entry.event
    said = " ".join(f"{name}={value}" for name, value in event.details.items())
    line = (
        f"{entry.number:>8}  {event.at:%Y-%m-%d %H:%M:%S} UTC  {event.who} ({event.place})  {event.action} "
        f"{event.result}  {event.object_kind} {event.object_id}  {said}"
    )
    return "".join(char if char.isprintable() else " " for char in line).rstrip()


@contextmanager
def open_audit() -> Generator[AuditLog]:
    """Open the audit log of the database the settings name; joins the embedded one where it runs."""
    from smartbank import bootstrap  # noqa: PLC0415 - imports the model's libraries

    with bootstrap.open_audit(load_settings()) as audit:
        yield audit
