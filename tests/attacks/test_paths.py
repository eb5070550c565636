"""Ways out of the folder, and other addresses nobody should answer."""

import pytest
from starlette.testclient import TestClient

from smartbank.api.asgi import create_app
from smartbank.config import Settings

OUT = ("../../../../etc/passwd", "..%2f..%2f..%2fetc%2fpasswd", "%2e%2e/%2e%2e/etc/passwd", "....//....//etc/passwd")


@pytest.fixture
def alone(services, key):
    settings = Settings(requests_per_minute=0)
    return TestClient(create_app(lambda: services, settings), base_url="http://localhost", headers={"X-API-Key": key})


@pytest.mark.parametrize("way", OUT)
@pytest.mark.parametrize("before", ["/api/v1/customers/", "/api/v1/predictions/", "/api/v1/call-lists/", "/api/", "/"])
def test_no_address_leads_out(alone, before, way):
    response = alone.get(f"{before}{way}")

    assert response.status_code in (404, 422)
    assert "root:" not in response.text


@pytest.mark.parametrize("path", ["/api/docs", "/api/redoc", "/api/openapi.json", "/docs", "/api/v1/admin", "/.env"])
def test_nothing_is_served_that_nobody_asked_for(alone, path):
    assert alone.get(path).status_code == 404


@pytest.mark.parametrize("method", ["PUT", "PATCH", "TRACE", "CONNECT", "PROPFIND"])
def test_methods_nobody_needs_are_refused(alone, method):
    assert alone.request(method, "/api/v1/customers").status_code == 405


def test_another_host_is_refused_before_any_route(alone):
    response = alone.get("/api/v1/customers", headers={"Host": "evil.example"})

    assert (response.status_code, response.headers["content-type"]) == (421, "application/problem+json")


def test_every_answer_carries_the_headers_that_keep_a_browser_safe(alone):
    for path in ("/api/health", "/api/v1/nothing", "/elsewhere"):
        headers = alone.get(path).headers
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["X-Frame-Options"] == "DENY"
        assert "default-src 'self'" in headers["Content-Security-Policy"]


def test_no_other_site_may_read_an_answer(alone):
    asked = {"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"}

    preflight = alone.options("/api/v1/predictions", headers=asked)
    answer = alone.get("/api/v1/market/snapshot", headers=asked)

    for response in (preflight, answer):
        assert "Access-Control-Allow-Origin" not in response.headers
