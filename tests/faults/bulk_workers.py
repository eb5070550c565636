"""Workers as processes of their own that can be killed, each forked from one that has everything loaded.

They work on MongoDB through the real adapters; the scorer is the one of the tests, so that a run takes a second or two.
"""

import os
import select
import signal
import subprocess
import sys
import threading
from contextlib import suppress

from smartbank.adapters import mongo
from smartbank.services import keeping_scores, lease, populations
from tests.database import repositories_on
from tests.services import memory_services
from tests.start.processes import ROOT

SMALL_STEPS = (
    (populations, "CHUNK_ROWS", 100),
    (keeping_scores, "PART_ROWS", 300),
    (keeping_scores, "PREDICTION_ROWS", 50),
)
"""Makes a run of a few hundred leads have many chunks and batches: module, name, value."""


def services_on(database):
    """Return services whose storage of runs and customers is a database, everything else in memory."""
    return memory_services(
        **repositories_on(database, "queue", "frames", "customers", "erased", "predictions", "outcomes"),
        **repositories_on(database, "audit", "inbox", "settings"),
    )


def _in_small_steps():
    for module, name, value in SMALL_STEPS:
        setattr(module, name, value)
    lease.Lease.__init__.__kwdefaults__.update(report_every_s=0.0, heartbeat_s=0.1)


class Workers:
    """A process that forks workers; leave its context and all of them are gone."""

    def __init__(self, uri, name):
        command = [sys.executable, "-m", "tests.faults.bulk_workers", uri, name]
        self._nest = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.alive = []

    def __enter__(self):
        return self

    def __exit__(self, *_exc):
        for pid in list(self.alive):
            self.kill(pid)
        self._nest.stdin.close()
        self._nest.wait(30)
        self._nest.stdout.close()

    def start(self):
        """Start a worker, wait until it looks for work, and return its process id."""
        self._nest.stdin.write("start\n")
        self._nest.stdin.flush()
        pid = int(self._nest.stdout.readline())
        self.alive.append(pid)
        return pid

    def kill(self, pid):
        """Kill a worker, and wait until it is gone."""
        os.kill(pid, signal.SIGKILL)
        self.alive.remove(pid)
        with suppress(ProcessLookupError):
            ended = os.pidfd_open(pid)
            select.select([ended], [], [], 30)
            os.close(ended)


def _nest(uri, name):
    from smartbank.worker import worker_of  # noqa: PLC0415 - not needed by who starts workers

    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for _ in sys.stdin:
        pid = os.fork()
        if pid:
            sys.stdout.write(f"{pid}\n")
            sys.stdout.flush()
            continue
        _in_small_steps()
        services = services_on(mongo.connect(uri, name, timeout_ms=20_000))
        worker_of(services, stop=threading.Event()).run(poll_s=0.02)
        os._exit(0)


if __name__ == "__main__":
    _nest(*sys.argv[1:])
