"""Open the database."""

from typing import Any, Final

from pymongo import MongoClient
from pymongo.database import Database

from smartbank.adapters.mongo.command_times import CommandTimes
from smartbank.adapters.mongo.errors import address_errors, storage_errors

MongoDatabase = Database[dict[str, Any]]
_SOCKET_TIMEOUT_MS: Final = 120_000


def connect(uri: str, database: str, *, timeout_ms: int, patient: bool = False) -> MongoDatabase:
    """Open one pooled client for the process; nothing is sent until the first operation.

    Parameters
    ----------
    timeout_ms : int
        How long to look for a server and to wait for a connection; a running operation may take longer.
    patient : bool
        Whether an operation may take as long as it does, as the indexes of a large collection do; else two minutes.

    Raises
    ------
    StorageError
        The address cannot be used.
    """
    with address_errors(), storage_errors():
        client: MongoClient[dict[str, Any]] = MongoClient(
            uri,
            appname="smartbank",
            event_listeners=[CommandTimes()],
            tz_aware=True,
            w="majority",
            journal=True,
            serverSelectionTimeoutMS=timeout_ms,
            connectTimeoutMS=timeout_ms,
            socketTimeoutMS=None if patient else max(timeout_ms, _SOCKET_TIMEOUT_MS),
        )
        return client[database]


def ping(database: MongoDatabase) -> None:
    """Ask the database for a sign of life. Raises `StorageError`."""
    with storage_errors():
        database.command("ping")
