"""The embedded database starts once a folder, is shared, outlives crashes and says what is wrong."""

import os
import signal
import socket
import stat
import subprocess
import sys
import threading
import time
from importlib.util import find_spec
from pathlib import Path

import pytest
from pymongo import MongoClient
from pymongo.errors import OperationFailure

from smartbank.adapters import embedded
from smartbank.adapters.embedded import open_embedded, server
from smartbank.errors import StartUpError

needs_server = pytest.mark.skipif(
    find_spec("secantus") is None, reason="needs the embedded database: pip install -r requirements-embedded.txt"
)
HOLDER = """
import sys, time
from pathlib import Path
from smartbank.adapters.embedded import open_embedded
with open_embedded(Path(sys.argv[1])) as uri:
    print(uri, flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def folder(tmp_path):
    yield tmp_path / "db"
    server.stop_server(tmp_path / "db")


@pytest.fixture
def hold():
    """Start another process that uses a folder until it is told to leave."""
    started = []

    def start(folder):
        command = [sys.executable, "-c", HOLDER, str(folder)]
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        started.append(process)
        return process, process.stdout.readline().strip()

    yield start
    for process in started:
        process.kill()
        process.communicate()


def pid_of(folder):
    return int((folder / "server.pid").read_text())


def is_running(pid):
    return bool(server._state_and_arguments(pid)[1])


def write(uri, number):
    with MongoClient(uri) as client:
        client["test"]["numbers"].insert_one({"_id": number})


def numbers(uri):
    with MongoClient(uri) as client:
        return sorted(row["_id"] for row in client["test"]["numbers"].find())


def test_it_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setattr(embedded, "find_spec", lambda _: None)

    with pytest.raises(StartUpError, match=r"requirements-embedded\.txt"), open_embedded(tmp_path):
        pass


@needs_server
def test_a_folder_that_cannot_be_written_is_said_in_words(tmp_path):
    (tmp_path / "db").write_text("a file, not a folder")

    with pytest.raises(StartUpError, match="cannot use the folder"), open_embedded(tmp_path / "db"):
        pass


@needs_server
def test_what_was_written_is_there_at_the_next_start(folder):
    with open_embedded(folder) as uri:
        write(uri, 1)
        pid = pid_of(folder)

    assert not is_running(pid)
    with open_embedded(folder) as uri:
        assert numbers(uri) == [1]


@needs_server
def test_it_asks_for_a_password_only_its_owner_can_read(folder):
    with open_embedded(folder) as uri:
        bare = f"mongodb://{uri.partition('@')[2].partition('/')[0]}"
        with MongoClient(bare) as client, pytest.raises(OperationFailure):
            client["test"]["numbers"].find_one()

        modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir() if path.is_file()}
        password = (folder / "password").read_text()
        arguments = server._state_and_arguments(pid_of(folder))[1]
        assert modes["password"] == 0o600
        assert password in uri
        assert password not in arguments + (folder / "server.log").read_text()


@needs_server
def test_it_is_started_durable_and_without_foreign_settings(folder, monkeypatch):
    monkeypatch.setenv("SECANTUS_SYNC_ON_COMMIT", "0")

    with open_embedded(folder):
        arguments = server._state_and_arguments(pid_of(folder))[1]
        environment = Path(f"/proc/{pid_of(folder)}/environ")
        for expected in ("--sync-on-commit", "--auth", "--host 127.0.0.1", "--cache-size 1G", "empty.toml"):
            assert expected in arguments
        if environment.exists():
            settings = {line for line in environment.read_bytes().split(b"\0") if line.startswith(b"SECANTUS_")}
            assert settings == {b"SECANTUS_FORCE_DURABLE=1"}


@needs_server
def test_it_comes_back_where_it_was_though_its_port_is_held_a_moment_longer(folder):
    with open_embedded(folder):
        port = server.last_port(folder)
    held = socket.create_server(("127.0.0.1", port))
    threading.Timer(0.5, held.close).start()

    with open_embedded(folder):
        assert server.last_port(folder) == port


@needs_server
def test_two_processes_share_one_server_and_the_last_one_stops_it(folder, hold):
    with open_embedded(folder) as uri:
        pid = pid_of(folder)
        other, other_uri = hold(folder)
        assert other_uri == uri

    assert is_running(pid)
    other.communicate("")
    assert not is_running(pid)


@needs_server
def test_after_a_kill_of_everything_the_next_start_has_what_was_acknowledged(folder, hold):
    process, uri = hold(folder)
    write(uri, 1)
    pid = pid_of(folder)

    process.kill()
    process.wait()
    os.kill(pid, signal.SIGKILL)

    with open_embedded(folder) as uri:
        assert numbers(uri) == [1]
        assert pid_of(folder) != pid


@needs_server
def test_a_server_left_alone_by_a_killed_user_is_used_again_and_stopped(folder, hold):
    process, uri = hold(folder)
    process.kill()
    process.wait()
    pid = pid_of(folder)

    with open_embedded(folder) as again:
        assert again == uri
        assert pid_of(folder) == pid

    assert not is_running(pid)


@needs_server
def test_a_first_start_that_was_killed_is_begun_again(folder):
    folder.mkdir()
    open_server = server.start_server(folder, password=None)
    pid = pid_of(folder)

    with open_embedded(folder) as uri:
        assert uri != open_server.uri
        assert not is_running(pid)
        assert numbers(uri) == []


@needs_server
def test_a_database_that_lost_its_marker_is_refused(folder):
    with open_embedded(folder) as uri, MongoClient(uri) as client:
        client["smartbank_embedded"]["marker"].delete_many({})

    with pytest.raises(StartUpError, match="is damaged"), open_embedded(folder):
        pass


@needs_server
def test_a_database_older_than_its_folder_says_is_refused(folder):
    with open_embedded(folder):
        pass
    (folder / "starts").write_text("7")

    with pytest.raises(StartUpError, match="is damaged"), open_embedded(folder):
        pass


@needs_server
@pytest.mark.parametrize("lost", ["data", "password"])
def test_a_folder_with_a_part_missing_is_refused(folder, lost):
    with open_embedded(folder):
        pass
    (folder / lost).rename(folder / "elsewhere")

    with pytest.raises(StartUpError, match=f"{lost} is missing"), open_embedded(folder):
        pass


@needs_server
def test_another_password_than_the_server_knows_is_refused(folder):
    with open_embedded(folder):
        pass
    (folder / "password").write_text("another")

    with pytest.raises(StartUpError, match="does not know SmartBank's password"), open_embedded(folder):
        pass
    assert not (folder / "server.pid").exists()


@needs_server
def test_a_server_that_ends_at_once_names_its_log_and_no_password(folder):
    with open_embedded(folder):
        pass
    for path in (folder / "data").iterdir():
        path.write_bytes(b"not a database")

    with pytest.raises(StartUpError, match=r"did not start.*server\.log") as caught, open_embedded(folder):
        pass

    assert (folder / "password").read_text() not in str(caught.value)


@needs_server
def test_a_crash_of_a_user_is_seen_by_nobody_else(folder, hold):
    with open_embedded(folder) as uri:
        process, _ = hold(folder)
        process.kill()
        process.wait()
        time.sleep(0.1)

        write(uri, 1)
        assert numbers(uri) == [1]
