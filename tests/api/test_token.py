"""Tokens over HTTP, as OAuth 2 has them."""

import base64
import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from fastapi.testclient import TestClient

from smartbank.api.app import create_api
from smartbank.bootstrap import hash_password
from smartbank.core.people import Right, Role, User
from tests.providers import with_provider

PASSWORD = "correct horse battery"


@pytest.fixture
def ana(services):
    services.users.add(User("ana", Role.MANAGER, hash_password(PASSWORD), datetime(2026, 1, 5, tzinfo=UTC)))
    return {"grant_type": "password", "username": "ana", "password": PASSWORD}


@pytest.fixture
def anybody(client_of):
    return client_of()


def bearer(token):
    return {"Authorization": f"Bearer {token}"}


def test_a_password_gives_a_token_with_all_the_role_may_do(anybody, ana):
    response = anybody.post("/v1/token", data=ana)

    said = response.json()
    assert (response.status_code, said["token_type"], said["expires_in"]) == (200, "Bearer", 900)
    assert response.headers["Cache-Control"] == "no-store"
    assert "bring_in" in said["scope"].split()
    assert anybody.get("/v1/customers", headers=bearer(said["access_token"])).status_code == 200


def test_a_program_gets_a_token_for_its_key_in_the_form_and_by_http_basic(anybody, key_of):
    key = key_of(Role.MANAGER)
    basic = {"Authorization": "Basic " + base64.b64encode(f"some-manager:{key}".encode()).decode()}

    grant = {"grant_type": "client_credentials"}
    by_form = anybody.post("/v1/token", data=grant | {"client_id": "some-manager", "client_secret": key})
    by_header = anybody.post("/v1/token", data=grant, headers=basic)

    for response in (by_form, by_header):
        assert anybody.get("/v1/customers", headers=bearer(response.json()["access_token"])).status_code == 200


def test_a_narrower_scope_narrows_what_the_token_may_do(anybody, ana):
    token = anybody.post("/v1/token", data=ana | {"scope": "see_customer"}).json()["access_token"]

    response = anybody.get("/v1/customers", headers=bearer(token))

    assert response.status_code == 403
    assert anybody.get("/v1/market/snapshot", headers=bearer(token)).status_code == 200


def test_a_key_is_taken_as_a_bearer_too_for_clients_that_know_no_other_header(anybody, key_of):
    assert anybody.get("/v1/customers", headers=bearer(key_of(Role.MANAGER))).status_code == 200


@pytest.mark.parametrize(
    ("form", "status", "code"),
    [
        ({"grant_type": "password", "username": "ana", "password": "wrong"}, 400, "invalid_grant"),
        ({"grant_type": "password", "username": "nobody", "password": "wrong"}, 400, "invalid_grant"),
        ({"grant_type": "password"}, 400, "invalid_request"),
        ({"grant_type": "password", "username": "ana", "password": ""}, 400, "invalid_request"),
        ({"grant_type": "client_credentials"}, 401, "invalid_client"),
        ({"grant_type": "client_credentials", "client_id": "nobody", "client_secret": "sbk_1"}, 401, "invalid_client"),
        ({"grant_type": "implicit"}, 400, "unsupported_grant_type"),
        ({"grant_type": "password", "username": "a" * 1_001, "password": "x"}, 400, "invalid_request"),
        ({}, 400, "invalid_request"),
    ],
)
def test_why_there_is_no_token_is_told_by_the_codes_of_oauth_beside_the_problem(anybody, ana, form, status, code):
    response = anybody.post("/v1/token", data=form)

    said = response.json()
    assert (response.status_code, said["error"], said["status"]) == (status, code, status)
    assert response.headers["content-type"] == "application/problem+json"
    assert response.headers.get("WWW-Authenticate") == ('Basic realm="SmartBank"' if status == 401 else None)
    assert response.headers["Cache-Control"] == "no-store"
    assert re.fullmatch(r"[\x20-\x21\x23-\x5b\x5d-\x7e]+", said["error_description"])


@pytest.mark.parametrize(
    ("body", "kind"), [(b'{"grant_type": "password"}', "application/json"), (b"--x", "multipart/form-data; boundary=y")]
)
def test_a_body_that_is_no_form_is_an_invalid_request(anybody, body, kind):
    response = anybody.post("/v1/token", content=body, headers={"Content-Type": kind})

    assert (response.status_code, response.json()["error"]) == (400, "invalid_request")


def test_a_password_that_has_to_be_changed_first_is_no_grant(anybody, ana, services):
    before = services.users.find("ana")
    services.users.change(before, replace(before, must_change_password=True))

    response = anybody.post("/v1/token", data=ana)

    assert (response.status_code, response.json()["error"]) == (400, "invalid_grant")
    assert "has to be changed" in response.json()["error_description"]


def test_elsewhere_an_address_that_ends_in_token_has_no_codes_of_oauth(client_of):
    responses = [client_of().get("/v1/customers/abc/token"), client_of().get("/v1/customers/abc%2Ftoken")]

    assert [response.status_code for response in responses] == [404, 401]
    assert all("error" not in response.json() for response in responses)


def test_a_scope_nobody_gave_is_refused(anybody, ana):
    response = anybody.post("/v1/token", data=ana | {"scope": "manage_users"})

    assert (response.status_code, response.json()["error"]) == (400, "invalid_scope")
    assert "manage_users" in response.json()["detail"]


def test_guessing_ends_with_the_seconds_to_wait(anybody, ana):
    wrong = ana | {"password": "wrong"}

    statuses = [anybody.post("/v1/token", data=wrong).status_code for _ in range(6)]
    right = anybody.post("/v1/token", data=ana)

    assert statuses == [400] * 5 + [429]
    assert right.status_code == 429
    assert 0 < int(right.headers["Retry-After"]) <= 900


@pytest.mark.parametrize("headers", [{}, bearer(""), bearer("x.y.z"), {"Authorization": "Basic x"}, {"X-API-Key": "x"}])
def test_without_a_token_or_key_nothing_is_answered(anybody, headers):
    response = anybody.get("/v1/customers", headers=headers)

    assert (response.status_code, response.headers["WWW-Authenticate"]) == (401, 'Bearer realm="SmartBank"')


def test_a_disabled_user_is_out_at_once(anybody, ana, services):
    token = anybody.post("/v1/token", data=ana).json()["access_token"]
    before = services.users.find("ana")
    services.users.change(before, replace(before, disabled=True))

    assert anybody.get("/v1/customers", headers=bearer(token)).status_code == 401


def test_a_key_limited_to_some_rights_has_no_others(client_of):
    client = client_of(Role.ADMIN, rights={Right.SEE_CUSTOMER})

    assert client.get("/v1/market/snapshot").status_code == 200
    assert client.get("/v1/customers").status_code == 403


def test_where_passwords_are_switched_off_none_gives_a_token_and_a_key_still_does(services, ana, key_of):
    switched_off = with_provider(oidc_only=True)
    anybody = TestClient(create_api(lambda: replace(services, configuration=switched_off)))
    grant = {"grant_type": "client_credentials", "client_id": "some-manager", "client_secret": key_of(Role.MANAGER)}

    refused, issued = anybody.post("/v1/token", data=ana), anybody.post("/v1/token", data=grant)

    assert (refused.status_code, issued.status_code) == (400, 200)
    assert refused.json()["error"] == "unsupported_grant_type"
    assert "Passwords are switched off here." in refused.text
