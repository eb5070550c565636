from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from smartbank.adapters.memory.audit import MemoryAuditLog
from smartbank.adapters.memory.users import MemoryUserRepository
from smartbank.core.audit import AuditResult
from smartbank.core.people import Actor, Role, User
from smartbank.errors import AccountError, ForbiddenError, NotFoundError
from smartbank.services import people
from smartbank.services.people import ensure_first_admin
from tests.actors import put_user

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
GOOD = "correct horse battery"
BOSS = Actor("boss", Role.ADMIN, "10.0.0.9")


@pytest.fixture
def users():
    return MemoryUserRepository()


@pytest.fixture
def audit():
    return MemoryAuditLog()


@pytest.fixture
def call(users, audit):
    """Call a use case as an actor."""

    def call(use_case, *arguments, by=BOSS, **ports):
        return use_case(*arguments, by=by, users=users, audit=audit, now=NOON, **ports)

    return call


@pytest.fixture
def add(call):
    def add(username, role=Role.MANAGER, password=GOOD, **who):
        return call(people.add_user, username, role, password, hash_password=_backwards, **who)

    return add


def _backwards(password):
    return password[::-1]


def _sign_in(users, username):
    user = users.find(username)
    users.start_session(f"session of {username}", user, now=NOON, expires_at=NOON + timedelta(hours=12))


def test_the_first_administrator_gets_a_made_up_password_shown_once(users, audit):
    first_start = partial(ensure_first_admin, None, users=users, hash_password=_backwards, audit=audit, now=NOON)

    first, second = first_start(), first_start()

    admin = users.find("admin")
    assert admin.role is Role.ADMIN
    assert admin.password_hash == _backwards(first)
    assert admin.must_change_password
    assert len(first) == 19
    assert second is None
    assert [(entry.event.who, entry.event.object_id) for entry in audit.kept] == [("command line", "admin")]


def test_a_given_password_of_the_first_administrator_is_not_shown_again(users, audit):
    shown = ensure_first_admin(GOOD, users=users, hash_password=_backwards, audit=audit, now=NOON)

    assert shown is None
    assert users.find("admin").password_hash == _backwards(GOOD)
    assert users.find("admin").must_change_password


def test_a_weak_given_password_is_refused_and_no_administrator_made(users, audit):
    with pytest.raises(AccountError, match="at least 12"):
        ensure_first_admin("admin", users=users, hash_password=_backwards, audit=audit, now=NOON)

    assert users.all() == []


def test_an_invited_user_gets_a_made_up_password_that_must_be_changed(call, users, audit):
    user, password = call(people.invite_user, " Ana ", Role.AGENT, hash_password=_backwards)

    assert users.find("ana") == user
    assert user.password_hash == _backwards(password)
    assert user.must_change_password
    [entry] = audit.kept
    assert (entry.event.who, entry.event.place, entry.event.object_id) == ("boss", "10.0.0.9", "ana")
    assert dict(entry.event.details) == {"role": "agent"}


def test_a_new_user_must_change_the_password(add, users):
    add(" Ana ")

    assert users.find("ana").must_change_password


def test_a_taken_name_is_refused_in_any_case(add):
    add("ana")

    with pytest.raises(AccountError, match="already a user ana"):
        add("ANA")


def test_a_name_taken_while_the_password_was_hashed_is_refused(call, users):
    def slow_hash(password):
        put_user(users, User("ana", Role.AGENT, "of the other", NOON))
        return _backwards(password)

    with pytest.raises(AccountError, match="already a user ana"):
        call(people.add_user, "ana", Role.ADMIN, GOOD, hash_password=slow_hash)

    assert users.find("ana").password_hash == "of the other"


@pytest.mark.parametrize("name", ["", "a", "-ana", "ana silva", "an\na", "a" * 65, "ana<b>", "josé"])
def test_a_name_that_would_not_survive_is_refused_and_not_put_on_record(add, audit, name):
    with pytest.raises(AccountError, match="user name has"):
        add(name)

    assert [(entry.event.object_id, entry.event.result) for entry in audit.kept] == [("", AuditResult.FAILED)]


@pytest.mark.parametrize("name", ["smartbank", "Unknown"])
def test_a_name_that_means_smartbank_itself_in_the_log_is_refused(add, name):
    with pytest.raises(AccountError, match="Choose another name"):
        add(name)


