"""Commands on everything at once: `python -m smartbank data export|in-force|import|backups|fetch`."""

from collections.abc import Collection
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from smartbank.cli.migrating import bring_forward
from smartbank.cli.model import fetch
from smartbank.cli.operating import operator
from smartbank.config import load_settings
from smartbank.core.backups import Manifest
from smartbank.core.jobs import JobStanding
from smartbank.core.wording import plural
from smartbank.services import backups
from smartbank.services.bulk import handing_over

data_app = typer.Typer(
    help="Write everything into a folder, bring it back, and fetch the data the model is trained on.",
    no_args_is_help=True,
)
data_app.command()(fetch)


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    app.add_typer(data_app, name="data")


@data_app.command("export")
def export_everything(
    folder: Annotated[Path, typer.Argument(help="A folder that does not exist yet.")],
) -> None:
    """Write everything in the database into a new folder; SmartBank may go on running."""
    from smartbank.bootstrap import data as opened  # noqa: PLC0415 - imports the model's libraries

    with opened.open_data(load_settings()) as services:
        manifest = backups.export_data(
            folder.absolute(), by=operator(), store=services.store, audit=services.audit, now=datetime.now(UTC)
        )
    typer.echo(f"Written to {folder}: {described(manifest)}.")
    typer.echo(
        "Sessions are left out: everybody signs in again where it is imported. Keep the folder as safe as the data."
    )


@data_app.command("in-force")
def write_in_force(
    folder: Annotated[str, typer.Argument(help="A new or empty folder, here or at an address such as s3://bank/x/.")],
) -> None:
    """Write down model, settings, market and whom not to call, for `score --input` where the database is not known."""
    from smartbank.bootstrap import bulk, open_services  # noqa: PLC0415 - imports the model's libraries

    with open_services(load_settings()) as services:
        ports, now = bulk.hand_over_ports(services), datetime.now(UTC)
        version, in_force = handing_over.hand_over_in_force(folder, by=operator(), ports=ports, now=now)
    typer.echo(
        f"Written to {folder}: model {version}, base rate {in_force.rules.base_rate:.1%}, "
        f"market of {in_force.snapshot.as_of:%Y-%m-%d}, {plural(len(in_force.barred), 'customer')} not to be called."
    )
    typer.echo("It holds no names and no ids, but hashes of ids: whoever has a list of ids can look them up in it.")


@data_app.command("import")
def import_everything(
    folder: Annotated[Path, typer.Argument(help="A folder that `data export` or the worker wrote.")],
) -> None:
    """Fill an empty database from a folder. Everything is checked before anything is written."""
    from smartbank.bootstrap import data as opened  # noqa: PLC0415 - imports the model's libraries

    settings = load_settings()
    with opened.open_data(settings) as services:

        def bring_back(missing: Collection[str]) -> list[str]:
            found = services.bring_back(folder, missing)
            if found and settings.wrapping_key:
                typer.echo(f"The wrapping key opens the keys in the backup: {', '.join(found)}.")
            elif found:
                typer.echo(f"Put back into {settings.var_dir / 'data-keys'} from the retired keys: {', '.join(found)}.")
                typer.echo("`python -m smartbank keys rotate` retires them again.")
            return found

        typer.echo("Checking and importing ...")
        manifest = backups.import_data(
            folder.absolute(),
            known_keys=services.known_keys,
            bring_back=bring_back,
            by=operator(),
            store=services.store,
            audit=services.audit,
            now=datetime.now(UTC),
        )
    typer.echo(f"Imported from {folder}: {described(manifest)}. The audit log is intact.")
    bring_forward(settings)


@data_app.command("backups")
def list_backups() -> None:
    """List the daily backups on this computer, and say how the newest one went."""
    from smartbank.bootstrap import data as opened  # noqa: PLC0415 - imports the model's libraries

    settings = load_settings()
    with opened.open_data(settings) as services:
        for backup in services.backups.all():
            typer.echo(f"{backup.name}  {backup.documents:>12,} documents  {megabytes(backup.size):>12}")
        typer.echo(how_it_stands(backups.last_backup(by=operator(), jobs=services.jobs)))
    typer.echo(f"They are kept in {settings.var_dir / 'backups'}.")


def how_it_stands(job: JobStanding | None) -> str:
    """Return in a sentence or two how the daily backup stands."""
    if job is None or (job.done_at is None and job.failed_at is None):
        return "No worker has made a backup yet; the first comes ten minutes after the first start."
    if backups.are_left_out(job):
        return "No backup is made: keep_backups of the settings is 0. Something else has to back up the database."
    is_made = job.done_at is not None and backups.is_made(job)
    made = f"The last backup was made at {job.done_at:%Y-%m-%d %H:%M} UTC." if is_made else "None was made yet."
    if job.failed_at is None:
        return made
    again = f"It is tried again at {job.due_at:%H:%M} UTC."
    return f"{made} The one at {job.failed_at:%Y-%m-%d %H:%M} UTC failed: {job.error} {again}"


def described(manifest: Manifest) -> str:
    """Return in words how much a backup holds."""
    return (
        f"{plural(manifest.documents, 'document')} in {plural(len(manifest.collections), 'collection')}, "
        f"{megabytes(manifest.size)}, "
        f"made {manifest.made_at:%Y-%m-%d %H:%M} UTC by SmartBank {manifest.smartbank_version}"
    )


def megabytes(size: int) -> str:
    """Return a number of bytes in MB."""
    return f"{size / 1_000_000:,.1f} MB"
