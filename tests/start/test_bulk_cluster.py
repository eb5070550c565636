"""Scoring from file to file on a real scheduler and real workers, one of which is killed half way."""

import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from smartbank.bootstrap.bulk import workers_of
from smartbank.errors import ClusterError
from tests.bulk import content, scored, some_leads, written
from tests.certificates import write_certificate
from tests.start.processes import free_port, wait_for

ROOT = Path(__file__).parents[2]
NAMES = ("w0", "w1", "w2")
SCORE = "smartbank-score-"
"""How the names of the tasks that score a piece begin."""


@contextmanager
def process(*arguments, log, **variables):
    """Run a command of Dask on this computer until the context ends."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("SMARTBANK_", "DASK_"))}
    environment |= {"SMARTBANK_MODELS_DIR": str(ROOT / "models")} | variables
    with log.open("w") as said:
        started = subprocess.Popen(
            [sys.executable, "-m", *arguments], cwd=ROOT, env=environment, stdout=said, stderr=said
        )
    try:
        yield started
    finally:
        started.kill()
        started.wait()


@pytest.fixture(scope="module")
def secured(tmp_path_factory):
    """Make a certificate for all processes; return the variables that name it, and have this process use it."""
    import dask  # noqa: PLC0415

    certificate, key = write_certificate(tmp_path_factory.mktemp("tls"), host="127.0.0.1")
    own = {"cert": str(certificate), "key": str(key)}
    tls = {"ca-file": str(certificate), "scheduler": own, "worker": own, "client": own}
    with dask.config.set({"distributed.comm.tls": tls}):
        yield {"DASK_DISTRIBUTED__COMM__REQUIRE_ENCRYPTION": "true"} | {
            "DASK_DISTRIBUTED__COMM__TLS__CA_FILE": str(certificate),
            **{
                f"DASK_DISTRIBUTED__COMM__TLS__{role}__{part.upper()}": path
                for role in ("SCHEDULER", "WORKER", "CLIENT")
                for part, path in own.items()
            },
        }


@contextmanager
def cluster(folder, variables):
    """Start a scheduler and three workers; yield its address and the workers by name."""
    address = f"tls://127.0.0.1:{free_port()}"
    dask = "distributed.cli.dask_{}".format
    with ExitStack() as running:
        place = ["--host", address.rpartition(":")[0], "--port", address.rpartition(":")[2], "--no-dashboard"]
        running.enter_context(process(dask("scheduler"), *place, log=folder / "scheduler.log", **variables))
        yield (
            address,
            {
                name: running.enter_context(
                    process(
                        dask("worker"),
                        *(address, "--name", name, "--nthreads", "1", "--no-nanny", "--no-dashboard"),
                        *("--local-directory", str(folder / name)),
                        log=folder / f"{name}.log",
                        **variables,
                    )
                )
                for name in NAMES
            },
        )


def killed_half_way(address, workers):
    """Kill a worker that is scoring once a piece is done; return how many were done by then."""
    with workers_of(address) as runner:
        client = runner._client

        def scoring():
            done = sum(bool(where) and key.startswith(SCORE) for key, where in client.who_has().items())
            at_work = [place for place, tasks in client.processing().items() if any(t.startswith(SCORE) for t in tasks)]
            known = client.scheduler_info(n_workers=-1)["workers"]
            return (done, known[at_work[-1]]["name"]) if done and at_work else None

        done, name = wait_for(scoring, every_s=0.01)
        workers[name].send_signal(signal.SIGKILL)
        workers[name].wait()
        wait_for(lambda: len(client.scheduler_info(n_workers=-1)["workers"]) == len(NAMES) - 1)
    return done


def pieces(folder, *, count, rows):
    return written(
        folder, **{f"f{n:03}": some_leads(rows, seed=n, first=n * (rows - 1)) for n in range(count)}
    )  # the last id of each file is the first of the next one


def require_same_bytes(tmp_path, variables, *, count, rows, rows_per_part):
    folder = pieces(tmp_path / "in", count=count, rows=rows)
    alone = scored(folder, tmp_path / "alone", rows_per_part=rows_per_part)
    with cluster(tmp_path, variables) as (address, workers), ThreadPoolExecutor(1) as beside:
        together = beside.submit(
            scored, folder, tmp_path / "together", rows_per_part=rows_per_part, scheduler=address, workers=None
        )
        done = killed_half_way(address, workers)
        manifest = together.result(timeout=300)

    assert 0 < done < count
    assert manifest == alone
    assert manifest["leads"]["of_them_duplicates"] == count - 1
    assert content(tmp_path / "together") == content(tmp_path / "alone")
    assert not list(tmp_path.glob(".together*"))


def test_a_worker_killed_half_way_changes_no_byte(tmp_path, secured):
    require_same_bytes(tmp_path, secured, count=60, rows=200, rows_per_part=3_000)


@pytest.mark.soak
def test_a_worker_killed_half_way_changes_no_byte_of_a_million_leads(tmp_path, secured):
    require_same_bytes(tmp_path, secured, count=40, rows=25_000, rows_per_part=100_000)


def test_a_scheduler_that_is_not_there_or_has_no_worker_is_said(tmp_path, secured):
    address = f"tls://127.0.0.1:{free_port()}"

    with pytest.raises(ClusterError, match="No scheduler answers"), workers_of(address, wait_s=0.5):
        pass
