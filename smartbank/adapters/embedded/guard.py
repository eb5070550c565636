"""Notice at start-up that the embedded database lost data, by a marker and a count of starts inside and beside it."""

from pathlib import Path
from typing import Any, Final

from pymongo import MongoClient
from pymongo.errors import PyMongoError

from smartbank.adapters.embedded.server import write_private
from smartbank.core.fingerprint import fingerprint
from smartbank.errors import StartUpError

_DATABASE: Final = "smartbank_embedded"


def plant_marker(uri: str, folder: Path) -> None:
    """Store the marker in a new database, then beside it; the file says that the first start is finished."""
    with _connected(uri) as client:
        client[_DATABASE]["marker"].replace_one({"_id": "starts"}, _marker(0), upsert=True)
    write_private(folder / "starts", "0")


def check_and_count(uri: str, folder: Path) -> None:
    """Compare the marker with the file beside it and count this start.

    The count inside is raised first: after a crash in between it is ahead, never behind.

    Raises
    ------
    StartUpError
        The marker is missing, altered or older than the file, so the engine opened with less than it had; or it cannot
        be read or written.
    """
    try:
        expected = int((folder / "starts").read_text())
        with _connected(uri) as client:
            marker = client[_DATABASE]["marker"].find_one({"_id": "starts"})
            if marker is None or marker["check"] != _marker(marker["starts"])["check"] or marker["starts"] < expected:
                raise StartUpError(_damaged(folder))
            starts = int(marker["starts"]) + 1
            client[_DATABASE]["marker"].replace_one({"_id": "starts"}, _marker(starts))
    except PyMongoError as exc:
        raise StartUpError(
            f"The embedded database in {folder} started, and gave up at once. Its own words are in "
            f"{folder / 'server.log'}. Most often the disk is full: make room and start again. If it has room, put the "
            "folder back from a backup."
        ) from exc
    except ValueError as exc:
        raise StartUpError(_damaged(folder)) from exc
    write_private(folder / "starts", str(starts))


def _damaged(folder: Path) -> str:
    return (
        f"The embedded database in {folder} is damaged: it opened without data it had before. Nothing was changed. "
        "Put the folder back from a backup, or move it away and import your last `data export` into an empty one."
    )


def _marker(starts: int) -> dict[str, Any]:
    return {"_id": "starts", "starts": starts, "check": fingerprint(["starts", starts])}


def _connected(uri: str) -> MongoClient[dict[str, Any]]:
    return MongoClient(uri, serverSelectionTimeoutMS=10_000)
