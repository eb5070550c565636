"""The command that takes the database to another schema version: `python -m smartbank migrate`."""

from contextlib import nullcontext
from datetime import UTC, datetime
from typing import Annotated

import typer

from smartbank.cli.instance import sole_instance
from smartbank.cli.operating import operator
from smartbank.config import Settings, load_settings
from smartbank.core.backups import BEFORE_MIGRATION
from smartbank.core.wording import agreeing, plural
from smartbank.services import migrating


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command()(migrate)


def migrate(
    to: Annotated[int | None, typer.Option(help="Schema version; the newest one unless named.", min=1)] = None,
    backup: Annotated[bool, typer.Option(help="Make a backup first.")] = True,
) -> None:
    """Take the database to the schema of this SmartBank, or back to an earlier one. Stop SmartBank first."""
    settings = load_settings()
    with sole_instance(settings.var_dir, address="a migration") if settings.mongodb_uri is None else nullcontext():
        done = take_to(to, settings, backup=backup)
    if not done.documents and done.before == done.after:
        typer.echo(f"The database has schema version {done.after} already; nothing was changed.")
    else:
        report(done, settings)


def bring_forward(settings: Settings) -> None:
    """Take a database that was just imported to the newest version, if it is not there."""
    done = take_to(None, settings, backup=False)
    if done.before != done.after:
        report(done, settings)


def take_to(to: int | None, settings: Settings, *, backup: bool) -> migrating.Migrated:
    """Take the database in force to a version."""
    from smartbank.bootstrap import data as opened  # noqa: PLC0415 - imports the model's libraries

    with opened.open_migration(settings) as services:
        return migrating.migrate(
            to,
            backup=backup,
            by=operator(),
            schema=services.schema,
            shelf=services.backups,
            audit=services.audit,
            now=datetime.now(UTC),
        )


def report(done: migrating.Migrated, settings: Settings) -> None:
    """Say what a migration did."""
    if done.backup:
        typer.echo(f"A backup was made before: {settings.var_dir / 'backups' / done.backup}")
    typer.echo(
        f"The database has schema version {done.after} now; {plural(done.documents, 'document')} "
        f"{agreeing(done.documents, 'was', 'were')} rewritten."
    )
    if done.after < done.before:
        typer.echo("The older SmartBank does not know whom it must not call: objections and marks are not looked at.")
    if done.sealed_names:
        typer.echo(_still_in_clear(settings))


def _still_in_clear(settings: Settings) -> str:
    """Say where names stay readable after the migration that seals them, and what to do."""
    backups = settings.var_dir / "backups" / BEFORE_MIGRATION
    said = (
        "Names and phone numbers are sealed from now on. What was copied before still holds them as they were: when "
        f"you no longer need the way back, delete {backups}* and what the earlier SmartBank exported."
    )
    if settings.mongodb_uri is not None:
        return f"{said} Logs and backups of your MongoDB hold them too, until it drops them."
    return (
        f"{said} The files of the embedded database may hold them too: to be rid of these, `python -m smartbank data "
        "export`, import that into a new folder (SMARTBANK_VAR_DIR, with a copy of data-keys), and delete the old one."
    )
