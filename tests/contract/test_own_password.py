"""A password is changed within a session that is good at every moment of it."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from smartbank.core.people import Role, User
from tests.actors import put_user

NINE = datetime(2026, 1, 5, 9, tzinfo=UTC)
TEN = NINE + timedelta(hours=1)
MARA = User("mara", Role.MANAGER, "$2b$hash", NINE)
ANOTHER = replace(MARA, password_hash="$2b$other")


@pytest.fixture
def users(build):
    users = build("UserRepository")
    put_user(users, MARA)
    for token in ("here", "there"):
        users.start_session(token, MARA, now=NINE, expires_at=TEN)
    return users


def test_the_session_a_password_is_changed_in_goes_on_and_no_other_one(users):
    assert users.change_within("here", MARA, ANOTHER)

    assert users.session_user("here", now=NINE) == ANOTHER
    assert users.session_user("there", now=NINE) is None
    assert users.end_sessions_of("Mara", but="here") == 1
    assert users.session_user("here", now=NINE) == ANOTHER


def test_a_session_outlives_several_passwords_but_none_somebody_else_chose(users):
    users.change_within("here", MARA, ANOTHER)
    third = replace(MARA, password_hash="$2b$third")
    users.change_within("here", ANOTHER, third)
    assert users.session_user("here", now=NINE) == third

    put_user(users, replace(MARA, password_hash="$2b$forced"))

    assert users.session_user("here", now=NINE) is None


def test_a_password_that_was_changed_elsewhere_meanwhile_is_left_alone(users):
    users.change_within("there", MARA, ANOTHER)

    assert not users.change_within("here", MARA, replace(MARA, password_hash="$2b$third"))

    assert users.find("mara") == ANOTHER
    assert users.session_user("here", now=NINE) is None
    assert users.session_user("there", now=NINE) == ANOTHER


def test_nobody_elses_session_goes_on(users):
    abel = replace(MARA, username="abel")
    put_user(users, abel)

    assert users.change_within("here", abel, replace(abel, password_hash="$2b$other"))
    assert users.change_within("", MARA, ANOTHER)

    assert users.session_user("here", now=NINE) is None


def test_a_session_is_never_refused_while_its_password_changes(users):
    def change():
        before = MARA
        for number in range(30):
            after = replace(MARA, password_hash=f"$2b$number {number}")
            assert users.change_within("here", before, after)
            before = after

    with ThreadPoolExecutor(1) as pool:
        changing = pool.submit(change)
        seen = [users.session_user("here", now=NINE)]
        while not changing.done():
            seen.append(users.session_user("here", now=NINE))

    changing.result()
    assert None not in seen
