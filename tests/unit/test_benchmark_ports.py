import socket
import subprocess
import sys

import httpx2
import pytest

from benchmarks._ports import free_port, is_ready
from benchmarks.beside_mlflow import served


def test_a_server_that_ended_is_not_waited_for():
    with subprocess.Popen([sys.executable, "-c", ""]) as ended:
        ended.wait()

        with httpx2.Client(base_url=f"http://127.0.0.1:{free_port()}") as http:
            assert not is_ready(http, "/ping", ended, within_s=60)


def test_a_free_port_can_be_listened_on():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", free_port()))


def test_mlflow_that_ends_at_once_did_not_start(tmp_path):
    (tmp_path / "mlflow").write_text("#!/bin/sh\nexit 1\n")
    (tmp_path / "mlflow").chmod(0o700)

    with (
        pytest.raises(RuntimeError, match="mlflow models serve did not start"),
        served(tmp_path / "python", tmp_path / "model"),
    ):
        pass
