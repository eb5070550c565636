"""The first start of the embedded database: its user and password, made while it asks for none."""

import secrets
from pathlib import Path
from typing import Final

from pymongo import MongoClient
from pymongo.errors import OperationFailure, PyMongoError

from smartbank.adapters.embedded.guard import plant_marker
from smartbank.adapters.embedded.server import USER, start_server, stop_server, storage, write_private
from smartbank.errors import StartUpError

_USER_EXISTS: Final = 51003


def is_set_up(folder: Path) -> bool:
    """Whether the first start was finished.

    Raises
    ------
    StartUpError
        It was, but the data or the password has gone since.
    """
    if not (folder / "starts").exists():
        return False
    for needed in (storage(folder), folder / "password"):
        if not needed.exists():
            raise StartUpError(
                f"{needed} is missing, so the data of the embedded database cannot be opened. Put it back from a "
                f"backup, or move the folder {folder} away to begin with an empty database."
            )
    return True


def set_up(folder: Path) -> None:
    """Make the user and plant the marker; safe to repeat after a crash."""
    if (folder / "password").exists():
        password = load_password(folder)
    else:
        password = secrets.token_urlsafe(32)
        write_private(folder / "password", password)
    server = start_server(folder, password=None)
    try:
        client: MongoClient[dict[str, object]] = MongoClient(server.uri)
        with client:
            _create_user(client, password)
        plant_marker(server.uri, folder)
    except PyMongoError as exc:
        raise StartUpError(
            f"The embedded database could not be set up. Its own words are in {folder / 'server.log'}."
        ) from exc
    finally:
        stop_server(folder)


def load_password(folder: Path) -> str:
    """Return the generated password."""
    return (folder / "password").read_text()


def _create_user(client: MongoClient[dict[str, object]], password: str) -> None:
    try:
        client.admin.command("createUser", USER, pwd=password, roles=["root"])
    except OperationFailure as exc:
        if exc.code != _USER_EXISTS:
            raise
        client.admin.command("updateUser", USER, pwd=password)
