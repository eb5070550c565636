"""What a started web server refuses before any page runs."""

import http.client
import socket

import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

pytestmark = pytest.mark.xdist_group("start")


@pytest.fixture(scope="module")
def smartbank(started):
    return started(SMARTBANK_ALLOWED_HOSTS="smartbank.bank.example", SMARTBANK_DEMO_CUSTOMERS="0").wait_until_ready()


def status(smartbank, path="/", **headers):
    connection = http.client.HTTPConnection("127.0.0.1", smartbank.port, timeout=30)
    try:
        connection.request("GET", path, headers=headers)
        return connection.getresponse().status
    finally:
        connection.close()


@pytest.mark.parametrize(
    ("host", "expected"),
    [("localhost", 200), ("smartbank.bank.example", 200), ("elsewhere.example", 421)],
)
def test_only_the_names_it_is_reached_by_are_answered(smartbank, host, expected):
    assert status(smartbank, Host=host) == expected


def test_a_balancer_asks_for_its_health_by_address(smartbank):
    assert status(smartbank, "/healthz", Host="10.0.0.9:8501") == 200


def test_its_own_page_opens_the_stream_and_a_page_of_another_port_does_not(smartbank):
    address = f"ws://localhost:{smartbank.port}/_stcore/stream"

    with connect(address, origin=f"http://localhost:{smartbank.port}", subprotocols=["streamlit"]) as stream:
        opened = stream.subprotocol
    with pytest.raises(InvalidStatus) as refused, connect(address, origin="http://localhost:3000"):
        pass

    assert opened == "streamlit"
    assert refused.value.response.status_code == 403


def xsrf_cookie(smartbank, **headers):
    connection = http.client.HTTPConnection("127.0.0.1", smartbank.port, timeout=30)
    try:
        connection.request("GET", "/_stcore/health", headers=headers)
        answer = connection.getresponse()
        return answer.headers["Set-Cookie"].split("; ")
    finally:
        connection.close()


def test_streamlits_own_cookie_is_secure_when_the_proxy_says_https(smartbank):
    here = xsrf_cookie(smartbank, Host="localhost")
    behind_proxy = xsrf_cookie(smartbank, Host="localhost", **{"X-Forwarded-Proto": "https"})

    assert "Secure" not in here
    assert "Secure" in behind_proxy


def raw(smartbank, *parts):
    """Send bytes as they are and return what comes back until the server closes the connection."""
    with socket.create_connection(("127.0.0.1", smartbank.port), timeout=60) as connection:
        for part in parts:
            connection.sendall(part)
        return b"".join(iter(lambda: connection.recv(65536), b""))


def test_a_body_that_says_it_is_too_large_is_refused_before_it_comes_and_the_connection_closed(smartbank):
    answer = raw(smartbank, b"POST /auth/session HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999\r\n\r\n")

    assert answer.startswith(b"HTTP/1.1 413 ")
    assert b"content-security-policy:" in answer


def test_a_file_above_the_limit_is_refused_and_one_below_it_is_looked_at(smartbank):
    head = b"PUT /_stcore/upload_file/s/f HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n"

    too_large = raw(smartbank, head % (202 * 2**20))
    bearable = raw(smartbank, head % (100 * 2**20))

    assert too_large.startswith(b"HTTP/1.1 413 ")
    assert bearable.startswith(b"HTTP/1.1 401 ")


def test_a_head_without_end_is_refused(smartbank):
    answer = raw(smartbank, b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Long: ", b"x" * 40_000)

    assert answer.startswith(b"HTTP/1.1 400 ")


PAGE_LOAD = (
    "/leads",
    "/favicon.png",
    "/leads/_stcore/health",
    "/leads/_stcore/host-config",
    "/_stcore/health",
    "/_stcore/host-config",
    "/auth/session",
)
"""What a browser asks for beside static files when a page is opened by a link; the stream counts as one more."""


def statuses(smartbank, paths, **headers):
    connection = http.client.HTTPConnection("127.0.0.1", smartbank.port, timeout=30)
    try:
        for path in paths:
            connection.request("GET", path, headers=headers)
            answer = connection.getresponse()
            answer.read()
            yield answer.status
    finally:
        connection.close()


def test_a_hundred_page_loads_at_once_of_one_address_are_all_answered(smartbank):
    found = list(statuses(smartbank, 100 * PAGE_LOAD, **{"X-Forwarded-For": "192.0.2.50"}))

    assert len(found) == 700
    assert 429 not in found


def test_an_address_that_goes_on_and_on_is_told_to_wait_while_another_is_answered(smartbank):
    found = any(
        status == 429
        for status in statuses(smartbank, 20_000 * ("/_stcore/health",), **{"X-Forwarded-For": "192.0.2.51"})
    )

    other = list(statuses(smartbank, ["/_stcore/health"], **{"X-Forwarded-For": "192.0.2.52"}))

    assert found
    assert other == [200]
