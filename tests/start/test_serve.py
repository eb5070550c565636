import contextlib
import os
import signal
import socket
import sys
import time

import pytest

from smartbank.adapters.embedded.server import last_port
from smartbank.bootstrap import new_data_key
from tests.database import open_database, open_server
from tests.start.processes import wait_for

pytestmark = pytest.mark.xdist_group("start")


@pytest.fixture(scope="module")
def first(started):
    return started().wait_until_ready()


def test_the_first_start_says_where_to_go_and_the_password_once(first):
    said = first.said()

    assert f"SmartBank is ready: http://localhost:{first.port}" in said
    assert len(first.password()) >= 12
    assert said.count(first.password()) == 1
    assert "for trial only" in said


def test_nothing_is_warned_of_while_all_is_well(first):
    wait_for(lambda: first.healthz() == 200)

    assert "warning" not in first.said().casefold()


def test_the_server_answers(first):
    assert first.healthz() == 200


def test_a_second_instance_on_the_folder_is_refused_with_the_address_of_the_first(first, started):
    second = started(first.folder)

    code = second.process.wait(60)

    assert code == 1
    assert f"already runs on the folder {first.folder}, at http://localhost:{first.port}" in second.said()
    assert "Traceback" not in second.said()
    assert first.healthz() == 200


def test_a_taken_port_is_refused_by_its_number_and_with_a_way_out(first, started):
    second = started(port=first.port)

    code = second.process.wait(60)

    assert code == 1
    assert f"Port {first.port} is taken" in second.said()
    assert f"PORT={first.port + 1} make run" in second.said()
    assert "Traceback" not in second.said()


def test_a_worker_that_dies_is_started_again(first):
    [worker] = first.processes("smartbank worker")

    os.kill(worker, signal.SIGKILL)

    assert wait_for(lambda: [pid for pid in first.processes("smartbank worker") if pid != worker])
    assert first.healthz() == 200


def test_a_database_that_dies_is_started_again_and_the_screens_come_back_by_themselves(started):
    running = started().wait_until_ready()
    database = int((running.folder / "server.pid").read_text())

    os.kill(database, signal.SIGKILL)
    wait_for(lambda: "was started again; what was saved is there" in running.said())

    assert int((running.folder / "server.pid").read_text()) != database
    wait_for(lambda: running.healthz() == 200)


def test_screens_and_worker_follow_a_database_whose_port_was_taken_while_it_was_gone(started):
    running = started().wait_until_ready()
    database, port = int((running.folder / "server.pid").read_text()), last_port(running.folder)
    before = set(running.processes("smartbank web") + running.processes("smartbank worker"))

    os.kill(database, signal.SIGKILL)
    with wait_for(lambda: taken(port)):
        wait_for(lambda: "to find it there" in running.said())
        wait_for(lambda: running.healthz() == 200)

        assert last_port(running.folder) != port
        assert not before & set(running.processes("smartbank web") + running.processes("smartbank worker"))


def test_screens_and_worker_follow_too_where_another_command_started_the_database_first(started):
    running = started().wait_until_ready()
    database, port = int((running.folder / "server.pid").read_text()), last_port(running.folder)

    os.kill(running.process.pid, signal.SIGSTOP)  # else `serve` mostly is the first to see it
    os.kill(database, signal.SIGKILL)
    with wait_for(lambda: taken(port)):
        running.run([sys.executable, "-m", "smartbank", "settings", "show"])
        os.kill(running.process.pid, signal.SIGCONT)
        wait_for(lambda: "to find it there" in running.said())
        wait_for(lambda: running.healthz() == 200)


def taken(port):
    """Return a socket that listens where the database did; None while its threads still hold the port."""
    program = socket.socket()
    program.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        program.bind(("127.0.0.1", port))
    except OSError:
        program.close()
        return None
    program.listen()
    return program


def test_whichever_way_it_ends_nothing_stays_behind_and_the_next_start_finds_its_data(started):
    first = started().wait_until_ready()
    assert first.password() is not None
    assert "Loading 20 synthetic demo customers" in first.said()
    assert len(first.processes()) >= 3

    assert first.stop(signal.SIGINT) == 130

    assert first.processes() == []
    second = started(first.folder).wait_until_ready()
    assert second.password() is None
    assert "Loading" not in second.said()

    second.stop(signal.SIGKILL)

    wait_for(lambda: not second.processes())
    third = started(first.folder).wait_until_ready()
    assert third.healthz() == 200

    assert told_again_and_again(third) == 0

    assert third.processes() == []
    assert "Traceback" not in first.said() + second.said() + third.said()


def told_again_and_again(running):
    """Send SIGTERM to `serve` and to what it started until it has ended, and return its exit code."""
    while running.process.poll() is None:
        running.process.terminate()
        for pid in running.processes("-m smartbank"):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGTERM)
        time.sleep(0.01)
    return running.process.returncode


def test_a_mongodb_that_does_not_answer_is_said_and_no_embedded_server_is_started(started):
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        uri = f"mongodb://user:s3cret@127.0.0.1:{silent.getsockname()[1]}/"

        started_on_it = started(SMARTBANK_MONGODB_URI=uri, SMARTBANK_MONGODB_TIMEOUT_MS=300)
        code = started_on_it.process.wait(60)

    assert code == 1
    assert "SMARTBANK_MONGODB_URI" in started_on_it.said()
    assert "s3cret" not in started_on_it.said()
    assert "Traceback" not in started_on_it.said()
    assert [path.name for path in started_on_it.folder.iterdir()] == ["serve.lock"]


def test_on_a_mongodb_of_its_own_no_embedded_server_is_started(started, tmp_path_factory):
    with open_server(tmp_path_factory) as uri, open_database(uri, "start_test"):
        named = {"SMARTBANK_MONGODB_URI": uri, "SMARTBANK_MONGODB_DATABASE": "start_test"}
        on_mongodb = started(**named, SMARTBANK_DATA_KEYS=new_data_key()).wait_until_ready()

        assert on_mongodb.healthz() == 200
        assert "for trial only" not in on_mongodb.said()
        assert uri not in on_mongodb.said()
        assert len(on_mongodb.processes()) == len(on_mongodb.processes("smartbank w")) == 2
        assert [path.name for path in on_mongodb.folder.iterdir()] == ["serve.lock"]
        assert on_mongodb.stop(signal.SIGTERM) == 0


def test_a_mongodb_without_keys_is_refused_with_the_command_that_makes_one(started, tmp_path_factory):
    with open_server(tmp_path_factory) as uri, open_database(uri, "start_test"):
        keyless = started(SMARTBANK_MONGODB_URI=uri, SMARTBANK_MONGODB_DATABASE="start_test")

        code = keyless.process.wait(60)

    assert code == 1
    assert "python -m smartbank keys make" in keyless.said()
    assert "SMARTBANK_DATA_KEYS" in keyless.said()
    assert "Traceback" not in keyless.said()


def test_a_bad_setting_is_said_before_anything_starts(started):
    wrong = started(SMARTBANK_DEMO_CUSTOMERS="many")

    code = wrong.process.wait(60)

    assert code == 1
    assert "SMARTBANK_DEMO_CUSTOMERS is not allowed" in wrong.said()
    assert not wrong.folder.exists()
