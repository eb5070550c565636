from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest

from smartbank.adapters.oidc_directory import OidcDirectory
from tests.unit.test_provider_identity import PROVIDER


class Stub:
    """Answers with metadata, and counts how often it is asked."""

    def __init__(self, said=None, status=200):
        self.said, self.status, self.asked = said, status, []
        self.seconds = 0.0

    def __call__(self, request):
        self.asked.append(str(request.url))
        return httpx2.Response(self.status, json=self.said)

    def directory(self):
        return OidcDirectory(PROVIDER, transport=httpx2.MockTransport(self), clock=lambda: self.seconds)


def test_the_way_out_says_who_asks_and_where_to_lead_back_to():
    stub = Stub({"end_session_endpoint": "https://id.bank.example/logout?tenant=1"})

    address = stub.directory().sign_out_address()

    assert address.startswith("https://id.bank.example/logout?")
    assert parse_qs(urlsplit(address).query) == {
        "tenant": ["1"],
        "client_id": ["smartbank"],
        "post_logout_redirect_uri": ["https://smartbank.bank.example/"],
    }
    assert stub.asked == ["https://id.bank.example/.well-known/openid-configuration"]


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ({}, 200),
        ({"end_session_endpoint": "http://id.bank.example/logout"}, 200),
        ({"end_session_endpoint": "javascript:alert(1)"}, 200),
        ({"end_session_endpoint": 7}, 200),
        (["end_session_endpoint"], 200),
        ({"end_session_endpoint": "https://id.bank.example/logout"}, 500),
        ({"end_session_endpoint": "https://id.bank.example/logout"}, 302),
    ],
)
def test_without_such_a_page_over_https_there_is_no_way_out(said, status):
    assert Stub(said, status).directory().sign_out_address() is None


def test_it_is_asked_once_an_hour_and_after_a_failure_once_a_minute():
    stub = Stub({"end_session_endpoint": "https://id.bank.example/logout"}, status=500)
    directory = stub.directory()

    for stub.seconds in (0, 59, 60):
        directory.sign_out_address()
    assert len(stub.asked) == 2
    stub.status = 200
    for stub.seconds in (120, 121, 3_700, 3_800):
        directory.sign_out_address()

    assert len(stub.asked) == 4


def test_a_provider_that_cannot_be_reached_is_no_error():
    def unreachable(request):
        raise httpx2.ConnectError("no", request=request)

    directory = OidcDirectory(PROVIDER, transport=httpx2.MockTransport(unreachable))

    assert directory.sign_out_address() is None
