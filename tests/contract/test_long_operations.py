"""Operations that take minutes on a large database: they may, somebody is seen to be alive, and Ctrl-C ends them."""

import threading
import time
from datetime import UTC, datetime

import pytest

from smartbank.adapters import mongo
from smartbank.adapters.mongo import connection, holders
from smartbank.errors import BackupError, StorageError
from tests.contract.test_migrate import go
from tests.faults.embedded import QUICK
from tests.faults.proxy import Proxy
from tests.start.processes import wait_for


@pytest.fixture
def behind_proxy(empty, server_uri):
    """Return a function that connects to the empty database through a proxy, and the proxy."""
    proxy, opened = Proxy(empty.client.address[1]), []

    def connect(**how):
        uri = server_uri.replace(f":{empty.client.address[1]}/", f":{proxy.port}/") + QUICK
        opened.append(mongo.connect(uri, empty.name, timeout_ms=2_000, **how))
        return opened[-1]

    yield connect, proxy
    proxy.close()
    for each in opened:
        each.client.close()


def test_whoever_works_on_the_whole_database_waits_for_as_long_as_an_operation_takes(behind_proxy, monkeypatch):
    monkeypatch.setattr(connection, "_SOCKET_TIMEOUT_MS", 300)
    connect, proxy = behind_proxy
    patient, hasty = connect(patient=True), connect()
    for database in (patient, hasty):
        mongo.ping(database)

    def take_time():
        proxy.at(b"ping", take_time)  # the driver asks once more
        time.sleep(4)

    proxy.at(b"ping", take_time)
    mongo.ping(patient)
    with pytest.raises(StorageError, match="does not answer"):
        mongo.ping(hasty)


def test_who_ends_while_the_database_is_busy_does_not_wait_for_it(behind_proxy, monkeypatch):
    monkeypatch.setattr(holders, "_LET_GO_S", 0.5)
    connect, proxy = behind_proxy
    database = connect(patient=True)
    mongo.ping(database)
    proxy.silence()

    ending = threading.Thread(target=holders.let_go, args=(database["schema"], {"_id": "schema"}), daemon=True)
    ending.start()

    wait_for(lambda: not ending.is_alive(), within_s=60)


def test_signs_of_life_are_given_while_one_operation_takes_its_time_and_no_longer(empty):
    said = []

    def say():
        said.append(time.monotonic())
        if len(said) == 1:
            raise BackupError("Somebody took it over.")

    with holders.beating(say, every_s=0.01):
        wait_for(lambda: len(said) > 2)
    wait_for(lambda: time.monotonic() - said[-1] > 0.2, within_s=5)


def test_a_worker_that_was_killed_is_no_worker_at_work(empty, tmp_path):
    mongo.ensure_schema(empty)
    held_by = {"state": "running", "lease_until": datetime(2100, 1, 1, tzinfo=UTC)}
    dead = holders.this_process() | {"began": "1"}
    empty["exports"].insert_one({"_id": "1", "schema_version": 3, "holder": dead, **held_by})

    go(empty, tmp_path)
