from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from typer.testing import CliRunner

from smartbank.adapters.memory.audit import MemoryAuditLog
from smartbank.adapters.memory.users import MemoryUserRepository
from smartbank.cli import people
from smartbank.cli.operating import operator
from smartbank.core.people import Role
from smartbank.errors import AccountError, NotFoundError
from smartbank.services.sign_in import open_session, session_user

GOOD = "correct horse battery"


@pytest.fixture
def audit():
    return MemoryAuditLog()


@pytest.fixture
def users(monkeypatch, audit):
    users = MemoryUserRepository()

    @contextmanager
    def open_users():
        yield users, audit

    monkeypatch.setattr(people, "open_users", open_users)
    return users


def run(*arguments, typed=""):
    return CliRunner().invoke(people.user_app, arguments, input=typed)


def test_a_user_is_added_with_the_first_line_of_standard_input(users):
    result = run("add", "Ana", "--role", "manager", "--password-stdin", typed=f"{GOOD}\nsecond line\n")

    assert result.output == "ana may sign in as manager, and has to change the password then.\n"
    assert users.find("ana").role is Role.MANAGER
    assert users.find("ana").must_change_password


def test_a_password_is_asked_for_twice_and_not_shown(users):
    result = run("add", "ana", "--role", "agent", typed=f"{GOOD}\n{GOOD}\n")

    assert users.find("ana").role is Role.AGENT
    assert GOOD not in result.output


def test_an_unknown_role_is_refused_with_the_known_ones(users):
    result = run("add", "ana", "--role", "boss", "--password-stdin", typed=f"{GOOD}\n")

    assert result.exit_code == 2
    assert "manager" in result.output
    assert users.all() == []


def test_nothing_on_standard_input_is_said(users):
    result = run("add", "ana", "--role", "agent", "--password-stdin")

    assert isinstance(result.exception, AccountError)
    assert users.all() == []


def test_users_are_listed_with_role_and_state_and_no_hash(users):
    run("add", "ana", "--role", "manager", "--password-stdin", typed=f"{GOOD}\n")
    run("add", "rui", "--role", "agent", "--password-stdin", typed=f"{GOOD}\n")
    run("disable", "rui")

    lines = run("list").output.splitlines()

    assert [line.split()[:2] for line in lines] == [["ana", "manager"], ["rui", "agent"]]
    assert "must change the password" in lines[0]
    assert "disabled" in lines[1]
    assert "$2b$" not in "".join(lines)


def test_a_user_is_linked_and_listed_as_such(users):
    run("add", "ana", "--role", "manager", "--password-stdin", typed=f"{GOOD}\n")

    result = run("link", "ana")

    assert result.output == "ana signs in at the bank's identity provider from now on; sessions ended: 0.\n"
    assert "by identity provider" in run("list").output


def test_an_emergency_code_is_printed_alone_on_its_line_and_signs_in(users):
    run("add", "ana", "--role", "admin", "--password-stdin", typed=f"{GOOD}\n")

    code = run("emergency", "ana").output.splitlines()[0]

    token = open_session(code, users=users, now=datetime.now(UTC))
    assert session_user(token, users=users, now=datetime.now(UTC)).username == "ana"


def test_a_disabled_user_loses_every_session_and_can_be_enabled_again(users):
    run("add", "ana", "--role", "manager", "--password-stdin", typed=f"{GOOD}\n")
    now = datetime.now(UTC)
    users.start_session("a session", users.find("ana"), now=now, expires_at=now + timedelta(hours=1))

    result = run("disable", "ana")

    assert result.output == "ana is disabled; sessions ended: 1.\n"
    assert users.find("ana").disabled
    run("enable", "ana")
    assert not users.find("ana").disabled


def test_another_password_has_to_be_changed_at_the_next_sign_in(users):
    run("add", "ana", "--role", "manager", "--password-stdin", typed=f"{GOOD}\n")
    before = users.find("ana").password_hash

    result = run("password", "ana", "--password-stdin", typed="another good one\n")

    assert result.exit_code == 0
    assert users.find("ana").password_hash != before
    assert users.find("ana").must_change_password


@pytest.mark.parametrize("command", ["disable", "enable", "password"])
def test_an_unknown_user_is_named(users, command):
    result = run(command, "bob", *(["--password-stdin"] if command == "password" else []), typed=f"{GOOD}\n")

    assert isinstance(result.exception, NotFoundError)
    assert "no user bob" in str(result.exception)


def test_a_role_is_changed(users):
    run("add", "ana", "--role", "manager", "--password-stdin", typed=f"{GOOD}\n")

    result = run("role", "ana", "auditor")

    assert result.output == "ana is auditor from now on.\n"
    assert users.find("ana").role is Role.AUDITOR


def test_what_commands_change_is_on_record_without_a_password(users, audit):
    run("add", "ana", "--role", "manager", "--password-stdin", typed=f"{GOOD}\n")
    run("password", "ana", "--password-stdin", typed="another good one\n")
    run("disable", "ana")

    events = [entry.event for entry in audit.kept]
    assert [event.action for event in events] == ["add_user", "change_password", "change_user"]
    assert {(event.who, event.place, event.object_id) for event in events} == {
        ("command line", operator().place, "ana")
    }
    assert GOOD not in str(events)
