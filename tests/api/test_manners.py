"""What every answer of the API has in common: names, tags, problems, and nothing of what went wrong inside."""

import re

import pytest
from fastapi.testclient import TestClient

from smartbank.api.app import create_api
from smartbank.api.asgi import create_app
from smartbank.config import Settings
from smartbank.core.people import Role
from smartbank.errors import StorageError


def test_a_request_has_the_clients_name_or_a_new_one(client):
    own = client.get("/health", headers={"X-Request-ID": "order-4711-1"}).headers["X-Request-ID"]
    made = {
        client.get("/health", headers={"X-Request-ID": bad}).headers["X-Request-ID"] for bad in ("", "x y", "a" * 99)
    }

    assert own == "order-4711-1"
    assert len(made) == 3
    assert all(len(name) == 24 for name in made)


def test_a_problem_names_its_request(client):
    response = client.get("/v1/customers/nobody", headers={"X-Request-ID": "order-4711-1"})

    assert response.json() == {
        "type": "urn:smartbank:problem:not-found",
        "title": "Not Found",
        "status": 404,
        "detail": "There is no such customer. Check the id, or search by name.",
        "request_id": "order-4711-1",
    }


def test_what_did_not_change_is_not_sent_again(client):
    first = client.get("/v1/model-card")

    same = client.get("/v1/model-card", headers={"If-None-Match": f'"other", W/{first.headers["ETag"]}'})
    other = client.get("/v1/model-card", headers={"If-None-Match": '"other"'})

    assert (same.status_code, same.content, same.headers["ETag"]) == (304, b"", first.headers["ETag"])
    assert (other.status_code, other.json()) == (200, first.json())
    assert first.headers["Cache-Control"] == "private, no-cache"


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/v1/nothing", 404), ("DELETE", "/v1/model-card", 405), ("GET", "/v1/../../etc/passwd", 404)],
)
def test_an_address_there_is_nothing_at_is_a_problem_too(client, method, path, status):
    response = client.request(method, path)

    assert (response.status_code, response.headers["content-type"]) == (status, "application/problem+json")


@pytest.mark.parametrize("body", [b"{", b"\xff\xfe", b'{"a": 1', b"[1,"])
def test_a_body_that_is_no_json_is_a_problem(client, body):
    response = client.post("/v1/predictions", content=body, headers={"Content-Type": "application/json"})

    assert response.status_code == 400
    assert "valid JSON" in response.json()["detail"]


def test_a_body_without_its_type_is_told_what_to_send(client):
    response = client.post("/v1/predictions", content=b"{}")

    assert "Content-Type: application/json" in response.json()["detail"]


def test_a_request_without_a_body_is_told_so(client):
    response = client.post("/v1/predictions")

    assert response.status_code == 422
    assert response.json()["detail"] == "The request is not right: A body is missing."


def test_a_body_that_is_too_large_is_refused(services):
    alone = TestClient(create_app(lambda: services, Settings()), base_url="http://localhost")

    response = alone.post("/api/v1/predictions", content=b" " * (4 * 2**20 + 1))

    assert (response.status_code, response.headers["content-type"]) == (413, "application/problem+json")


def test_while_the_database_is_away_the_answer_says_when_to_try_again(client, services, monkeypatch):
    def away(*_args, **_more):
        raise StorageError("The database does not answer. Try again in a minute.")

    monkeypatch.setattr(services.customers, "load", away)
    monkeypatch.setattr(services.users, "session_user", away)

    for path in ("/v1/customers/C-1", "/ready"):
        response = client.get(path)
        assert (response.status_code, response.headers["Retry-After"]) == (503, "5")
    assert client.get("/health").status_code == 200


def test_what_goes_wrong_inside_is_not_told(client, services, monkeypatch, caplog):
    def broken(*_args, **_more):
        raise ValueError("Ana Silva, +351 912 345 678")

    monkeypatch.setattr(services.customers, "load", broken)

    response = client.get("/v1/customers/C-1")

    assert response.status_code == 500
    assert "Silva" not in response.text + caplog.text
    assert response.json()["request_id"] in caplog.text


def test_figures_for_prometheus_need_a_right_and_name_nobody(client, client_of):
    client.get("/v1/customers/C-4711")
    auditor = client_of(Role.AUDITOR)

    figures = auditor.get("/metrics")

    assert client.get("/metrics").status_code == 403
    assert figures.headers["content-type"].startswith("text/plain")
    assert 'smartbank_model_info{version="stub-1"} 1.0' in figures.text
    assert 'smartbank_market_stale{indicator="euribor3m"}' in figures.text
    assert "4711" not in figures.text


def test_requests_are_counted_by_route(client_of, services):
    client, auditor = client_of(Role.MANAGER), client_of(Role.AUDITOR)
    for name in ("C-1", "C-2"):
        client.get(f"/v1/customers/{name}")
    client.get("/v1/made-up")

    figures = auditor.get("/metrics").text

    assert 'smartbank_requests_total{method="GET",route="/customers/{customer_id}",status="404"} 2.0' in figures
    assert 'smartbank_requests_total{method="GET",route="none",status="404"} 1.0' in figures


def test_methods_strangers_make_up_are_counted_as_one(client_of):
    stranger, auditor = client_of(), client_of(Role.AUDITOR)
    for method in ("BREW", "brew", "get", "X" * 60):
        stranger.request(method, "/health")
        stranger.request(method, f"/v1/{method}")

    figures = auditor.get("/metrics").text

    counted = set(re.findall(r'smartbank_requests_total{method="([^"]*)"', figures))
    assert counted <= {"GET", "other"}
    assert 'method="other",route="/health",status="405"' in figures


def test_who_asks_too_often_is_told_when_to_come_back(services, key_of):
    client = TestClient(create_api(lambda: services, per_minute=2), headers={"X-API-Key": key_of(Role.MANAGER)})

    statuses = [client.get("/v1/model-card").status_code for _ in range(3)]
    refused = client.get("/v1/model-card")

    assert statuses == [200, 200, 429]
    assert refused.headers["content-type"] == "application/problem+json"
    assert 0 < int(refused.headers["Retry-After"]) <= 60
