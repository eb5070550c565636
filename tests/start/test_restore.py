"""A backup that a worker made by itself, restored as the guide to operations says, and worked with."""

import os
import shutil
import subprocess
import sys
import threading
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from importlib.util import find_spec

import pytest

from smartbank.bootstrap import load_demo, open_services, replay_ports
from smartbank.config import Settings
from smartbank.core.customers import CustomerQuery
from smartbank.core.people import COMMAND_LINE
from smartbank.core.work import WorkKind
from smartbank.services.audit_log import verify_log
from smartbank.services.backups import BACKUP_JOB
from smartbank.services.first_run import first_run, runs_looked_at
from smartbank.services.replaying import replay_run
from smartbank.services.runs import RunSource, queue_run, ranked_leads
from smartbank.services.timed_jobs import do_due
from smartbank.worker import run_once
from smartbank.worker_jobs import timed_jobs
from tests.database import WITHOUT_SERVER
from tests.start.processes import ROOT, running_on

pytestmark = pytest.mark.xdist_group("start")
LEADS = 40


@pytest.fixture
def settings_in(tmp_path):
    """Return settings on a folder, as a started SmartBank has them."""
    if find_spec("secantus") is None:
        pytest.skip(WITHOUT_SERVER)
    return lambda folder: Settings(
        _env_file=None, var_dir=tmp_path / folder, models_dir=ROOT / "models", market_online=False
    )


@contextmanager
def opened(settings):
    """Open the services as a command does; a command leaves the client of the database to the end of its process."""
    with open_services(settings) as services:
        yield services
        services.audit._entries.database.client.close()


def backup_by_the_worker(services):
    """Do the worker's own daily backup now instead of in ten minutes, and return its folder."""
    [job] = [job for job in timed_jobs(services) if job.name == BACKUP_JOB]
    now = replace(job, first_after=timedelta(0))
    assert do_due([now], schedule=services.jobs, worker="w", stop=threading.Event()) == 1
    return services.configuration.var_dir / "backups" / services.jobs.standing(BACKUP_JOB).result["name"]


def import_as_documented(folder, var_dir):
    own = {name: value for name, value in os.environ.items() if not name.startswith("SMARTBANK_")}
    command = [sys.executable, "-m", "smartbank", "data", "import", str(folder)]
    own |= {"SMARTBANK_VAR_DIR": str(var_dir), "SMARTBANK_MODELS_DIR": str(ROOT / "models")}
    return subprocess.run(command, cwd=ROOT, env=own, capture_output=True, text=True, timeout=180, check=False)


def rank_everybody(services):
    source = RunSource.of_query(CustomerQuery(), "all customers")
    stores = {"queue": services.queue, "audit": services.audit}
    queue_run(source, market="snapshot", by=COMMAND_LINE, now=datetime.now(UTC), **stores)
    assert run_once(services)
    return first_run(runs_looked_at(by=COMMAND_LINE, queue=services.queue))


def leads_of(run, services):
    found = ranked_leads(run.run_id, by=COMMAND_LINE, frames=services.frames)
    return found[["customer_id", "propensity"]].to_numpy().tolist()


def test_what_a_worker_backed_up_is_worked_with_after_the_restore(settings_in, tmp_path):
    with opened(settings_in("var")) as services:
        load_demo(services, count=LEADS, now=datetime.now(UTC))
        assert run_once(services)
        run = first_run(runs_looked_at(by=COMMAND_LINE, queue=services.queue))
        leads, head = leads_of(run, services), services.audit.head()
        folder = backup_by_the_worker(services)
    (tmp_path / "restored").mkdir(mode=0o700)
    shutil.copy(tmp_path / "var" / "data-keys", tmp_path / "restored")

    imported = import_as_documented(folder, tmp_path / "restored")

    assert imported.returncode == 0, imported.stderr
    with opened(settings_in("restored")) as services:
        assert leads_of(run, services) == leads
        replayed = replay_run(run.run_id, by=COMMAND_LINE, ports=replay_ports(services))
        assert (replayed.tried, replayed.equal, replayed.faults) == (LEADS, LEADS, [])
        assert verify_log(by=COMMAND_LINE, audit=services.audit, noted=head).is_intact
        assert [each.done for each in services.tallies.all() if each.kind is WorkKind.RUN] == [1]
        again = rank_everybody(services)
        assert [name for name, _ in leads_of(again, services)] == [name for name, _ in leads]
        assert verify_log(by=COMMAND_LINE, audit=services.audit).is_intact
    assert [list(running_on(tmp_path / var)) for var in ("var", "restored")] == [[], []]
