import pytest
from starlette.middleware import Middleware
from starlette.testclient import WebSocketDenialResponse

from smartbank.web.allowed_hosts import AllowedHosts

NAMED = Middleware(AllowedHosts, patterns=("localhost", "::1", "*.bank.example"), open_paths=("/healthz",))


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:8501", "[::1]:8501", "smartbank.bank.example"])
def test_a_host_that_is_named_is_answered(behind, host):
    answer = behind(NAMED).get("/", headers={"Host": host})

    assert (answer.status_code, answer.text) == (200, "in")


@pytest.mark.parametrize("host", ["elsewhere.example", "bank.example", "127.0.0.1", "bank.example.elsewhere.example"])
def test_another_host_is_refused_with_a_way_out(behind, host):
    answer = behind(NAMED).get("/", headers={"Host": host})

    assert answer.status_code == 421
    assert "SMARTBANK_ALLOWED_HOSTS" in answer.text
    assert host not in answer.text


@pytest.mark.parametrize("host", ["", "a b", "localhost:x", "evil@localhost", "localhost/x"])
def test_what_is_no_host_is_a_bad_request(behind, host):
    assert behind(NAMED).get("/", headers={"Host": host}).status_code == 400


def test_two_hosts_are_none(behind):
    answer = behind(NAMED).get("/", headers=[("Host", "localhost"), ("Host", "localhost")])

    assert answer.status_code == 400


def test_a_forwarded_host_counts_for_nothing(behind):
    answer = behind(NAMED).get("/", headers={"Host": "elsewhere.example", "X-Forwarded-Host": "localhost"})

    assert answer.status_code == 421


def test_health_is_told_under_any_name_and_nothing_else_is(behind):
    client = behind(NAMED)

    health = client.get("/healthz", headers={"Host": "10.0.0.9:8501"})

    assert health.text == "in"
    assert client.get("/healthz/x", headers={"Host": "10.0.0.9:8501"}).status_code == 421


def test_a_socket_under_another_name_is_refused_before_it_opens(behind):
    with (
        pytest.raises(WebSocketDenialResponse) as refused,
        behind(NAMED).websocket_connect("/stream", headers={"Host": "elsewhere.example"}),
    ):
        pass

    assert refused.value.status_code == 421
