"""The routes of a released list's files: CSV, workbook and manifest, for those who may take leads away."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from smartbank import server
from smartbank.config import Settings
from smartbank.core.people import Role, User
from smartbank.core.session_cookies import SESSION_COOKIE
from smartbank.services.list_exporting import queue_list_workbook
from smartbank.services.manifests import verify_export
from smartbank.services.sign_in import token_hash
from tests.actors import ANA, EVERYBODY, put_user
from tests.call_lists import ListBank


@pytest.fixture
def bank():
    bank = ListBank()
    bank.clock = datetime.now(UTC)
    return bank


@pytest.fixture
def call_list(bank):
    return bank.release()


@pytest.fixture
def client(bank):
    application = Starlette(
        routes=server.build_routes(lambda: bank.services, Settings()),
        middleware=server.build_middleware(lambda: bank.services, Settings()),
        exception_handlers=server.ERROR_ANSWERS,
    )
    return TestClient(application, base_url="http://localhost", raise_server_exceptions=False)


@pytest.fixture
def sign_in(bank, client):
    def sign_in(role=Role.MANAGER, name="ana"):
        now = datetime.now(UTC)
        put_user(bank.services.users, User(name, role, "hash", created_at=now))
        user = bank.services.users.find(name)
        bank.services.users.start_session(token_hash(name), user, now=now, expires_at=now + timedelta(hours=1))
        client.cookies.set(SESSION_COOKIE, name)

    return sign_in


def is_intact(bank, data, manifest):
    about = {"name": "x", "manifest_name": "y", "by": EVERYBODY[Role.ADMIN], "signer": bank.services.signer}
    return verify_export([data], manifest, **about).is_intact


def test_a_csv_comes_with_a_manifest_that_fits_it(bank, call_list, client, sign_in):
    sign_in()
    address = f"/exports/lists/{call_list.list_id}"

    file, manifest = client.get(f"{address}.csv"), client.get(f"{address}.manifest.json")

    name = f"call-list-{call_list.list_id[:15]}.csv"
    assert file.headers["content-disposition"].endswith(f"''{name}")
    assert manifest.headers["content-disposition"].endswith(f"''{name}.manifest.json")
    assert (file.headers["content-length"], file.headers["cache-control"]) == (str(len(file.content)), "no-store")
    assert manifest.headers["content-type"] == "application/json"
    assert is_intact(bank, file.content, manifest.content)


def test_a_workbook_is_saved_where_the_inbox_leads_and_has_its_own_manifest(bank, call_list, client, sign_in):
    sign_in()
    work_id = queue_list_workbook(call_list.list_id, by=ANA, ports=bank.export_ports, now=bank.later())
    bank.work()
    (message,) = [each for each in bank.services.inbox.newest("ana") if each.kind == "export_ready"]

    file = client.get(message.page)
    manifest = client.get(f"/exports/lists/{call_list.list_id}.manifest.json?export={work_id}")

    assert message.page == f"/exports/{work_id}"
    assert file.content.startswith(b"PK")
    assert is_intact(bank, file.content, manifest.content)


@pytest.mark.parametrize(("role", "status"), [(None, 401), (Role.AGENT, 403), (Role.AUDITOR, 403)])
def test_a_file_of_a_list_needs_a_session_and_the_right(call_list, client, sign_in, role, status):
    if role:
        sign_in(role)

    answers = [client.get(f"/exports/lists/{call_list.list_id}{ending}") for ending in (".csv", ".manifest.json")]

    assert [answer.status_code for answer in answers] == [status] * 2


@pytest.mark.parametrize("typed", ["nothing", "Ana%20Silva", "%ed%a0%80", "a" * 300])
def test_what_is_typed_into_an_address_is_not_found_and_not_on_record(bank, client, sign_in, typed):
    sign_in()

    answers = [
        client.get(f"/exports/lists/{typed}{end}") for end in (".csv", ".manifest.json", ".manifest.json?export=x")
    ]

    assert [answer.status_code for answer in answers] == [404] * 3
    assert {each.event.object_id for each in bank.services.audit.kept[-3:]} == {"no work id"}


def test_a_release_that_is_not_done_has_no_file(bank, call_list, client, sign_in):
    sign_in()
    bank.services.lists.begin(replace(call_list, list_id="b1", state="releasing", ground=None, figures=None))

    assert client.get("/exports/lists/b1.csv").status_code == 404
