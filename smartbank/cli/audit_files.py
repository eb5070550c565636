"""Commands that take the audit log away, and check what was taken: `python -m smartbank audit export|verify-file`."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Final

import typer

from smartbank.cli.audit import audit_app, read_head
from smartbank.cli.operating import operator
from smartbank.cli.private_files import require_new, write_private
from smartbank.config import load_settings
from smartbank.core.audit_filter import audit_filter_from
from smartbank.core.audit_lines import LONGEST_LINE
from smartbank.core.wording import agreeing
from smartbank.errors import NotFoundError
from smartbank.services.audit_export import AuditFormat, FileCheck, open_audit_export, verify_file

FORMATS: Final[dict[str, AuditFormat]] = {".csv": "csv", ".jsonl": "jsonl"}
SHOWN: Final = 100
"""Faults that are printed."""


def register(_app: typer.Typer) -> None:
    """Add the commands to those on the audit log."""
    audit_app.command("export")(export)
    audit_app.command("verify-file")(verify_exported_log)


def export(
    file: Annotated[Path, typer.Argument(help="A .jsonl or .csv file that does not exist yet.", dir_okay=False)],
    *,
    who: Annotated[str, typer.Option(help="Only what this user or program did.")] = "",
    action: Annotated[str, typer.Option(help="Only this action, such as change_password.")] = "",
    result: Annotated[str, typer.Option(help="Only done, refused or failed.")] = "",
    kind: Annotated[str, typer.Option(help='Only on this kind of object, such as "call list".')] = "",
    object_id: Annotated[str, typer.Option("--object", help="Only on the object with this id.")] = "",
    place: Annotated[str, typer.Option(help="Only from this address.")] = "",
    first: Annotated[str, typer.Option("--from", metavar="DAY", help="First day, as 2026-11-26.")] = "",
    last: Annotated[str, typer.Option("--until", metavar="DAY", help="Last day, as 2026-11-26.")] = "",
) -> None:
    """Write the audit log, or what of it is meant, into a file that only you may read, and put that on record."""
    from smartbank import bootstrap  # noqa: PLC0415 - imports the model's libraries

    if file.suffix not in FORMATS:
        raise typer.BadParameter("Name a file that ends in .jsonl or .csv.", param_hint="FILE")
    asked = {"who": who, "action": action, "result": result, "kind": kind, "object": object_id, "place": place}
    wanted = audit_filter_from(asked | {"from": first, "until": last})
    require_new(file)
    with bootstrap.open_bank_settings(load_settings()) as (settings, _market, audit):
        now = datetime.now(UTC)
        download = open_audit_export(
            wanted, FORMATS[file.suffix], by=operator(), audit=audit, settings=settings, now=now
        )
        write_private(file, download.chunks)
    typer.echo(f"Written to {file}, which only you may read.")


def verify_exported_log(
    file: Annotated[Path, typer.Argument(help="A .jsonl file of the audit log.", exists=True, dir_okay=False)],
    head: Annotated[str, typer.Option(metavar="NUMBER:HASH", help="An entry noted before: it must be the same.")] = "",
    part: Annotated[bool, typer.Option("--part", help="The file holds some entries only, as after a filter.")] = False,
) -> None:
    """Say whether an exported log is as it was written; needs no database. Exits with 1 when something is wrong."""
    if file.suffix.lower() == ".csv":
        raise typer.BadParameter(
            "A CSV of the audit log cannot be verified: its values are rewritten for spreadsheets, so no hash fits "
            "them. Verify the log as JSON lines: python -m smartbank audit export FILE.jsonl",
            param_hint="FILE",
        )
    try:
        with file.open("rb") as opened:
            lines = iter(lambda: opened.readline(LONGEST_LINE), b"")
            checked = verify_file(lines, by=operator(), noted=read_head(head) if head else None, is_part=part)
    except OSError as exc:
        raise NotFoundError(f"{file} cannot be read ({exc.strerror}). Name the file once more.") from exc
    for fault in checked.chain.faults[:SHOWN]:
        typer.secho(fault, fg="red", err=True)
    typer.echo(f"SHA-256 of the file, to compare with its entry in the audit log: {checked.sha256}")
    typer.secho(verdict(checked, part), fg="green" if checked.chain.is_intact else "red")
    if not checked.chain.is_intact:
        raise typer.Exit(1)


def verdict(checked: FileCheck, is_part: bool) -> str:
    """Return in a sentence what a check found."""
    chain = checked.chain
    if not chain.is_intact:
        n = len(chain.faults)
        hint = "" if is_part else " If the file was made with filters, check it with --part."
        return f"The file is not as the audit log was written: {n:,} {agreeing(n, 'fault', 'faults')}.{hint}"
    read = (
        f"{chain.entries:,} {agreeing(chain.entries, 'entry', 'entries')}, from {checked.first:,} to {chain.number:,}"
    )
    if is_part:
        return f"Each of {read}, is as it was written. What was left out cannot be told from the file."
    return f"The file is intact: {read}, none missing. The last one is {chain.number}:{chain.head}"
