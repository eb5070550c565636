from datetime import UTC, datetime, timedelta

import pytest

from smartbank.adapters.memory.users import MemoryUserRepository
from smartbank.core.people import Role
from smartbank.errors import AccountError, NotFoundError
from smartbank.services.people import (
    add_user,
    change_password,
    disable_user,
    enable_user,
    ensure_first_admin,
    validate_password,
)

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
GOOD = "correct horse battery"


@pytest.fixture
def users():
    return MemoryUserRepository()


@pytest.fixture
def add(users):
    def add(username, role=Role.MANAGER, password=GOOD):
        return add_user(username, role, password, users=users, hash_password=_backwards, now=NOON)

    return add


def _backwards(password):
    return password[::-1]


def _sign_in(users, username):
    users.start_session(f"session of {username}", username, now=NOON, expires_at=NOON + timedelta(hours=12))


def test_the_first_administrator_gets_a_made_up_password_shown_once(users):
    first = ensure_first_admin(None, users=users, hash_password=_backwards, now=NOON)
    second = ensure_first_admin(None, users=users, hash_password=_backwards, now=NOON)

    admin = users.find("admin")
    assert admin.role is Role.ADMIN
    assert admin.password_hash == _backwards(first)
    assert admin.must_change_password
    assert len(first) == 16
    assert second is None


def test_a_given_password_of_the_first_administrator_is_not_shown_again(users):
    shown = ensure_first_admin(GOOD, users=users, hash_password=_backwards, now=NOON)

    assert shown is None
    assert users.find("admin").password_hash == _backwards(GOOD)
    assert users.find("admin").must_change_password


def test_a_weak_given_password_is_refused_and_no_administrator_made(users):
    with pytest.raises(AccountError, match="at least 12"):
        ensure_first_admin("admin", users=users, hash_password=_backwards, now=NOON)

    assert users.all() == []


def test_a_new_user_must_change_the_password(add, users):
    add(" Ana ")

    assert users.find("ana").must_change_password


def test_a_taken_name_is_refused_in_any_case(add):
    add("ana")

    with pytest.raises(AccountError, match="already a user ana"):
        add("ANA")


@pytest.mark.parametrize("name", ["", "a", "-ana", "ana silva", "an\na", "a" * 65, "ana<b>", "josé"])
def test_a_name_that_would_not_survive_is_refused(add, name):
    with pytest.raises(AccountError, match="user name has"):
        add(name)


@pytest.mark.parametrize(
    ("password", "said"),
    [
        ("elevenchars", "at least 12"),
        ("é" * 37, "at most 72 bytes"),
        ("ana.silva-123", "hardly more than the user name"),
        ("ANA.SILVAana.silva", "hardly more"),
        ("twelve\tchars", "cannot be typed"),
        ("twelve\ud800chars", "cannot be typed"),
    ],
)
def test_a_password_that_breaks_a_rule_is_refused_with_what_to_do(password, said):
    with pytest.raises(AccountError, match=said):
        validate_password(password, username="ana.silva")


@pytest.mark.parametrize("password", ["twelve chars", "é" * 36, "my ana.silva horse", "😀" * 18])
def test_a_password_within_the_rules_passes(password):
    validate_password(password, username="ana.silva")


def test_changing_a_password_ends_every_session_of_that_user_only(add, users):
    add("ana")
    add("rui")
    _sign_in(users, "ana")
    _sign_in(users, "rui")

    ended = change_password("ana", "another good one", must_change=False, users=users, hash_password=_backwards)

    assert ended == 1
    assert users.session_user("session of ana", now=NOON) is None
    assert users.session_user("session of rui", now=NOON).username == "rui"
    assert not users.find("ana").must_change_password


def test_a_disabled_user_is_out_at_once_and_may_come_back(add, users):
    add("ana")
    _sign_in(users, "ana")

    ended = disable_user("ana", users=users)

    assert ended == 1
    assert users.find("ana").disabled
    enable_user("ana", users=users)
    assert not users.find("ana").disabled


def test_the_last_administrator_cannot_be_disabled(add, users):
    add("one", Role.ADMIN)
    add("two", Role.ADMIN)
    disable_user("one", users=users)

    with pytest.raises(AccountError, match="two is the last administrator"):
        disable_user("two", users=users)


def test_an_unknown_user_is_named(users):
    with pytest.raises(NotFoundError, match="no user bob"):
        disable_user("Bob", users=users)
