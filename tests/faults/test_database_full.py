"""The disk of the embedded database fills up: what was acknowledged stays, and it comes back once there is room."""

import pytest

from smartbank.adapters.embedded import revive_embedded
from smartbank.adapters.embedded.server import last_port
from smartbank.core.work import WorkKind
from smartbank.errors import StartUpError, StorageError
from tests.faults.embedded import FaultyBank, embedded_behind_proxy, services_on
from tests.faults.filesystems import filled, small_disk

FULL = r"The database refused the operation \(code 1\)\. Check that its disk is not full"


@pytest.fixture
def disk(tmp_path):
    with small_disk(tmp_path / "disk", megabytes=100) as disk:
        yield disk


def upload_on_and_on(bank, kept):
    """Bring files in until one is refused, and note the ids of those that were taken."""
    while True:
        kept.append(bank.upload(bytes([len(kept)]) * 200_000))


def test_what_was_acknowledged_stays_and_with_room_again_the_database_comes_back_where_it_was(disk, api_of):
    folder = disk / "var"
    with embedded_behind_proxy(folder) as (server, _), services_on(server.uri, folder) as services:
        bank = FaultyBank(services)
        kept = [bank.upload(b"the first")]
        with filled(disk):
            with pytest.raises(StorageError, match=FULL):
                upload_on_and_on(bank, kept)
            refused = api_of(services).get("/v1/call-lists")
            with pytest.raises(StartUpError, match="Often the disk is full"):
                revive_embedded(folder, asks=True)

        came_back = revive_embedded(folder, asks=True)

        assert (refused.status_code, refused.headers["Retry-After"]) == (503, "5")
        assert refused.json()["detail"].startswith("The database refused the operation (code 1).")
        assert (came_back, last_port(folder)) == ((server.uri, True), server.port)
        assert revive_embedded(folder, asks=True) == (server.uri, False)
        assert [len(b"".join(services.files.open(each))) for each in kept] == [9, *[200_000] * (len(kept) - 1)]
        queued = {work.work_id for work in services.queue.every(WorkKind.UPLOAD)}
        assert set(kept) <= queued
        assert b"".join(services.files.open(bank.upload(b"room again"))) == b"room again"
