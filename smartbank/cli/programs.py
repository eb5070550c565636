"""Commands on programs: `python -m smartbank program add|list|disable|enable|key|revoke`."""

from collections.abc import Generator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Annotated, Final

import typer

from smartbank.cli.operating import operator
from smartbank.config import load_settings
from smartbank.core.people import ROLE_RIGHTS, Role
from smartbank.core.ports import AuditLog, ProgramRepository
from smartbank.core.programs import MOST_KEY_DAYS
from smartbank.core.scopes import rights_in, scope_of
from smartbank.services import programs
from smartbank.services.programs import ProgramAccount, ShownKey

Name = Annotated[str, typer.Argument(help="Name of the program.")]
KEY_DAYS: Final = 365

program_app = typer.Typer(
    help="Add, list, disable and enable programs that use the API, make and revoke their keys.", no_args_is_help=True
)


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    app.add_typer(program_app, name="program")


@program_app.command()
def add(
    name: Annotated[str, typer.Argument(help="3 to 40 small letters, digits and dashes; a letter first.")],
    role: Annotated[Role, typer.Option(help="The role whose rights it has.")],
    scope: Annotated[
        list[str] | None, typer.Option(help="What it is limited to; give it again for each. All of the role if none.")
    ] = None,
    purpose: Annotated[str, typer.Option(help="What it is for.")] = "added on the command line",
) -> None:
    """Add a program; it can do nothing before it has a key."""
    rights = rights_in(" ".join(scope or ())) or ROLE_RIGHTS[role]
    with open_programs() as (kept, audit):
        program = programs.add_program(
            name, role, rights, purpose, by=operator(), programs=kept, audit=audit, now=datetime.now(UTC)
        )
    typer.echo(f"{program.name} may use the API as {program.role}, limited to: {scope_of(program.rights)}.")
    typer.echo(f"Make a key for it: python -m smartbank program key {program.name}")


@program_app.command("list")
def list_programs() -> None:
    """List every program with role, state and scope, and its keys with end and last use; never a secret."""
    with open_programs() as (kept, _):
        accounts = programs.list_programs(by=operator(), programs=kept, now=datetime.now(UTC))
    for account in accounts:
        typer.echo("\n".join(said_of(account)))
    if not accounts:
        typer.echo("There is no program. Add one with `python -m smartbank program add`.")


@program_app.command()
def disable(name: Name) -> None:
    """Lock a program out at once, with all its keys and tokens."""
    with open_programs() as (kept, audit):
        programs.disable_program(name, by=operator(), programs=kept, audit=audit, now=datetime.now(UTC))
    typer.echo(f"{name} is disabled: its keys and tokens are refused.")


@program_app.command()
def enable(name: Name) -> None:
    """Let a disabled program in again, with the keys it had."""
    with open_programs() as (kept, audit):
        programs.enable_program(name, by=operator(), programs=kept, audit=audit, now=datetime.now(UTC))
    typer.echo(f"{name} may use the API again.")


@program_app.command()
def key(
    name: Name,
    days: Annotated[int, typer.Option(help="After how many days it expires.", min=1, max=MOST_KEY_DAYS)] = KEY_DAYS,
    no_end: Annotated[bool, typer.Option("--no-end", help="It never expires; revoke it by hand.")] = False,
) -> None:
    """Make a key for a program; it is printed once, alone on standard output, and kept nowhere."""
    with open_programs() as (kept, audit):
        made, clear = programs.add_key(
            name,
            days=None if no_end else days,
            by=operator(),
            programs=kept,
            audit=audit,
            now=datetime.now(UTC),
        )
    end = "has no end" if made.expires_at is None else f"is good until {made.expires_at:%Y-%m-%d %H:%M} UTC"
    typer.echo(f"The key {made.key_id} of {made.program} {end}. This is the only time it is shown:", err=True)
    typer.echo(clear)


@program_app.command()
def revoke(key_id: Annotated[str, typer.Argument(help="The 12 digits that name the key.")]) -> None:
    """Have a key refused from now on, and the tokens it was exchanged for."""
    with open_programs() as (kept, audit):
        revoked = programs.revoke_key(key_id, by=operator(), programs=kept, audit=audit, now=datetime.now(UTC))
    typer.echo(f"The key {key_id} is revoked." if revoked else f"The key {key_id} was revoked before.")


@contextmanager
def open_programs() -> Generator[tuple[ProgramRepository, AuditLog]]:
    """Open programs and audit log of the database the settings name; joins the embedded one where it runs."""
    from smartbank import bootstrap  # noqa: PLC0415 - imports the model's libraries

    with bootstrap.open_programs(load_settings()) as opened:
        yield opened


def said_of(account: ProgramAccount) -> list[str]:
    """Return the lines that tell of a program and its keys."""
    program = account.program
    state = "disabled" if program.disabled else "active"
    return [
        f"{program.name:<24} {program.role:<8} {state:<9} since {program.created_at:%Y-%m-%d}  {program.purpose}",
        f"    scope: {scope_of(program.rights)}",
        *(_said_of_key(each) for each in account.keys),
        *([] if account.keys else ["    no key"]),
    ]


def _said_of_key(shown: ShownKey) -> str:
    if shown.revoked_at is not None:
        end = f"revoked {shown.revoked_at:%Y-%m-%d}"
    elif shown.expires_at is None:
        end = "no end"
    else:
        end = f"{'good until' if shown.is_good else 'expired'} {shown.expires_at:%Y-%m-%d}"
    used = "never used" if shown.last_used_at is None else f"last used {shown.last_used_at:%Y-%m-%d %H:%M} UTC"
    return f"    key {shown.key_id}  {end:<21} {used}"