def test_a_disabled_user_is_out_at_once_and_may_come_back(add, call, users):
    add("ana")
    _sign_in(users, "ana")

    ended = call(people.disable_user, "ana")

    assert ended == 1
    assert users.find("ana").disabled
    call(people.enable_user, "ana")
    assert not users.find("ana").disabled
    assert users.session_user("session of ana", now=NOON) is None


def test_another_role_keeps_the_sessions_and_is_on_record_with_the_one_before(add, call, users, audit):
    add("ana")
    _sign_in(users, "ana")

    call(people.change_role, "ana", Role.AUDITOR)

    assert users.session_user("session of ana", now=NOON).role is Role.AUDITOR
    assert dict(audit.kept[-1].event.details) == {"role": "auditor", "role_before": "manager"}


def test_the_last_administrator_can_neither_be_disabled_nor_lose_the_role(add, call, users):
    add("one", Role.ADMIN)
    add("two", Role.ADMIN)
    call(people.disable_user, "one")

    for use_case in (people.disable_user, partial(people.change_role, role=Role.MANAGER)):
        with pytest.raises(AccountError, match="two is the last administrator"):
            call(use_case, "two")

    assert users.find("two").role is Role.ADMIN
    assert not users.find("two").disabled


def test_of_two_administrators_who_lock_each_other_out_at_once_one_stays(add, call, users):
    add("one", Role.ADMIN)
    add("two", Role.ADMIN)
    seen = users.all()
    users.all = lambda: seen  # each looked before the other wrote ...

    def change_then_see(before, after, change=users.change):
        users.all = type(users).all.__get__(users)  # ... and after it
        change(users.find("two"), replace(users.find("two"), role=Role.AGENT))
        return change(before, after)

    users.change = change_then_see
    with pytest.raises(AccountError, match="one is the last administrator"):
        call(people.disable_user, "one")

    assert not users.find("one").disabled


def test_administrators_disabling_each_other_in_threads_never_leave_nobody(call, users):
    def disable(name):
        try:
            call(people.disable_user, name)
        except AccountError:
            return

    for _ in range(50):
        for name in ("one", "two", "three"):
            put_user(users, User(name, Role.ADMIN, "hash", NOON))
        with ThreadPoolExecutor(3) as pool:
            list(pool.map(disable, ("one", "two", "three")))

        assert any(not user.disabled for user in users.all())


def test_who_changes_a_user_that_somebody_else_changed_meanwhile_is_told(add, call, users):
    ana = add("ana")
    users.find = lambda _name: replace(ana, role=Role.AUDITOR)

    with pytest.raises(AccountError, match="Somebody else changed ana meanwhile"):
        call(people.change_role, "ana", Role.AGENT)


def test_an_unknown_user_is_named(call):
    with pytest.raises(NotFoundError, match="no user bob"):
        call(people.disable_user, "Bob")


@pytest.mark.parametrize("role", [Role.MANAGER, Role.AGENT, Role.AUDITOR])
@pytest.mark.parametrize(
    "use_case",
    [
        partial(people.add_user, "eve", Role.ADMIN, GOOD, hash_password=_backwards),
        partial(people.invite_user, "eve", Role.ADMIN, hash_password=_backwards),
        partial(people.change_role, "ana", Role.ADMIN),
        partial(people.disable_user, "ana"),
        partial(people.enable_user, "ana"),
    ],
)
def test_only_an_administrator_manages_users_and_a_refusal_is_on_record(users, audit, role, use_case):
    ana = User("ana", Role.MANAGER, "hash", NOON)
    put_user(users, ana)

    with pytest.raises(ForbiddenError):
        use_case(by=Actor("eve", role, "10.0.0.6"), users=users, audit=audit, now=NOON)

    assert users.all() == [ana]
    [entry] = audit.kept
    assert (entry.event.who, entry.event.place, entry.event.result) == ("eve", "10.0.0.6", AuditResult.REFUSED)


def test_accounts_are_listed_with_their_sessions_and_without_a_hash(add, users):
    add("ana")
    add("rui", Role.AGENT)
    _sign_in(users, "ana")

    accounts = people.list_accounts(by=Actor("ed", Role.AUDITOR, "here"), users=users, now=NOON)

    assert [(account.username, account.n_sessions) for account in accounts] == [("ana", 1), ("rui", 0)]
    assert _backwards(GOOD) not in str(accounts)
    with pytest.raises(ForbiddenError):
        people.list_accounts(by=Actor("mia", Role.MANAGER, "here"), users=users, now=NOON)
