"""An embedded database that a test can kill, and a bank on it that reaches it through a network of the test's own."""

import os
import signal
import threading
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from importlib.util import find_spec
from pathlib import Path

import pytest
from pymongo import MongoClient

from smartbank import bootstrap, worker
from smartbank.adapters.embedded import open_embedded, revive_embedded
from smartbank.adapters.embedded.server import last_port
from smartbank.adapters.mongo import MongoWorkQueue
from smartbank.bootstrap import list_ports
from smartbank.config import Settings
from smartbank.core.call_lists import ListRequest
from smartbank.core.capacity import Capacity
from smartbank.core.work import WorkState
from smartbank.services.list_release import queue_release
from smartbank.services.runs import RunSource, queue_run
from smartbank.services.sign_in import token_hash
from smartbank.services.uploads import queue_upload
from tests.actors import ANA
from tests.database import WITHOUT_SERVER
from tests.faults.proxy import Proxy
from tests.start.processes import ROOT, wait_for

NO_ANSWER = "The database does not answer. Check that it is running and reachable, then try again."
LEASE_S = 1.0
TIMEOUT_MS = 1_000
QUICK = "&directConnection=true&heartbeatFrequencyMS=500"
"""Has the driver stay with the proxy, and see within a second that nothing comes through it any more."""


class Embedded:
    """The server of a folder."""

    def __init__(self, folder, uri):
        self.folder, self.uri, self.port = folder, uri, last_port(folder)

    def kill(self):
        """End it at once, as the kernel ends what takes too much memory, and wait until it is gone."""
        pid = int((self.folder / "server.pid").read_text())
        os.kill(pid, signal.SIGKILL)
        wait_for(lambda: not _runs(pid))

    def revive(self):
        """Do what `serve` does when it sees that the server is gone."""
        revive_embedded(self.folder)

    def for_reader(self, name="faults"):
        """Return the address for a user who may read a database and nothing else."""
        with MongoClient(self.uri) as client:
            client.admin.command("createUser", "reader", pwd="reads", roles=[{"role": "read", "db": name}])
        return f"mongodb://reader:reads@127.0.0.1:{self.port}/?authSource=admin&w=majority&journal=true"

    def through(self, proxy):
        """Return its address behind a proxy."""
        return self.uri.replace(f":{self.port}/", f":{proxy.port}/") + QUICK


@contextmanager
def embedded_behind_proxy(folder):
    """Yield a server on a folder, and the network before it; skip where there is none to start."""
    if find_spec("secantus") is None:
        pytest.skip(WITHOUT_SERVER)
    with open_embedded(folder) as uri:
        server = Embedded(folder, uri)
        proxy = Proxy(server.port)
        try:
            yield server, proxy
        finally:
            proxy.close()


@contextmanager
def services_on(uri, folder, name="faults"):
    """Yield the services as `serve` builds them, where work whose worker fell silent waits for a second only."""
    settings = Settings(
        var_dir=folder,
        models_dir=ROOT / "models",
        market_online=False,
        mongodb_database=name,
        mongodb_timeout_ms=TIMEOUT_MS,
    ).on_database(uri)
    services = bootstrap.build_services(settings)
    database = services.users._users.database
    yield replace(services, queue=MongoWorkQueue(database, vault=services.signer, lease_s=LEASE_S))
    database.client.close()


def hold_session(services, *, now):
    """Let the manager of the screens be signed in, and seen last at a moment."""
    ana = services.users.find("ana")
    services.users.start_session(token_hash("ana's"), ana, now=now, expires_at=now + timedelta(hours=12))


@contextmanager
def working(services):
    """Let a worker do what is queued, in a thread, until the context ends; it does not end by itself."""
    stop = threading.Event()
    thread = threading.Thread(target=worker.worker_of(services, stop=stop).run, kwargs={"poll_s": 0.05}, daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(30)
        assert not thread.is_alive()


class FaultyBank:
    """Brings customers in, scores them and releases lists on services whose database may be away."""

    def __init__(self, services, server=None):
        self.services, self.server = services, server
        self._began = datetime.now(UTC)

    def now(self):
        self._began += timedelta(milliseconds=5)
        return max(self._began, datetime.now(UTC))

    def ports(self):
        return {"by": ANA, "queue": self.services.queue, "audit": self.services.audit, "now": self.now()}

    def upload(self, content, name="customers.csv"):
        return self.upload_chunks([content], name)

    def upload_chunks(self, chunks, name="customers.csv"):
        return queue_upload(chunks, name, files=self.services.files, **self.ports())

    def score(self, upload_id):
        return queue_run(RunSource("upload", "customers.csv", upload_id=upload_id), market="snapshot", **self.ports())

    def release(self, run_id, name="Monday"):
        """Queue the release of a list of 50 calls."""
        services = self.services
        return queue_release(
            ListRequest(run_id, name, Capacity(1, 5, 6.0), seed="seed"),
            by=ANA,
            ports=list_ports(services),
            users=services.users,
            audit=services.audit,
            now=self.now(),
        )

    def ranked(self, n, prefix):
        """Bring customers in and rank them, and return the run's id; a worker has to be at work."""
        run_id = self.score(self.done(self.upload(customers(n, prefix=prefix))).work_id)
        assert self.done(run_id).state is WorkState.DONE
        return run_id

    def done(self, work_id):
        """Wait until a piece of work has ended, and return it."""
        return wait_for(lambda: self.ended(work_id), within_s=60)

    def ended(self, work_id):
        """Return a piece of work if it has ended."""
        work = self.services.queue.find(work_id)
        return work if work.state.is_final else None


def customers(n, prefix="F"):
    """Return a file of customers of many ages and jobs, whose scores differ."""
    jobs = ("student", "retired", "admin.", "technician", "services")
    lines = [f"{prefix}-{i:05},{20 + i % 60},{jobs[i % 5]},{1 + i % 4}" for i in range(n)]
    return "\n".join(["customer_id,age,job,campaign", *lines, ""]).encode()


def _runs(pid):
    try:
        return (Path("/proc") / str(pid) / "stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
