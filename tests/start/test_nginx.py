"""The example of an edge, in front of SmartBank in production mode."""

import http.client
import ssl
import subprocess
from datetime import UTC, datetime

import pytest
from websockets.exceptions import InvalidStatus

from smartbank.adapters.mongo import MongoUserRepository
from smartbank.bootstrap import new_data_key
from smartbank.services.sign_in import issue_ticket
from tests.database import open_database, open_server
from tests.start.edge import NAME, Edge
from tests.start.processes import wait_for

pytestmark = pytest.mark.xdist_group("start")


@pytest.fixture(scope="module")
def users(tmp_path_factory):
    with open_server(tmp_path_factory) as uri, open_database(uri, "nginx_test") as database:
        yield uri, MongoUserRepository(database)


@pytest.fixture(scope="module")
def edge(started, users, tmp_path_factory):
    behind = started(
        SMARTBANK_PRODUCTION="true",
        SMARTBANK_ALLOWED_HOSTS=NAME,
        SMARTBANK_MONGODB_URI=users[0],
        SMARTBANK_MONGODB_DATABASE="nginx_test",
        SMARTBANK_DATA_KEYS=new_data_key(),
        SMARTBANK_DEMO_CUSTOMERS="0",
    ).wait_until_ready()
    edge = Edge(tmp_path_factory.mktemp("nginx"), port=behind.port)
    yield edge
    edge.stop()


def test_nginx_finds_nothing_wrong_with_the_configuration(edge):
    tested = subprocess.run([*edge.command, "-t"], capture_output=True, text=True, check=False)

    assert tested.returncode == 0, tested.stderr
    warnings = [line for line in tested.stderr.splitlines() if "[warn]" in line and '"http2" directive' not in line]
    assert warnings == []


def test_the_sign_in_page_comes_over_https_with_the_headers_of_both(edge):
    answer = edge.ask("/")

    assert answer.status == 200
    assert '<div id="root">' in answer.text
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"
    assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
    assert len(answer.headers["X-Request-ID"]) == 32
    assert "nginx/" not in answer.headers["Server"]


def test_plain_http_leads_to_https_under_the_right_name_and_nowhere_under_another(edge):
    statuses = {}
    for host in (NAME, "elsewhere.example"):
        connection = http.client.HTTPConnection("127.0.0.1", edge.plain, timeout=30)
        connection.request("GET", "/leads?band=A", headers={"Host": host})
        answer = connection.getresponse()
        statuses[host] = (answer.status, answer.headers["Location"])
        connection.close()

    assert statuses == {NAME: (301, f"https://{NAME}/leads?band=A"), "elsewhere.example": (421, None)}


def test_signing_in_sets_a_cookie_for_https_and_this_host_and_no_header_of_the_client_is_believed(edge, users):
    _, repository = users
    now = datetime.now(UTC)
    ticket = issue_ticket(repository.find("admin"), users=repository, now=now)

    answer = edge.ask(
        "/auth/session",
        "POST",
        **{
            "Origin": edge.origin,
            "X-SmartBank-Ticket": ticket,
            "X-Forwarded-For": "203.0.113.9",
            "X-Forwarded-Proto": "http",
            "Forwarded": "for=203.0.113.9;proto=http",
        },
    )

    cookies = answer.headers.get_all("Set-Cookie")
    [session] = [cookie for cookie in cookies if cookie.startswith("__Host-smartbank_session=")]
    assert answer.status == 204
    assert {"Secure", "HttpOnly", "SameSite=strict", "Path=/"} <= set(session.split("; "))
    assert all("Secure" in cookie for cookie in cookies if "Max-Age=0" not in cookie)
    assert [one.address for one in repository.sessions(now=now)] == ["local"]


def test_the_stream_of_a_page_opens_for_its_own_page_and_for_no_other(edge):
    with edge.stream(origin=edge.origin) as stream:
        opened = stream.subprotocol
    with pytest.raises(InvalidStatus) as refused, edge.stream(origin="https://elsewhere.example"):
        pass

    assert opened == "streamlit"
    assert refused.value.response.status_code == 403


def test_another_name_gets_no_answer(edge):
    refused = edge.ask("/", Host="elsewhere.example")

    with pytest.raises(ssl.SSLError):
        edge.connect("elsewhere.example")

    assert refused.status == 421


@pytest.mark.parametrize(
    ("path", "size", "is_too_large"),
    [
        ("/auth/session", 70_000, True),
        ("/auth/session", 60_000, False),
        ("/api/v1/predictions", 5 * 2**20, True),
        ("/api/v1/predictions", 2**20, False),
        ("/_stcore/upload_file/s/f", 202 * 2**20, True),
        ("/_stcore/upload_file/s/f", 2**20, False),
    ],
)
def test_a_body_that_is_too_large_for_its_path_is_refused(edge, path, size, is_too_large):
    declared = {"Content-Length": str(size)}

    answer = edge.ask(path, "PUT", body=None if is_too_large else b"x" * size, **(declared if is_too_large else {}))

    assert (answer.status == 413) is is_too_large


def test_who_comes_without_a_route_is_given_one_and_keeps_it(edge):
    given = [cookie for cookie in edge.ask("/").headers.get_all("Set-Cookie") if cookie.startswith("smartbank_route=")]
    kept = edge.ask("/", Cookie=given[0].split(";")[0]).headers.get_all("Set-Cookie") or []

    assert len(given) == 1
    assert not any(cookie.startswith("smartbank_route=") for cookie in kept)


def test_figures_of_the_process_are_for_nobody_outside(edge):
    assert edge.ask("/_stcore/metrics").status == 404


def test_what_is_asked_in_an_address_is_not_in_the_logs(edge):
    edge.ask("/customer?search=Zweig-Holland")

    def logs():
        return "".join(path.read_text() for path in edge.folder.glob("*.log"))

    wait_for(lambda: "GET /customer 200" in logs())  # nginx answers first and writes then
    assert "Zweig" not in logs()
