"""Commands on what a customer may ask for: `python -m smartbank data access|erase|erasures`."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from smartbank.cli.data import data_app
from smartbank.cli.operating import operator
from smartbank.cli.private_files import require_new, write_private
from smartbank.config import load_settings
from smartbank.core.erasure import ErasureList, erasure_list_from
from smartbank.core.removed import removal_counts, removed_sentence
from smartbank.core.wording import plural
from smartbank.core.work import WorkState
from smartbank.errors import BackupError, ConflictError
from smartbank.services.access_file import access_bytes, give_access
from smartbank.services.erasing import know_erasures, list_erasures, queue_erasure, stored_though_erased

if TYPE_CHECKING:
    from smartbank.bootstrap import Services

AGAIN: Final = "erased before, and brought back with an older copy of the database"
"""Why somebody is erased again."""

CustomerId = Annotated[str, typer.Argument(help="The customer's id.")]


def register(_app: typer.Typer) -> None:
    """Add the commands to those on data."""
    data_app.command("access")(access)
    data_app.command("erase")(erase)
    data_app.command("erasures")(erasures)


def access(
    customer_id: CustomerId,
    output: Annotated[Path, typer.Option(help="A file that does not exist yet.", dir_okay=False)],
) -> None:
    """Write everything kept of a customer into a file that only you may read, and put that on record."""
    from smartbank import bootstrap  # noqa: PLC0415 - imports the model's libraries

    require_new(output)
    with bootstrap.open_services(load_settings()) as services:
        content = give_access(customer_id, by=operator(), ports=bootstrap.access_ports(services), now=datetime.now(UTC))
    write_private(output, [access_bytes(content)])
    typer.echo(f"Written to {output}, which only you may read. Look at it before you hand it over.")


def erase(
    customer_id: Annotated[str, typer.Argument(help="The customer's id; none with --again.")] = "",
    reason: Annotated[str, typer.Option(help="Why, without a name: it stays on record.")] = "",
    yes: Annotated[str, typer.Option("--yes", metavar="ID", help="The id once more, in place of being asked.")] = "",
    again: Annotated[
        Path | None,
        typer.Option(metavar="LIST", help="Erase again whoever is on a list of `data erasures`.", dir_okay=False),
    ] = None,
) -> None:
    """Erase a customer for good, or, after an older copy was brought back, everybody who was erased since."""
    from smartbank import bootstrap  # noqa: PLC0415 - imports the model's libraries

    if bool(customer_id) == (again is not None):
        raise typer.BadParameter("Name one customer, or a list with --again.", param_hint="CUSTOMER_ID")
    known = read_erasures(again) if again is not None else None
    if known is None:
        yes = yes or str(typer.prompt("This cannot be undone. Type the customer id again"))
        reason = reason or str(typer.prompt("Why"))
    with bootstrap.open_services(load_settings()) as services:
        if known is None:
            erase_one(customer_id, yes, reason, services)
            return
        new = know_erasures(known, by=operator(), erased=services.erased, audit=services.audit, now=datetime.now(UTC))
        typer.echo(f"{plural(len(known.erased), 'erasure')} on the list, {new:,} not known here before.")
        stored = stored_though_erased(by=operator(), customers=services.customers, erased=services.erased)
        for each in stored:
            erase_one(each, each, reason or AGAIN, services)
        typer.echo(f"{plural(len(stored), 'customer')} erased again.")


def erase_one(customer_id: str, typed: str, reason: str, services: "Services") -> None:
    """Erase a customer and say what came of it. Raises `ConflictError` where not all of it was done."""
    from smartbank.worker import run_this  # noqa: PLC0415 - imports the model's libraries

    work_id = queue_erasure(
        customer_id,
        typed=typed,
        reason=reason,
        by=operator(),
        customers=services.customers,
        erased=services.erased,
        queue=services.queue,
        audit=services.audit,
        now=datetime.now(UTC),
    )
    work = run_this(services, work_id)
    if work.state is not WorkState.DONE:
        raise ConflictError(f"{work.error} Not all of it is done: run the same command again.")
    typer.echo(removed_sentence(removal_counts(work.request, work.result)))


def erasures(
    file: Annotated[Path, typer.Argument(help="A file that does not exist yet.", dir_okay=False)],
) -> None:
    """Write down who was erased, as marks nobody can read: keep it beside your backups, for after a restore."""
    from smartbank import bootstrap  # noqa: PLC0415 - imports the model's libraries

    require_new(file)
    with bootstrap.open_services(load_settings()) as services:
        known = list_erasures(by=operator(), erased=services.erased, audit=services.audit, now=datetime.now(UTC))
    write_private(file, [f"{json.dumps(known.to_json(), indent=2)}\n".encode()])
    typer.echo(f"{plural(len(known.erased), 'erasure')} written to {file}.")


def read_erasures(file: Path) -> ErasureList:
    """Return a list that `erasures` wrote. Raises `BackupError` for anything else."""
    try:
        return erasure_list_from(json.loads(file.read_bytes()))
    except OSError as exc:
        raise BackupError(f"{file} cannot be read ({exc.strerror}).") from exc
    except (ValueError, KeyError, TypeError) as exc:
        raise BackupError(f"{file} is no list that `python -m smartbank data erasures` wrote.") from exc
