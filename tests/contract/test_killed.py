"""What a killed process had begun is repeated at once; what another computer began is waited for."""

import os
import signal
import subprocess
import sys
import textwrap
from datetime import UTC, datetime, timedelta

import pytest

from smartbank.adapters import mongo
from smartbank.adapters.mongo import holders
from smartbank.core.work import Progress, Work, WorkKind, WorkState
from smartbank.errors import BackupError, MigrationError, WorkCancelledError
from tests import version_1
from tests.contract.backups import everything, export_from, import_into
from tests.contract.test_migrate import go
from tests.database import VAULT
from tests.start.processes import ROOT

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
IMPORT = """
    from tests.contract.backups import import_into
    import_into(database, folder, go_on=die)
"""
WORK = """
    from tests.contract.test_killed import queue_on, NOW
    queue_on(database).claim("killed", now=NOW)
    die()
"""
MIGRATE = """
    from tests.contract.test_migrate import go
    go(database, folder, go_on=die)
"""


@pytest.fixture
def die_in(server_uri):
    """Return a function that begins something on a database in another process, which kills itself on the way."""

    def die_in(work, database, folder):
        script = f"""
            import os, signal
            from pathlib import Path
            from smartbank.adapters import mongo
            database = mongo.connect({server_uri!r}, {database.name!r}, timeout_ms=20_000)
            folder = Path({str(folder)!r})
            def die():
                os.kill(os.getpid(), signal.SIGKILL)
        """
        lines = textwrap.dedent(script) + textwrap.dedent(work)
        ended = subprocess.run([sys.executable, "-c", lines], cwd=ROOT, capture_output=True, text=True, check=False)
        assert ended.returncode == -signal.SIGKILL, ended.stderr

    return die_in


def test_an_import_that_was_killed_is_run_again_at_once(filled, empty, tmp_path, die_in):
    export_from(filled, tmp_path / "backup")
    die_in(IMPORT, empty, tmp_path / "backup")

    import_into(empty, tmp_path / "backup")

    assert everything(empty) == everything(filled)


def test_a_migration_that_was_killed_goes_on_at_once(empty, tmp_path, die_in):
    version_1.make(empty)
    die_in(MIGRATE, empty, tmp_path)

    go(empty, tmp_path)

    mongo.ensure_schema(empty)


def queue_on(database):
    return mongo.MongoWorkQueue(database, vault=VAULT)


def test_work_whose_worker_was_killed_is_taken_up_at_once(empty, tmp_path, die_in):
    queue = queue_on(empty)
    queue.add(Work("1", WorkKind.RUN, "ana", NOW, {}))
    die_in(WORK, empty, tmp_path)
    assert queue.find("1").state is WorkState.RUNNING

    assert queue.claim("next", now=NOW).work_id == "1"
    assert queue.claim("another", now=NOW) is None
    with pytest.raises(WorkCancelledError):
        queue.report("1", "killed", Progress(), now=NOW)


def held(empty, state, at, **changed):
    mark = {"version": 1, "state": state, "toward": 2, "token": "other", "at": at}
    empty["schema"].insert_one({"_id": "schema", **mark, "holder": holders.this_process() | changed})


def test_an_import_on_another_computer_is_waited_for_and_says_how_long(filled, empty, tmp_path):
    export_from(filled, tmp_path / "backup")
    held(empty, "importing", datetime.now(UTC), where="another computer")

    with pytest.raises(BackupError, match=r"If none runs, try again in 1[0-9]{2} seconds\."):
        import_into(empty, tmp_path / "backup")


def test_a_migration_that_is_alive_is_not_joined(empty, tmp_path):
    held(empty, "migrating", datetime.now(UTC))

    with pytest.raises(MigrationError, match=r"If none runs, try again in 1[0-9]{2} seconds\."):
        go(empty, tmp_path)


def test_a_holder_is_dead_when_its_process_is_gone_or_its_id_is_another_ones():
    sleeper = subprocess.Popen(["sleep", "60"])
    holder = holders.process(sleeper.pid)
    alive = holders.seconds_left({"at": NOW, "holder": holder}, now=NOW)
    reused = holders.seconds_left({"at": NOW, "holder": holder | {"began": "1"}}, now=NOW)

    sleeper.kill()
    os.waitid(os.P_PID, sleeper.pid, os.WEXITED | os.WNOWAIT)
    unburied = holders.seconds_left({"at": NOW, "holder": holder}, now=NOW)
    sleeper.wait()
    gone = holders.seconds_left({"at": NOW, "holder": holder}, now=NOW)

    assert (alive, reused, unburied, gone) == (120, 0, 0, 0)


@pytest.mark.parametrize("holder", [{}, {"where": "", "pid": 1 << 22, "began": ""}])
def test_where_nobody_can_tell_only_silence_counts(holder):
    mark = {"at": NOW, "holder": holder}

    assert holders.seconds_left(mark, now=NOW + timedelta(seconds=30)) == 90
    assert holders.seconds_left(mark, now=NOW + timedelta(minutes=2)) == 0
