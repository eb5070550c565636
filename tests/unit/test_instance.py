import socket

import pytest

from smartbank.cli.instance import listen, sole_instance
from smartbank.errors import StartUpError


def test_a_second_instance_is_told_where_the_first_one_is(tmp_path):
    with (
        sole_instance(tmp_path / "var", address="http://localhost:8501"),
        pytest.raises(StartUpError, match="at http://localhost:8501"),
        sole_instance(tmp_path / "var", address="http://localhost:8502"),
    ):
        raise AssertionError("two instances")


def test_the_folder_is_free_again_afterwards(tmp_path):
    with sole_instance(tmp_path / "var", address="http://localhost:8501-and-a-longer-one"):
        pass

    with sole_instance(tmp_path / "var", address="http://localhost:8502"):
        assert (tmp_path / "var" / "serve.lock").read_text() == "http://localhost:8502"


def test_a_folder_that_cannot_be_made_is_said(tmp_path):
    (tmp_path / "file").write_text("")

    with (
        pytest.raises(StartUpError, match="SMARTBANK_VAR_DIR"),
        sole_instance(tmp_path / "file" / "var", address="http://localhost:8501"),
    ):
        raise AssertionError("a folder in a file")


def test_a_taken_port_is_refused_with_another_one_to_try():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        with pytest.raises(StartUpError, match=f"Port {port} is taken.*PORT={port + 1} make run"):
            listen("127.0.0.1", port)

    listen("127.0.0.1", port).close()


def test_an_address_this_computer_does_not_have_is_refused():
    with pytest.raises(StartUpError, match=r"cannot listen on 192\.0\.2\.1"):
        listen("192.0.2.1", 8501)
