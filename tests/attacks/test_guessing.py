"""Guessing: passwords, keys and names, two hundred times."""

import pytest

from tests.attacks.conftest import PASSWORD


def test_of_two_hundred_guesses_of_a_password_five_are_looked_at(anybody, services):
    form = {"grant_type": "password", "username": "ana"}

    statuses = [anybody.post("/v1/token", data=form | {"password": f"guess {n}"}).status_code for n in range(200)]
    right = anybody.post("/v1/token", data=form | {"password": PASSWORD})

    assert statuses == [400] * 5 + [429] * 195
    assert right.status_code == 429
    assert len(services.audit.newest(limit=100)) == 6


def test_guessing_many_names_ends_at_the_address(anybody):
    forms = ({"grant_type": "password", "username": f"user{n}", "password": "guess"} for n in range(40))

    statuses = [anybody.post("/v1/token", data=form).status_code for form in forms]

    assert statuses == [400] * 30 + [429] * 10


def test_guessing_keys_ends_at_the_address_and_a_right_key_still_opens(anybody, key):
    wrong = [{"X-API-Key": f"sbk_{n:012x}_{'a' * 43}"} for n in range(40)]

    statuses = [anybody.get("/v1/market/snapshot", headers=each).status_code for each in wrong]

    assert statuses == [401] * 30 + [429] * 10
    assert anybody.get("/v1/market/snapshot", headers={"X-API-Key": key}).status_code == 200


@pytest.mark.parametrize(
    "form",
    [
        {"grant_type": "password", "username": "ana", "password": "guess"},
        {"grant_type": "password", "username": "nobody", "password": "guess"},
    ],
)
def test_an_unknown_name_and_a_wrong_password_are_told_alike(anybody, form):
    said = anybody.post("/v1/token", data=form).json()

    assert said["detail"] == "User name or password is not right. Check both and try again."
