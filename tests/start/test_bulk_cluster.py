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
from tests.start.processes import free_port, running_on, wait_for
from tests.start.terminal import in_terminal

ROOT = Path(__file__).parents[2]
NAMES = ("w0", "w1", "w2")
SCORE = "smartbank-score-"
"""How the names of the tasks that score a piece begin."""
SOME = 4
"""Pieces that are done when a worker is killed, at least."""
LONG_S = 240


@contextmanager
def process(*arguments, log, **variables):
    """Run a command of Dask on this computer until the context ends."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("SMARTBANK_", "DASK_"))}
    environment |= {"SMARTBANK_MODELS_DIR": "/nowhere"} | variables  # the model comes with the work
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

    folder = tmp_path_factory.mktemp("tls")
    certificate, key = write_certificate(folder, host="127.0.0.1")
    both = folder / "cluster.pem"
    both.write_bytes(key.read_bytes() + certificate.read_bytes())
    roles = ("scheduler", "worker", "client")
    tls = {f"distributed.comm.tls.{role}.cert": str(both) for role in roles}
    named = {f"DASK_DISTRIBUTED__COMM__TLS__{role.upper()}__CERT": str(both) for role in roles}
    with dask.config.set({"distributed.comm.tls.ca-file": str(certificate)} | tls):
        yield {
            "DASK_DISTRIBUTED__COMM__REQUIRE_ENCRYPTION": "true",
            "DASK_DISTRIBUTED__COMM__TLS__CA_FILE": str(certificate),
            **named,
        }


@contextmanager
def cluster(folder, variables):
    """Start a scheduler and three workers; yield its address and the workers by name."""
    port = free_port()
    address = f"tls://127.0.0.1:{port}"
    dask = "distributed.cli.dask_{}".format
    with ExitStack() as running:
        place = ["--protocol", "tls", "--host", "127.0.0.1", "--port", str(port), "--no-dashboard", "--no-show"]
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


def killed_half_way(address, workers, done):
    """Kill a worker that is scoring once some pieces are done; return how many were done by then.

    All workers are stopped first, so that what the scheduler says of them stays true until one is killed.
    """
    wait_for(lambda: len(done()) >= SOME, within_s=LONG_S, every_s=0.002)
    for worker in workers.values():
        worker.send_signal(signal.SIGSTOP)
    scored_by_then = len(done())
    with workers_of(address, LONG_S) as runner:
        client = runner._client
        scoring = [where for where, tasks in client.processing().items() if any(SCORE in task for task in tasks)]
        name = client.scheduler_info(n_workers=-1)["workers"][scoring[-1]]["name"]
        workers[name].kill()
        workers[name].wait()
        for other in workers.values():
            other.send_signal(signal.SIGCONT)
        wait_for(lambda: len(client.scheduler_info(n_workers=-1)["workers"]) == len(NAMES) - 1)
    return scored_by_then


def pieces(folder, *, count, rows):
    return written(
        folder, **{f"f{n:03}": some_leads(rows, seed=n, first=n * (rows - 1)) for n in range(count)}
    )  # the last id of each file is the first of the next one


def require_same_bytes(tmp_path, variables, *, count, rows, rows_per_part):
    folder = pieces(tmp_path / "in", count=count, rows=rows)
    best = 2 * rows_per_part  # of more than one part
    alone = scored(folder, tmp_path / "alone", rows_per_part=rows_per_part, best=best)
    with cluster(tmp_path, variables) as (address, workers), ThreadPoolExecutor(1) as beside:
        with workers_of(address, LONG_S) as runner:
            runner._client.wait_for_workers(len(NAMES), timeout=LONG_S)
        together = beside.submit(
            scored,
            folder,
            tmp_path / "together",
            rows_per_part=rows_per_part,
            best=best,
            scheduler=address,
            workers=None,
        )
        done = killed_half_way(address, workers, lambda: list(tmp_path.glob(".together*/work/leads-*")))
        manifest = together.result(timeout=300)

    assert SOME <= done < count
    assert manifest == alone
    assert manifest["leads"]["of_them_duplicates"] == count - 1
    assert manifest["best"]["leads"] == best
    assert content(tmp_path / "together") == content(tmp_path / "alone")
    assert not list(tmp_path.glob(".together*"))


def test_a_worker_killed_half_way_changes_no_byte(tmp_path, secured):
    require_same_bytes(tmp_path, secured, count=60, rows=200, rows_per_part=3_000)


@pytest.mark.soak
def test_a_worker_killed_half_way_changes_no_byte_of_a_million_leads(tmp_path, secured):
    require_same_bytes(tmp_path, secured, count=40, rows=25_000, rows_per_part=100_000)


def test_a_scheduler_that_is_not_there_is_said(secured):
    with pytest.raises(ClusterError, match="No scheduler answers"), workers_of(f"tls://127.0.0.1:{free_port()}", 0.5):
        pass


def test_without_a_certificate_nobody_is_asked():
    with pytest.raises(ClusterError, match="names certificates"), workers_of(f"tls://127.0.0.1:{free_port()}", 0.5):
        pass


@pytest.mark.soak
def test_processes_of_this_computer_come_to_the_same(tmp_path):
    folder = pieces(tmp_path / "in", count=9, rows=100)

    one = scored(folder, tmp_path / "one", rows_per_part=200)
    two = scored(folder, tmp_path / "two", rows_per_part=200, workers=2)

    assert (one, content(tmp_path / "one")) == (two, content(tmp_path / "two"))


def test_ctrl_c_ends_the_processes_of_this_computer_without_a_word(tmp_path):
    folder = pieces(tmp_path / "in", count=80, rows=400)
    command = ("score", "--input", folder, "--output", tmp_path / "out", "--workers", 2)

    code, said = in_terminal(command, until="Scoring 32,000 rows", SMARTBANK_VAR_DIR=str(tmp_path / "var"))

    assert code == 130
    assert said.splitlines()[1:] == ["^CInterrupted."]
    assert [each.name for each in tmp_path.iterdir()] == ["in"]
    assert list(running_on(tmp_path)) == []


@pytest.mark.soak
def test_a_scheduler_that_goes_away_is_said_in_one_sentence_and_nothing_is_left(tmp_path):
    folder = pieces(tmp_path / "in", count=80, rows=400)
    address = f"tcp://127.0.0.1:{free_port()}"
    scheduler = ("distributed.cli.dask_scheduler", "--host", address, "--no-dashboard", "--no-show")
    worker = ("distributed.cli.dask_worker", address, "--nthreads", "1", "--no-nanny", "--no-dashboard")
    command = ("smartbank", "score", "--input", folder, "--output", tmp_path / "out", "--scheduler", address)
    own = {"SMARTBANK_MODELS_DIR": str(ROOT / "models")}
    with (
        process(*scheduler, log=tmp_path / "scheduler.log") as started,
        process(*worker, "--local-directory", str(tmp_path / "worker"), log=tmp_path / "worker.log"),
        process(*map(str, command), log=tmp_path / "said.log", **own) as ended,
    ):
        wait_for(lambda: list(tmp_path.glob(".out*/work/leads-*")), every_s=0.002)
        started.kill()
        assert ended.wait(LONG_S) == 1

    assert (tmp_path / "said.log").read_text().splitlines()[1:] == [
        "The scheduler went away before the work was done. Start it and score again."
    ]
    assert list(tmp_path.glob("*out*")) == list(tmp_path.glob(".out*")) == []
