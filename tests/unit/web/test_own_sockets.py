import pytest
from starlette.middleware import Middleware
from starlette.testclient import WebSocketDenialResponse

from smartbank.web.own_sockets import OwnSockets

OWN = Middleware(OwnSockets)


def opens(client, **headers):
    """Return what a socket says first, or the status it is refused with."""
    try:
        with client.websocket_connect("/stream", headers=headers) as socket:
            return socket.receive_text()
    except WebSocketDenialResponse as refused:
        return refused.status_code


@pytest.mark.parametrize(
    ("host", "origin"),
    [
        ("localhost:8501", "http://localhost:8501"),
        ("smartbank.bank.example", "https://smartbank.bank.example"),
        ("[::1]:8501", "http://[::1]:8501"),
    ],
)
def test_a_page_of_the_very_address_opens_a_socket(behind, host, origin):
    assert opens(behind(OWN), host=host, origin=origin) == "in"


def test_a_program_that_names_no_origin_opens_a_socket(behind):
    assert opens(behind(OWN), host="localhost:8501") == "in"


@pytest.mark.parametrize(
    "origin",
    [
        "null",
        "http://localhost",
        "http://localhost:3000",
        "http://127.0.0.1:8501",
        "https://elsewhere.example",
        "http://localhost:8501.elsewhere.example",
        "http://elsewhere.example/http://localhost:8501",
        "ftp://localhost:8501",
    ],
)
def test_a_page_of_any_other_origin_is_refused(behind, origin):
    assert opens(behind(OWN), host="localhost:8501", origin=origin) == 403


def test_requests_that_open_no_socket_are_not_looked_at(behind):
    answer = behind(OWN).get("/", headers={"Origin": "https://elsewhere.example"})

    assert answer.text == "in"
