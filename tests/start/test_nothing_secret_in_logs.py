"""What a started SmartBank writes down, as JSON, while people sign in, mistype and send broken requests."""

import contextlib
import http.client
import json
import os
import re
import socket
import subprocess
import sys

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from smartbank import __version__
from smartbank.bootstrap import new_data_key
from tests.start.page import open_page
from tests.start.processes import ROOT

pytestmark = pytest.mark.xdist_group("start")

FIRST_PASSWORD = "Quokka-Umbrella-71-first"
WRONG_PASSWORD = "Quokka-Umbrella-72-wrong"
IN_THE_WRONG_FIELD = "quokka-umbrella-73-as-name"
BEARER = "Quokka-Umbrella-74-bearer"
TICKET = "Quokka-Umbrella-75-ticket"
COOKIE = "Quokka-Umbrella-76-cookie"
SEARCHED = "Quokka-Umbrella-77-searched"
SENT = "Quokka-Umbrella-78-sent"
KEY = new_data_key()
REQUEST_ID = "order-4711-start"
SAID_TO_WHO_STARTED_IT = (
    "Starting the embedded",
    "Loading 20",
    "SmartBank is ready",
    "The embedded",
    "Ctrl-C",
    "Stopping",
)
"""How the lines begin that `serve` prints; everything else is the log."""


@pytest.fixture(scope="module")
def smartbank(started):
    given = {"SMARTBANK_ADMIN_PASSWORD": FIRST_PASSWORD, "SMARTBANK_DATA_KEYS": KEY, "SMARTBANK_LOG_FORMAT": "json"}
    return started(**given).wait_until_ready()


def ask(smartbank, method, path, **headers):
    connection = http.client.HTTPConnection("localhost", smartbank.port, timeout=60)
    try:
        connection.request(method, path, headers=headers)
        answer = connection.getresponse()
        return answer, answer.read()
    finally:
        connection.close()


def sign_in(smartbank):
    """Sign in wrongly, with the fields mixed up, and rightly; return ticket and token."""
    with open_page(smartbank.port) as page:
        page.sign_in("admin", WRONG_PASSWORD)
        page.sign_in(IN_THE_WRONG_FIELD, "admin")
        page.sign_in("admin", FIRST_PASSWORD)
        ticket = re.search(rb'"ticket": ?"([\w-]{20,})"', page.drawn).group(1).decode()
    here = {"Origin": f"http://localhost:{smartbank.port}", "X-SmartBank-Ticket": ticket}
    answer, _ = ask(smartbank, "POST", "/auth/session", **here)
    token = re.match(r"smartbank_session=([^;]+)", answer.headers["Set-Cookie"]).group(1)
    with open_page(smartbank.port, cookie=f"smartbank_session={token}") as page:
        assert "New password" in page.elements
    return ticket, token


def send_broken_requests(smartbank):
    secret = {
        "Authorization": f"Bearer {BEARER}",
        "X-SmartBank-Ticket": TICKET,
        "Cookie": f"smartbank_session={COOKIE}",
    }
    for method, path in (
        ("GET", f"/leads?search={SEARCHED}"),
        ("GET", f"/exports/{SEARCHED}"),
        ("POST", "/auth/session"),
        ("PUT", "/_stcore/upload_file/s/f"),
        ("GET", f"/media/{SEARCHED}"),
        ("GET", "/nothing/%00/there"),
        ("DELETE", "/"),
    ):
        ask(smartbank, method, path, **secret)
    with socket.create_connection(("localhost", smartbank.port), 60) as connection:
        connection.sendall(f"{SENT} / HTTP/9\r\nAuthorization {BEARER}\r\n\r\n".encode())
        connection.recv(65536)
    for message in (SENT.encode(), SENT):
        address = f"ws://localhost:{smartbank.port}/_stcore/stream?search={SEARCHED}"
        with contextlib.suppress(ConnectionClosed), connect(address, additional_headers=secret) as stream:
            stream.send(message)
            stream.recv(timeout=60)


def test_neither_logs_nor_the_audit_log_hold_a_password_a_token_a_key_or_what_was_sent(smartbank):
    ticket, token = sign_in(smartbank)
    send_broken_requests(smartbank)
    ask(smartbank, "GET", f"/api/v1/customers/{SEARCHED}", **{"X-Request-ID": REQUEST_ID, "X-API-Key": BEARER})
    own = {name: value for name, value in os.environ.items() if not name.startswith("SMARTBANK_")}
    own |= {"SMARTBANK_VAR_DIR": str(smartbank.folder), "SMARTBANK_DATA_KEYS": KEY}
    command = [sys.executable, "-m", "smartbank", "audit", "list"]

    audit = subprocess.run(command, cwd=ROOT, env=own, capture_output=True, text=True, timeout=120, check=True).stdout
    smartbank.stop()

    logs = [path for path in smartbank.folder.rglob("*") if path.suffix in (".log", ".txt", ".out", ".err")]
    written = smartbank.said() + audit + "".join(path.read_text(errors="replace") for path in logs)
    secrets = [FIRST_PASSWORD, WRONG_PASSWORD, IN_THE_WRONG_FIELD, BEARER, TICKET, COOKIE, SEARCHED, SENT, KEY]
    assert [secret for secret in [*secrets, ticket, token] if secret.lower() in written.lower()] == []
    assert "sign_in" in audit
    assert "Traceback" not in smartbank.said()
    logged = [json.loads(line) for line in smartbank.said().splitlines() if not line.startswith(SAID_TO_WHO_STARTED_IT)]
    assert {"web", "worker"} <= {said["role"] for said in logged}
    assert f"SmartBank {__version__} answers." in {said["message"] for said in logged if said["role"] == "web"}
    assert all(said["time"].endswith("+00:00") and said["message"] for said in logged)
    [streamlits] = [said for said in logged if said["message"] == "Error deserializing back message"]
    assert streamlits["exception"].startswith("DecodeError at")
    [asked] = [said for said in logged if said.get("request_id") == REQUEST_ID]
    assert (asked["route"], asked["status"]) == ("/customers/{customer_id}", 401)
