"""Sessions somebody planted, kept or guessed."""

from datetime import UTC, datetime

import pytest

from smartbank.core.session_cookies import SESSION_COOKIE
from smartbank.services.sign_in import issue_ticket
from tests.ui.serving import client_of, services_with_users

HERE = {"Origin": "http://localhost"}


@pytest.fixture
def services():
    return services_with_users()


@pytest.fixture
def client(services):
    return client_of(services)


def sign_in(client, services, name="ana"):
    ticket = issue_ticket(services.users.find(name), users=services.users, now=datetime.now(UTC))
    return client.post("/auth/session", headers={**HERE, "X-SmartBank-Ticket": ticket})


def test_a_session_planted_before_the_sign_in_is_not_the_session_after_it(client, services):
    client.cookies.set(SESSION_COOKIE, "planted-by-somebody", domain="localhost.local", path="/")

    response = sign_in(client, services)

    assert response.status_code == 204
    assert response.cookies[SESSION_COOKIE] != "planted-by-somebody"
    stranger = client_of(services)
    stranger.cookies.set(SESSION_COOKIE, "planted-by-somebody")
    assert stranger.get("/media/a.csv").status_code == 401


def test_signing_in_again_gives_another_session(client, services):
    first, second = (sign_in(client, services).cookies[SESSION_COOKIE] for _ in range(2))

    assert first != second


def test_a_ticket_opens_one_session(client, services):
    ticket = issue_ticket(services.users.find("ana"), users=services.users, now=datetime.now(UTC))
    headers = {**HERE, "X-SmartBank-Ticket": ticket}

    statuses = [client.post("/auth/session", headers=headers).status_code for _ in range(2)]

    assert statuses == [204, 401]


def test_a_copied_cookie_is_dead_after_signing_out(client, services):
    copied = sign_in(client, services).cookies[SESSION_COOKIE]
    thief = client_of(services)
    thief.cookies.set(SESSION_COOKIE, copied)
    before = thief.get("/media/a.csv").status_code

    client.post("/auth/sign-out", headers=HERE)

    assert (before, thief.get("/media/a.csv").status_code) == (200, 401)


@pytest.mark.parametrize("origin", ["http://evil.example", "http://localhost:3000", "null", ""])
def test_a_page_of_another_site_neither_signs_in_nor_out(client, services, origin):
    sign_in(client, services)

    response = client.post("/auth/sign-out", headers={"Origin": origin})

    assert response.status_code == 403
    assert client.get("/media/a.csv").status_code == 200
