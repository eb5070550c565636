"""Download UCI's bank marketing archive and keep the training CSV, once its hash is right."""

import hashlib
from pathlib import Path
from typing import Final

import httpx2

from smartbank.adapters.uci_archive import CSV_NAME, training_csv
from smartbank.errors import TrainingDataError

UCI_URL: Final = "https://archive.ics.uci.edu/static/public/222/bank+marketing.zip"
UCI_CSV_SHA256: Final = "74adfc578bf77a7ff4bb1ba4a9f8709d9e3c6907342959c2c8416847e0afb4d8"
"""Of bank-additional-full.csv, 41,188 rows. It decides, not the archive's own hash: UCI may pack the same file anew."""
MAX_ARCHIVE_BYTES: Final = 16 * 2**20
TIMEOUT_S: Final = 30.0


def fetch_uci(target: Path, *, client: httpx2.Client, sha256: str = UCI_CSV_SHA256) -> Path:
    """Download the archive and write the CSV in it to a folder.

    Parameters
    ----------
    target : Path
        Folder to write to; made if it is missing. A file there is replaced only by a checked one.
    client : httpx2.Client
        A test passes one built on `httpx2.MockTransport`.
    sha256 : str
        What the CSV must hash to.

    Returns
    -------
    Path
        The CSV.

    Raises
    ------
    TrainingDataError
        No network, another answer than the archive, a wrong hash, or the folder cannot be written.
    """
    csv = training_csv(_download(client), "UCI's archive")
    found = hashlib.sha256(csv).hexdigest()
    if found != sha256:
        raise TrainingDataError(
            f"{CSV_NAME} in UCI's archive is not the file SmartBank knows (SHA-256 {found[:12]}…, expected"
            f" {sha256[:12]}…). It was changed on the way or by UCI; nothing was kept."
        )
    path = target / CSV_NAME
    staged = path.with_suffix(".part")
    try:
        target.mkdir(parents=True, exist_ok=True)
        staged.write_bytes(csv)
        staged.replace(path)
    except OSError as exc:
        raise TrainingDataError(f"{CSV_NAME} could not be written to {target}. Check the folder and the disk.") from exc
    return path


def open_client() -> httpx2.Client:
    """Return a client fit for one download."""
    return httpx2.Client(timeout=TIMEOUT_S, follow_redirects=True)


def _download(client: httpx2.Client) -> bytes:
    content = bytearray()
    try:
        with client.stream("GET", UCI_URL) as response:
            response.raise_for_status()
            for chunk in response.iter_bytes():
                content += chunk
                if len(content) > MAX_ARCHIVE_BYTES:
                    raise TrainingDataError("UCI's answer is far larger than its archive; nothing was kept.")
    except httpx2.HTTPStatusError as exc:
        raise TrainingDataError(
            f"UCI's server answered {exc.response.status_code} instead of the file. Try again later, or {_BY_HAND}"
        ) from exc
    except httpx2.HTTPError as exc:
        raise TrainingDataError(
            f"UCI's server cannot be reached: there is no network here, or it is down. {_BY_HAND_FIRST}"
        ) from exc
    return bytes(content)


_BY_HAND: Final = f"fetch {UCI_URL} with a browser and pass the file to `python -m smartbank train --data`."
_BY_HAND_FIRST: Final = _BY_HAND[0].upper() + _BY_HAND[1:]
