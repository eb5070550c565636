from datetime import timedelta

import pytest

from smartbank.core.audit import AuditAction
from smartbank.core.people import COMMAND_LINE, Role
from smartbank.errors import AccountError, ForbiddenError, NotFoundError, SignInError
from smartbank.services.linking import emergency_code, link_user
from smartbank.services.passwords import change_own_password, force_new_password
from smartbank.services.people import change_role
from smartbank.services.sign_in import issue_ticket, open_session, session_user
from tests.unit.signing_in.conftest import NOON


@pytest.fixture
def about(users, audit):
    return {"by": COMMAND_LINE, "users": users, "audit": audit, "now": NOON}


def test_linking_ends_the_password_and_every_session(users, audit, about):
    token = open_session(issue_ticket(users.find("ana"), users=users, now=NOON), users=users, now=NOON)

    assert link_user("Ana", **about) == 1

    assert (users.find("ana").subject, users.find("ana").by_provider) == ("", True)
    assert session_user(token, users=users, now=NOON) is None
    event = list(audit.entries())[-1].event
    assert (event.action, event.object_id, event.details) == (AuditAction.LINK_USER, "ana", {"sessions_ended": 1})


def test_linking_again_lets_another_person_in_and_puts_the_one_before_out(users, about):
    link_user("ana", **about)
    first = users.find("ana")
    token = open_session(issue_ticket(first, users=users, now=NOON), users=users, now=NOON)

    link_user("ana", **about)

    assert session_user(token, users=users, now=NOON) is None
    assert users.find("ana").password_mark != first.password_mark


def test_a_linked_user_gets_no_password_and_no_role_here(users, about, verify):
    link_user("ana", **about)
    before = users.find("ana")
    by_ana = about | {"by": before.at("local"), "hash_password": str, "verify_password": verify}

    with pytest.raises(AccountError, match="has no password here"):
        force_new_password("ana", hash_password=str, **about)
    with pytest.raises(AccountError, match="has no password here"):
        change_own_password("terces", "a password of my own", token=None, **by_ana)
    with pytest.raises(AccountError, match="comes from the bank's identity provider"):
        change_role("ana", Role.ADMIN, **about)

    assert users.find("ana") == before


def test_an_emergency_code_signs_in_once_within_ten_minutes(users, about):
    code = emergency_code("ana", **about)

    token = open_session(code, users=users, now=NOON + timedelta(minutes=9))

    assert session_user(token, users=users, now=NOON + timedelta(minutes=9)).username == "ana"
    with pytest.raises(SignInError):
        open_session(code, users=users, now=NOON + timedelta(minutes=9))


def test_an_emergency_code_is_dead_after_ten_minutes(users, about):
    code = emergency_code("ana", **about)

    with pytest.raises(SignInError, match="expired"):
        open_session(code, users=users, now=NOON + timedelta(minutes=10))


def test_an_emergency_code_is_on_record_and_not_in_the_log(users, audit, about):
    code = emergency_code("ana", **about)

    event = list(audit.entries())[-1].event
    assert (event.action, event.object_id) == (AuditAction.EMERGENCY_CODE, "ana")
    assert code not in repr(event)


def test_nobody_gets_a_code_for_a_disabled_or_unknown_user_or_without_the_right(users, about):
    with pytest.raises(AccountError, match="Enable the user first"):
        emergency_code("old", **about)
    with pytest.raises(NotFoundError):
        emergency_code("nobody", **about)
    with pytest.raises(ForbiddenError):
        emergency_code("ana", **(about | {"by": users.find("ana").at("local")}))
