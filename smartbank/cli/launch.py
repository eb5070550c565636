"""What `serve` does once the folder and the port are its own: prepare, start, say where to go, and keep it running."""

import logging
import signal
import socket
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager
from datetime import UTC, datetime
from types import FrameType
from typing import Final, Never

import typer

from smartbank import bootstrap
from smartbank.cli.children import LONGEST_WAIT_S, Child, wait_until_answers
from smartbank.config import Settings, child_environment
from smartbank.core.wording import plural
from smartbank.errors import StartUpError, StorageError
from smartbank.services.people import ensure_first_admin
from smartbank.signals import at_an_end

logger = logging.getLogger(__name__)

START_WITHIN_S: Final = 60.0
STOP_WITHIN_S: Final = 6.0
CHECK_EVERY_S: Final = 0.5
DATABASE_EVERY_S: Final = 2.0
"""Looked at less often: where there is no /proc, it takes a process to look."""


@contextmanager
def opened(settings: Settings) -> Generator[Settings]:
    """Yield settings that name a database: the one they name, or the embedded one of their folder.

    Whoever uses the embedded one holds it open, `serve` and the processes it starts alike: it stops with the last.
    """
    own = settings.embedded_database or settings.mongodb_uri is None
    wanted = settings.model_copy(update={"mongodb_uri": None}) if own else settings
    with bootstrap.open_database(wanted) as uri:
        yield wanted.on_database(uri)


@contextmanager
def leaving_at_signals() -> Generator[None]:
    """Turn the first Ctrl-C (exit code 130) or SIGTERM (0) into `SystemExit`, so that everything is undone in order.

    Afterwards the process ends, and what tells it to end again is ignored: it would cut the leave-taking short.
    """

    def leave(number: int, _frame: FrameType | None) -> Never:
        at_an_end(signal.SIG_IGN)
        raise SystemExit(130 if number == signal.SIGINT else 0)

    at_an_end(leave)
    try:
        yield
    finally:
        at_an_end(signal.SIG_IGN)


def launch(settings: Settings, *, listener: socket.socket) -> Never:
    """Serve on a listening socket until a signal comes. Raises a `SmartBankError` when something cannot start."""
    bootstrap.refuse_in_production(settings)
    typer.echo("Starting the embedded database ..." if settings.mongodb_uri is None else "Opening the database ...")
    with opened(settings) as ready:
        password = prepare(ready)
        bootstrap.refuse_in_production(ready, asks_database=True)
        environment = child_environment(ready)
        web = Child("web", environment=environment, listener=listener)
        children = [web, Child("worker", environment=environment)]
        try:
            for child in children:
                child.start()
            wait_until_answers(ready.host, ready.port, child=web, within_s=START_WITHIN_S)
            announce(ready, password=password)
            keep_alive(children, ready)
        finally:
            typer.echo("Stopping ...")
            stop(children)


def keep_alive(children: list[Child], settings: Settings) -> Never:
    """Start again what dies, the embedded database among it, until a signal comes."""
    look_again_at = ask_again_at = 0.0
    while True:
        time.sleep(CHECK_EVERY_S)
        if time.monotonic() >= look_again_at:
            asks = time.monotonic() >= ask_again_at
            found = revive_database(settings, children, asks=asks)
            settings = found or settings
            look_again_at = time.monotonic() + (DATABASE_EVERY_S if found else LONGEST_WAIT_S)
            ask_again_at = time.monotonic() + LONGEST_WAIT_S if asks else ask_again_at
        for child in children:
            child.revive()


def revive_database(settings: Settings, children: list[Child], *, asks: bool) -> Settings | None:
    """Start the embedded database again if it died or is of no use; the children follow where it is elsewhere now.

    That is so where another program took its port, whoever started it again: this process or another one of the folder.

    Returns
    -------
    Settings or None
        Those that name the database; None where it does not run.
    """
    try:
        found, was_down = bootstrap.revive_database(settings, asks=asks)
    except StartUpError as exc:
        logger.error("The embedded database ended and does not start again, so nothing works. %s", exc)
        return None
    if was_down:
        logger.warning("The embedded database had ended or given up and was started again; what was saved is there.")
    if found != settings:
        logger.warning("The embedded database is at another port. Screens and worker start again, to find it there.")
        stop(children)
        for child in children:
            child.start(environment=child_environment(found))
    return found


def prepare(settings: Settings) -> str | None:
    """Make the schema, the first administrator and the demo customers where there are none.

    Returns
    -------
    str or None
        The administrator's password, if one was made up just now.

    Raises
    ------
    StartUpError
        The database cannot be used; says which one.
    """
    given = settings.admin_password.get_secret_value() if settings.admin_password is not None else None
    now = datetime.now(UTC)
    try:
        services = bootstrap.build_services(settings)
        password = ensure_first_admin(
            given, users=services.users, hash_password=bootstrap.hash_password, audit=services.audit, now=now
        )
        if settings.demo_customers and not services.customers.count():
            typer.echo(f"Loading {plural(settings.demo_customers, 'synthetic demo customer')} ...")
            bootstrap.load_demo(services, count=settings.demo_customers, now=now)
    except StorageError as exc:
        database = "The embedded database" if settings.embedded_database else "The MongoDB in SMARTBANK_MONGODB_URI"
        raise StartUpError(f"{database} cannot be used. {exc}") from exc
    return password


def announce(settings: Settings, *, password: str | None) -> None:
    """Say where to go, and the first administrator's password if one was made up."""
    lines = [f"SmartBank is ready: {settings.address()}"]
    if password is not None:
        lines.append(password_line(password))
    if settings.embedded_database:
        lines.append(
            f"The embedded database keeps its data in {settings.var_dir}. It is for trial only: "
            "set SMARTBANK_MONGODB_URI for production."
        )
    lines.append("Ctrl-C stops it.")
    typer.echo("\n".join(lines))
    sys.stdout.flush()


def password_line(password: str) -> str:
    """Return how the first administrator signs in with a password that was made up."""
    return f"Sign in as admin with the password {password} (shown this once; you choose your own then)."


def stop(children: list[Child]) -> None:
    """Stop all at once, and wait for each."""
    deadline = time.monotonic() + STOP_WITHIN_S
    for child in children:
        child.ask_to_stop()
    for child in children:
        child.stop(within_s=max(0.1, deadline - time.monotonic()))
