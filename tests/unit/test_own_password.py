from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from smartbank.adapters.memory.audit import MemoryAuditLog
from smartbank.adapters.memory.users import MemoryUserRepository
from smartbank.core.passwords import one_time_password, validate_password
from smartbank.core.people import Actor, Role, User
from smartbank.errors import AccountError, ForbiddenError, SignInError
from smartbank.services.passwords import change_own_password, force_new_password
from smartbank.services.sign_in import token_hash
from tests.actors import put_user

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
OLD, NEW = "correct horse battery", "another good one"
ANA = User("ana", Role.MANAGER, OLD[::-1], NOON)
BOSS = Actor("boss", Role.ADMIN, "10.0.0.9")


def _backwards(password):
    return password[::-1]


@pytest.fixture
def users():
    users = MemoryUserRepository()
    put_user(users, ANA)
    put_user(users, replace(ANA, username="rui"))
    for name in ("ana", "rui"):
        users.start_session(f"session of {name}", users.find(name), now=NOON, expires_at=NOON + timedelta(hours=12))
    users.start_session(token_hash("here"), ANA, now=NOON, expires_at=NOON + timedelta(hours=12))
    return users


@pytest.fixture
def audit():
    return MemoryAuditLog()


@pytest.fixture
def change(users, audit):
    def change(old, new, minutes=0):
        return change_own_password(
            old,
            new,
            token="here",
            by=ANA.at("10.0.0.1"),
            users=users,
            hash_password=_backwards,
            verify_password=lambda password, kept: _backwards(password) == kept,
            audit=audit,
            now=NOON + timedelta(minutes=minutes),
        )

    return change


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


def test_made_up_passwords_pass_the_rules_and_differ():
    made_up = {one_time_password() for _ in range(100)}

    assert len(made_up) == 100
    for password in made_up:
        validate_password(password, username="ana")


def test_changing_ones_password_ends_every_other_session_of_that_user_only(change, users, audit):
    assert change(OLD, NEW) == 1

    changed = replace(ANA, password_hash=_backwards(NEW))
    assert users.find("ana") == users.session_user(token_hash("here"), now=NOON) == changed
    assert users.session_user("session of ana", now=NOON) is None
    assert users.session_user("session of rui", now=NOON).username == "rui"
    [entry] = audit.kept
    assert (entry.event.who, entry.event.object_id, entry.event.place) == ("ana", "ana", "10.0.0.1")
    assert entry.event.details["sessions_ended"] == 1
    assert not any(password in str(entry) for password in (OLD, NEW))


@pytest.mark.parametrize("old", ["wrong", "", ANA])
def test_without_the_old_password_nothing_changes(change, users, old):
    with pytest.raises(AccountError, match="not the password you have now"):
        change(old, NEW)

    assert users.find("ana") == ANA
    assert users.session_user("session of ana", now=NOON)


def test_guessing_the_old_password_is_limited_as_sign_ins_are(change, users):
    for _ in range(5):
        with pytest.raises(AccountError):
            change("a guess", NEW)

    with pytest.raises(SignInError, match="Try again in 15 minutes"):
        change(OLD, NEW)

    change(OLD, NEW, minutes=16)
    assert users.find("ana").password_hash == _backwards(NEW)


def test_a_password_somebody_else_chose_is_changed_without_typing_it_again(change, users):
    told = replace(ANA, must_change_password=True)
    put_user(users, told)

    change(told, NEW)

    assert users.find("ana") == replace(ANA, password_hash=_backwards(NEW))


def test_who_was_told_a_password_does_not_choose_the_next_once_another_one_was_forced(change, users, audit):
    told = replace(ANA, must_change_password=True)
    put_user(users, told)
    force_new_password("ana", by=BOSS, users=users, hash_password=_backwards, audit=audit, now=NOON)
    forced = users.find("ana")

    with pytest.raises(AccountError, match="Somebody else changed your password"):
        change(told, NEW)

    assert users.find("ana") == forced


def test_the_old_password_is_not_a_new_one(change):
    with pytest.raises(AccountError, match="the password you have now"):
        change(OLD, OLD)


def test_a_forced_password_is_shown_once_ends_sessions_and_must_be_changed(users, audit):
    password, ended = force_new_password("Ana", by=BOSS, users=users, hash_password=_backwards, audit=audit, now=NOON)

    assert ended == 2
    assert users.find("ana") == replace(ANA, password_hash=_backwards(password), must_change_password=True)
    assert users.session_user("session of ana", now=NOON) is None
    assert password not in str(audit.kept)


def test_only_an_administrator_forces_a_password(users, audit):
    with pytest.raises(ForbiddenError):
        force_new_password("ana", by=ANA.at("here"), users=users, hash_password=_backwards, audit=audit, now=NOON)

    assert users.find("ana") == ANA
