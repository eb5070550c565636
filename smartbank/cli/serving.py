"""Commands that start and keep running: `serve`, `web` and `worker`, and `setup`, which goes before the last two."""

import os
import signal
import socket
import threading
from typing import Annotated

import typer

from smartbank.cli.children import leave_with_parent
from smartbank.cli.instance import listen, sole_instance
from smartbank.config import Settings, load_settings
from smartbank.errors import StartUpError
from smartbank.logs import start_log
from smartbank.signals import at_an_end

Parent = Annotated[int, typer.Option(hidden=True, help="Leave when this process is gone.")]
Listener = Annotated[int, typer.Option(hidden=True, help="Number of the listening socket handed on.")]


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    app.command()(serve)
    app.command()(setup)
    app.command()(web)
    app.command()(worker)


def serve() -> None:
    """Start everything on this computer: the database unless one is named, a worker, and the screens."""
    settings = settings_of("serve")
    with (
        sole_instance(settings.var_dir, address=settings.address()),
        listen(settings.host, settings.port) as listener,
    ):
        from smartbank.cli.launch import launch, leaving_at_signals  # noqa: PLC0415 - imports the model's libraries

        with leaving_at_signals():
            launch(settings, listener=listener)


def setup() -> None:
    """Make the schema and the first administrator on the MongoDB that is named, and end; again changes nothing."""
    settings = settings_of("setup")
    if settings.mongodb_uri is None:
        raise StartUpError("`setup` needs a database: set SMARTBANK_MONGODB_URI, or start everything with `serve`.")
    from smartbank import bootstrap  # noqa: PLC0415 - imports the model's libraries
    from smartbank.cli.launch import password_line, prepare  # noqa: PLC0415

    bootstrap.refuse_in_production(settings)
    password = prepare(settings)
    bootstrap.refuse_in_production(settings, asks_database=True)
    typer.echo("The database is set up.")
    if password is not None:
        typer.echo(password_line(password))


def web(parent: Parent = 0, listener: Listener = -1) -> None:
    """Serve the screens alone, on a MongoDB that is set up; several may stand behind a balancer."""
    settings = settings_of("web")
    if settings.mongodb_uri is None:
        raise StartUpError("`web` needs a database: set SMARTBANK_MONGODB_URI, or start everything with `serve`.")
    open_socket = listen(settings.host, settings.port) if listener < 0 else socket.socket(fileno=listener)
    from smartbank import server  # noqa: PLC0415 - Streamlit takes a second to import
    from smartbank.cli.launch import leaving_at_signals, opened  # noqa: PLC0415

    with open_socket, leaving_at_signals(), opened(settings):
        if parent:
            leave_with_parent(parent, terminate)
        server.run(open_socket)


def worker(parent: Parent = 0) -> None:
    """Do queued work (uploads, scoring runs, exports) until stopped; start several to do more at a time."""
    settings = settings_of("worker")
    from smartbank import bootstrap  # noqa: PLC0415 - imports the model's libraries
    from smartbank.cli.launch import leaving_at_signals, opened  # noqa: PLC0415
    from smartbank.worker import run_worker  # noqa: PLC0415

    bootstrap.refuse_in_production(settings)
    with leaving_at_signals(), opened(settings) as ready:
        if parent:
            leave_with_parent(parent, terminate)
        services = bootstrap.build_services(ready)
        stop = threading.Event()
        at_an_end(lambda *_: stop.set())  # from here on there may be work to give back first
        run_worker(services, stop=stop, poll_s=settings.worker_poll_s)


def terminate() -> None:
    """Send SIGTERM to this process, to end it the way it always ends."""
    os.kill(os.getpid(), signal.SIGTERM)


def settings_of(role: str) -> Settings:
    """Return the settings, and begin the log as they say. Raises `StartUpError`."""
    settings = load_settings()
    start_log(role, as_json=settings.log_as_json(), level=settings.log_level)
    return settings
