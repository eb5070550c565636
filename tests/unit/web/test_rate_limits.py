import pytest
from starlette.middleware import Middleware
from starlette.testclient import WebSocketDenialResponse

from smartbank.config import Settings
from smartbank.web.defences import build_defences
from smartbank.web.rate_limiter import RateLimiter
from smartbank.web.rate_limits import RateLimits, address_key


@pytest.fixture
def three_a_minute():
    return Middleware(RateLimits, limiter=RateLimiter(3, clock=lambda: 1_000.0), free=("/static/",))


def test_an_address_that_asks_too_often_is_told_when_to_come_back(behind, three_a_minute):
    client = behind(three_a_minute)

    answers = [client.get("/leads") for _ in range(4)]

    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert answers[-1].headers["retry-after"] == "21"
    assert answers[-1].text == "Too many requests in a short time. Try again in 21 seconds."


def test_files_a_page_is_made_of_do_not_count(behind, three_a_minute):
    client = behind(three_a_minute)

    assert {client.get("/static/index.js").status_code for _ in range(10)} == {200}
    assert client.get("/leads").status_code == 200


def test_a_socket_counts_once_and_is_refused_like_any_request(behind, three_a_minute):
    client = behind(three_a_minute)
    for _ in range(3):
        with client.websocket_connect("/stream") as socket:
            assert socket.receive_text() == "in"

    with pytest.raises(WebSocketDenialResponse) as refused, client.websocket_connect("/stream"):
        pass

    assert refused.value.status_code == 429


def test_other_addresses_go_on(behind):
    limited = Middleware(RateLimits, limiter=RateLimiter(1, clock=lambda: 1_000.0))
    first, other = (behind(limited, client=(address, 1)) for address in ("192.0.2.7", "192.0.2.8"))

    answers = [first.get("/").status_code, first.get("/").status_code, other.get("/").status_code]

    assert answers == [200, 429, 200]


@pytest.mark.parametrize(
    ("address", "key"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("testclient", "testclient"),
        ("", ""),
    ],
)
def test_an_ipv6_network_counts_as_one_address(address, key):
    assert address_key(address) == key


def test_the_limit_is_a_setting_and_zero_counts_nobody(behind):
    strict = behind(*build_defences(Settings(requests_per_minute=2)))
    free = behind(*build_defences(Settings(requests_per_minute=0)))

    assert [strict.get("/").status_code for _ in range(3)] == [200, 200, 429]
    assert {free.get("/").status_code for _ in range(1_300)} == {200}
