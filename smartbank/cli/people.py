"""Commands on users: `python -m smartbank user add|list|role|disable|enable|password|link|emergency`."""

import sys
from collections.abc import Generator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Annotated

import typer

from smartbank.cli.operating import operator
from smartbank.config import load_settings
from smartbank.core.people import Role
from smartbank.core.ports import AuditLog, UserRepository
from smartbank.errors import AccountError
from smartbank.services import linking, passwords, people

Name = Annotated[str, typer.Argument(help="User name.")]
FromStdin = Annotated[bool, typer.Option("--password-stdin", help="Read the password from standard input.")]

user_app = typer.Typer(help="Add, list, disable and enable users, set their roles and passwords.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    app.add_typer(user_app, name="user")


@user_app.command()
def add(
    name: Name,
    role: Annotated[Role, typer.Option(help="What the user is to the bank.")],
    password_stdin: FromStdin = False,
) -> None:
    """Add a user, who has to change the password at the first sign-in."""
    from smartbank.bootstrap import hash_password  # noqa: PLC0415 - imports the model's libraries

    with open_users() as (users, audit):
        password = read_password(from_stdin=password_stdin)
        user = people.add_user(
            name,
            role,
            password,
            by=operator(),
            users=users,
            hash_password=hash_password,
            audit=audit,
            now=datetime.now(UTC),
        )
    typer.echo(f"{user.username} may sign in as {user.role}, and has to change the password then.")


@user_app.command("list")
def list_users() -> None:
    """List every user with role and state."""
    with open_users() as (users, _):
        for user in users.all():
            state = (
                "disabled" if user.disabled else "must change the password" if user.must_change_password else "active"
            )
            if user.by_provider and not user.disabled:
                state = "by identity provider"
            typer.echo(f"{user.username:<24} {user.role:<8} {state:<24} since {user.created_at:%Y-%m-%d}")


@user_app.command()
def role(name: Name, role: Annotated[Role, typer.Argument(help="What the user is to the bank.")]) -> None:
    """Give a user another role; open pages follow at their next click."""
    with open_users() as (users, audit):
        user = people.change_role(name, role, by=operator(), users=users, audit=audit, now=datetime.now(UTC))
    typer.echo(f"{user.username} is {user.role} from now on.")


@user_app.command()
def disable(name: Name) -> None:
    """Lock a user out at once; what the user did stays."""
    with open_users() as (users, audit):
        ended = people.disable_user(name, by=operator(), users=users, audit=audit, now=datetime.now(UTC))
    typer.echo(f"{name} is disabled; sessions ended: {ended}.")


@user_app.command()
def enable(name: Name) -> None:
    """Let a disabled user sign in again."""
    with open_users() as (users, audit):
        people.enable_user(name, by=operator(), users=users, audit=audit, now=datetime.now(UTC))
    typer.echo(f"{name} may sign in again.")


@user_app.command()
def password(name: Name, password_stdin: FromStdin = False) -> None:
    """Give a user another password, which has to be changed at the next sign-in, and end the user's sessions."""
    from smartbank.bootstrap import hash_password  # noqa: PLC0415

    with open_users() as (users, audit):
        chosen = read_password(from_stdin=password_stdin)
        ended = passwords.set_password(
            name,
            chosen,
            by=operator(),
            users=users,
            hash_password=hash_password,
            audit=audit,
            now=datetime.now(UTC),
        )
    typer.echo(f"{name} has another password, to be changed at the next sign-in; sessions ended: {ended}.")


@user_app.command()
def link(name: Name) -> None:
    """Have whoever next comes from the bank's identity provider under this name be this user; ends the password."""
    with open_users() as (users, audit):
        ended = linking.link_user(name, by=operator(), users=users, audit=audit, now=datetime.now(UTC))
    typer.echo(f"{name} signs in at the bank's identity provider from now on; sessions ended: {ended}.")


@user_app.command("emergency")
def emergency_code(name: Name) -> None:
    """Print a code that signs a user in once, within 10 minutes, when the bank's identity provider cannot."""
    with open_users() as (users, audit):
        code = linking.emergency_code(name, by=operator(), users=users, audit=audit, now=datetime.now(UTC))
    typer.echo(f"{code}\n\nGood once, for 10 minutes: on the sign-in page, under “Without your bank's sign-in”.")


@contextmanager
def open_users() -> Generator[tuple[UserRepository, AuditLog]]:
    """Open users and audit log of the database the settings name; joins the embedded one where it runs."""
    from smartbank import bootstrap  # noqa: PLC0415 - imports the model's libraries

    with bootstrap.open_users(load_settings()) as opened:
        yield opened


def read_password(*, from_stdin: bool) -> str:
    """Return a password typed twice, or the first line of standard input. Raises `AccountError` for an empty one."""
    if not from_stdin:
        return str(typer.prompt("Password", hide_input=True, confirmation_prompt=True))
    line = sys.stdin.readline().rstrip("\r\n")
    if not line:
        raise AccountError("There was no password on standard input.")
    return line
