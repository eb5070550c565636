"""The routes of finished exports: for whom, under which name, how often."""

from datetime import UTC, datetime, timedelta

import pandas as pd
import pytest

from smartbank.core.people import Role, User
from smartbank.core.ranking import RankFilter
from smartbank.core.session_cookies import SESSION_COOKIE
from smartbank.core.work import Work, WorkKind
from smartbank.services.exporting import Meant
from smartbank.services.runs import run_owner
from smartbank.services.sign_in import token_hash
from smartbank.web import export_routes
from tests.actors import put_user
from tests.ui.serving import client_of, services_with_users, sign_in_as


@pytest.fixture
def services():
    return services_with_users()


@pytest.fixture
def client(services):
    return client_of(services)


def finished_export(services, **result):
    now = datetime.now(UTC)
    ranked = pd.DataFrame({"rank": [1], "customer_id": ["lead-1"], "propensity": [0.5], "band": ["A"]})
    services.frames.append(run_owner("r0"), 0, ranked)
    request = {"run_id": "r0", "filter": RankFilter().to_json()}
    services.queue.add(Work("r0", WorkKind.RUN, created_by="ana", created_at=now, request={}))
    services.queue.add(Work("e1", WorkKind.EXPORT, created_by="ana", created_at=now, request=request))
    made = {"file_id": "f1", "file_name": "Leads, März.csv", "left_out": Meant(RankFilter(), 1, ()).mark}
    for work_id, came_of_it in (("r0", {}), ("e1", {**made, **result})):
        services.queue.claim("w", now=now, work_id=work_id)
        services.queue.finish(work_id, "w", came_of_it, now=now)
    services.files.save("f1", [b"rank,id\r\n", b"1,lead-1\r\n"])


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


@pytest.fixture
def two_exports_a_minute(monkeypatch):
    monkeypatch.setattr(export_routes, "EXPORTS_PER_MINUTE", 2)


def test_a_user_who_exports_again_and_again_is_told_to_wait_and_others_are_not(two_exports_a_minute, client, services):
    finished_export(services)
    sign_in_as("ana", client, services)
    answers = [client.get("/exports/e1") for _ in range(3)]
    put_user(services.users, User("eva", Role.MANAGER, "hash", created_at=datetime.now(UTC)))
    now = datetime.now(UTC)
    services.users.start_session(
        token_hash("eva's"), services.users.find("eva"), now=now, expires_at=now + timedelta(hours=1)
    )

    client.cookies.set(SESSION_COOKIE, "eva's")
    of_another = client.get("/exports/e1")

    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert int(answers[2].headers["retry-after"]) >= 1
    assert of_another.status_code == 200


def test_an_export_whose_file_is_gone_is_not_found(client, services):
    sign_in_as("ana", client, services)
    finished_export(services)
    services.files.delete("f1")

    assert client.get("/exports/e1").status_code == 404
