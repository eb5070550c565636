from datetime import UTC, datetime

import pytest
from starlette.testclient import TestClient

from smartbank.core.session_cookies import SESSION_COOKIE
from smartbank.errors import StorageError
from smartbank.services.sign_in import issue_ticket, token_hash
from tests.ui.serving import client_of, services_with_users, sign_in_as

HERE = {"Origin": "http://localhost"}
OVER_HTTPS = "__Host-smartbank_session"


@pytest.fixture
def services():
    return services_with_users()


@pytest.fixture
def client(services):
    return client_of(services)


@pytest.fixture
def ticket(services):
    return issue_ticket(services.users.find("ana"), users=services.users, now=datetime.now(UTC))


def cookies(answer):
    """Return {name: attributes} of the cookies that an answer sets, and of those it clears."""
    given = [cookie.split("; ") for cookie in answer.headers.get_list("set-cookie")]
    cleared = {first.partition("=")[0]: rest for first, *rest in given if "Max-Age=0" in rest}
    return {first.partition("=")[0]: [first, *rest] for first, *rest in given if "Max-Age=0" not in rest}, cleared


def test_a_ticket_becomes_a_cookie_no_script_can_read(client, services, ticket):
    answer = client.post("/auth/session", headers=HERE | {"X-SmartBank-Ticket": ticket})

    [(name, cookie)] = cookies(answer)[0].items()
    assert answer.status_code == 204
    assert answer.headers["cache-control"] == "no-store"
    assert name == SESSION_COOKIE
    assert {"HttpOnly", "SameSite=strict", "Path=/", "Max-Age=86400"} <= set(cookie)
    assert "Secure" not in cookie
    token = cookie[0].partition("=")[2]
    assert services.users.session_user(token_hash(token), now=datetime.now(UTC)).username == "ana"


@pytest.mark.parametrize("base_url", ["https://localhost", "https://bank.example", "http://bank.example"])
def test_but_for_plain_http_on_this_computer_the_cookie_is_for_https_and_this_host_alone(client, ticket, base_url):
    secure = TestClient(client.app, base_url=base_url)

    answer = secure.post("/auth/session", headers={"Origin": base_url, "X-SmartBank-Ticket": ticket})

    [(name, cookie)] = cookies(answer)[0].items()
    assert name == OVER_HTTPS
    assert {"Secure", "HttpOnly", "SameSite=strict", "Path=/"} <= set(cookie)
    assert not any(attribute.startswith("Domain") for attribute in cookie)
    assert list(cookies(answer)[1]) == [SESSION_COOKIE]


def test_elsewhere_a_cookie_that_was_not_set_over_https_counts_for_nothing(client, services):
    sign_in_as("gil", client, services)
    elsewhere = TestClient(client.app, base_url="https://bank.example")

    plain = elsewhere.get("/_stcore/metrics", headers={"Cookie": f"{SESSION_COOKIE}=token"})
    secure = elsewhere.get("/_stcore/metrics", headers={"Cookie": f"{OVER_HTTPS}=token"})

    assert (plain.status_code, secure.status_code) == (401, 200)


def test_a_used_ticket_is_refused_and_the_cookie_left_alone(client, ticket):
    client.post("/auth/session", headers=HERE | {"X-SmartBank-Ticket": ticket})

    answer = client.post("/auth/session", headers=HERE | {"X-SmartBank-Ticket": ticket})

    assert answer.status_code == 401
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "null"},
        {"Origin": "http://elsewhere.example"},
        {"Origin": "http://localhost:81"},
        {"Origin": "http://localhost.elsewhere.example"},
        HERE | {"Sec-Fetch-Site": "cross-site"},
    ],
)
@pytest.mark.parametrize("path", ["/auth/session", "/auth/sign-out"])
def test_another_site_can_neither_sign_a_user_in_nor_out(client, services, ticket, headers, path):
    sign_in_as("ana", client, services)

    answer = client.post(path, headers=headers | {"X-SmartBank-Ticket": ticket})

    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers
    assert services.users.session_user(token_hash("token"), now=datetime.now(UTC)).username == "ana"


@pytest.mark.parametrize("path", ["/auth/session", "/auth/sign-out"])
def test_a_link_cannot_sign_in_or_out(client, path):
    assert client.get(path).status_code == 405


def test_signing_out_ends_the_session_and_clears_the_cookie(client, services):
    sign_in_as("ana", client, services)

    answer = client.post("/auth/sign-out", headers=HERE)

    assert answer.status_code == 204
    assert sorted(cookies(answer)[1]) == sorted([OVER_HTTPS, SESSION_COOKIE])
    assert services.users.session_user(token_hash("token"), now=datetime.now(UTC)) is None


def test_health_is_plain_and_says_whether_the_database_answers(client, services, monkeypatch):
    assert client.get("/healthz").text == "ok"

    def unreachable(*_args, **_kwargs):
        raise StorageError("mongodb://secret")

    monkeypatch.setattr(services.users, "session_user", unreachable)
    answer = client.get("/healthz")

    assert (answer.status_code, answer.text) == (503, "database unreachable")


@pytest.mark.parametrize("path", ["/healthz", "/_stcore/health", "/nothing", "/broken", "/media/x"])
def test_every_answer_carries_the_security_headers(client, path):
    answer = client.get(path)

    policy = answer.headers["content-security-policy"]
    assert "script-src 'self' 'wasm-unsafe-eval' blob:" in policy
    assert "frame-ancestors 'none'" in policy
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["x-frame-options"] == "DENY"
    assert answer.headers["referrer-policy"] == "same-origin"


def test_an_error_in_a_route_shows_nothing_of_itself(client):
    answer = client.get("/broken")

    assert answer.status_code == 500
    assert answer.text == "Something went wrong in SmartBank. The log says more."


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/media/a.csv"), ("PUT", "/_stcore/upload_file/s/f"), ("GET", "/_stcore/metrics")],
)
def test_files_and_figures_streamlit_serves_to_anybody_need_a_session(client, services, method, path):
    signed_out = client.request(method, path)
    sign_in_as("gil", client, services)
    signed_in = client.request(method, path)

    assert (signed_out.status_code, signed_out.text) == (401, "Sign in first.")
    assert signed_in.text == "a customer's file"


def test_guarded_paths_are_closed_while_the_database_is_away(client, services, monkeypatch):
    def unreachable(*_args, **_kwargs):
        raise StorageError("The database does not answer.")

    sign_in_as("ana", client, services)
    monkeypatch.setattr(services.users, "session_user", unreachable)

    assert client.get("/media/a.csv").status_code == 503
