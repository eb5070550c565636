from datetime import UTC, datetime, timedelta

import pandas as pd
import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from smartbank import server
from smartbank.config import Settings
from smartbank.core.people import Role, User
from smartbank.core.ranking import RankFilter
from smartbank.core.session_cookies import SECURE_SESSION_COOKIE, SESSION_COOKIE
from smartbank.core.work import Work, WorkKind
from smartbank.errors import StorageError
from smartbank.services.exporting import Meant
from smartbank.services.runs import run_owner
from smartbank.services.sign_in import issue_ticket, token_hash
from tests.actors import put_user
from tests.services import memory_services

HERE = {"Origin": "http://localhost"}


@pytest.fixture
def services():
    services = memory_services()
    for name, role in (("ana", Role.MANAGER), ("gil", Role.AGENT)):
        put_user(services.users, User(name, role, "hash", created_at=datetime.now(UTC)))
    return services


@pytest.fixture
def client(services):
    async def streamlits_own(_request):
        return PlainTextResponse("a customer's file")

    async def broken(_request):
        raise ValueError("Ana Silva, +351 912 345 678")

    own = [
        Route("/media/{name}", streamlits_own),
        Route("/_stcore/upload_file/{session}/{file}", streamlits_own, methods=["PUT"]),
        Route("/_stcore/metrics", streamlits_own),
        Route("/_stcore/health", streamlits_own),
        Route("/broken", broken),
    ]
    application = Starlette(
        routes=[*server.build_routes(lambda: services), *own],
        middleware=server.build_middleware(lambda: services, Settings(allowed_hosts="bank.example")),
        exception_handlers=server.ERROR_ANSWERS,
    )
    return TestClient(application, base_url="http://localhost", raise_server_exceptions=False)


@pytest.fixture
def ticket(services):
    return issue_ticket(services.users.find("ana"), users=services.users, now=datetime.now(UTC))


def sign_in_as(username, client, services):
    now = datetime.now(UTC)
    services.users.start_session(
        token_hash("token"), services.users.find(username), now=now, expires_at=now + timedelta(hours=1)
    )
    client.cookies.set(SESSION_COOKIE, "token")


def finished_export(services, **result):
    now = datetime.now(UTC)
    ranked = pd.DataFrame({"rank": [1], "customer_id": ["lead-1"], "propensity": [0.5], "band": ["A"]})
    services.frames.append(run_owner("r0"), 0, ranked)
    request = {"run_id": "r0", "filter": RankFilter().to_json()}
    services.queue.add(Work("r0", WorkKind.RUN, created_by="ana", created_at=now, request={}))
    services.queue.add(Work("e1", WorkKind.EXPORT, created_by="ana", created_at=now, request=request))
    made = {"file_id": "f1", "file_name": "Leads, März.csv", "left_out": Meant(1, ()).mark}
    for work_id, came_of_it in (("r0", {}), ("e1", {**made, **result})):
        services.queue.claim("w", now=now, work_id=work_id)
        services.queue.finish(work_id, "w", came_of_it, now=now)
    services.files.save("f1", [b"rank,id\r\n", b"1,lead-1\r\n"])


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
    assert name == SECURE_SESSION_COOKIE
    assert {"Secure", "HttpOnly", "SameSite=strict", "Path=/"} <= set(cookie)
    assert not any(attribute.startswith("Domain") for attribute in cookie)
    assert list(cookies(answer)[1]) == [SESSION_COOKIE]


def test_elsewhere_a_cookie_that_was_not_set_over_https_counts_for_nothing(client, services):
    sign_in_as("gil", client, services)
    elsewhere = TestClient(client.app, base_url="https://bank.example")

    plain = elsewhere.get("/_stcore/metrics", headers={"Cookie": f"{SESSION_COOKIE}=token"})
    secure = elsewhere.get("/_stcore/metrics", headers={"Cookie": f"{SECURE_SESSION_COOKIE}=token"})

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
    assert sorted(cookies(answer)[1]) == sorted([SECURE_SESSION_COOKIE, SESSION_COOKIE])
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


def test_a_finished_export_is_downloaded_under_its_name_and_never_kept(client, services):
    sign_in_as("ana", client, services)
    finished_export(services, media_type="text/csv", size=19)

    answer = client.get("/exports/e1")

    assert answer.content == b"rank,id\r\n1,lead-1\r\n"
    assert answer.headers["content-disposition"] == "attachment; filename*=UTF-8''Leads%2C%20M%C3%A4rz.csv"
    assert answer.headers["content-type"].startswith("text/csv")
    assert answer.headers["content-length"] == "19"
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(("username", "status"), [(None, 401), ("gil", 403)])
def test_an_export_needs_a_session_and_the_right(client, services, username, status):
    finished_export(services)
    if username:
        sign_in_as(username, client, services)

    assert client.get("/exports/e1").status_code == status


def test_a_user_who_must_change_the_password_downloads_nothing(client, services):
    put_user(services.users, User("new", Role.MANAGER, "hash", created_at=datetime.now(UTC), must_change_password=True))
    finished_export(services)
    sign_in_as("new", client, services)

    assert client.get("/exports/e1").status_code == 401


def test_what_is_not_a_finished_export_is_not_found(client, services):
    sign_in_as("ana", client, services)
    now = datetime.now(UTC)
    services.queue.add(Work("r1", WorkKind.RUN, created_by="ana", created_at=now, request={}))
    services.queue.add(Work("e2", WorkKind.EXPORT, created_by="ana", created_at=now, request={}))

    answers = [client.get(f"/exports/{work_id}") for work_id in ("r1", "e2", "unknown")]

    assert [answer.status_code for answer in answers] == [404, 404, 404]


@pytest.mark.parametrize("path", ["/exports/Ana Silva", "/exports/anasilva", "/exports/%ed%a0%80"])
def test_what_is_typed_into_an_address_is_not_put_on_record(client, services, path):
    sign_in_as("ana", client, services)

    assert client.get(path).status_code == 404

    [entry] = services.audit.kept
    assert (entry.event.object_id, entry.event.result) == ("no work id", "failed")


def test_an_export_whose_file_is_gone_is_not_found(client, services):
    sign_in_as("ana", client, services)
    finished_export(services)
    services.files.delete("f1")

    assert client.get("/exports/e1").status_code == 404
