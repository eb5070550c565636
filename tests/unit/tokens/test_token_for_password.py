from dataclasses import replace

import pytest

from smartbank.core.audit import AuditAction, AuditResult
from smartbank.core.people import ROLE_RIGHTS, Right, Role
from smartbank.core.scopes import scope_of
from smartbank.errors import ScopeError, SignInError, TooManyAttemptsError
from smartbank.services.sign_in import REFUSED, sign_in
from tests.actors import put_user
from tests.unit.tokens.conftest import ANA, HERE, NOON, RIGHT_PASSWORD


def said(services):
    return [(entry.event.who, entry.event.result, entry.event.details.get("reason")) for entry in services.audit.kept]


def test_a_password_leads_to_a_token_of_fifteen_minutes_with_all_the_role_has(by_password, who):
    issued = by_password("Ana")

    actor = who(issued.access_token)

    assert (issued.expires_in_s, issued.scope) == (900, scope_of(ROLE_RIGHTS[Role.MANAGER]))
    assert (actor.username, actor.role, actor.place) == ("ana", Role.MANAGER, HERE)
    assert actor.limited_to == ROLE_RIGHTS[Role.MANAGER]
    assert issued.access_token not in repr(issued)


def test_a_scope_asked_for_is_all_the_token_is_good_for(by_password, who):
    issued = by_password(scope="see_leads export")

    assert issued.scope == "export see_leads"
    assert who(issued.access_token).limited_to == {Right.SEE_LEADS, Right.EXPORT}


def test_a_scope_the_role_does_not_have_is_refused_and_on_record(by_password, services):
    with pytest.raises(ScopeError, match="do not have the scope manage_users"):
        by_password(scope="see_leads manage_users")

    assert said(services) == [("ana", AuditResult.REFUSED, "scope")]


def test_with_a_wrong_password_nothing_is_said_of_scopes(by_password):
    with pytest.raises(SignInError) as refusal:
        by_password(password="wrong", scope="manage_users")

    assert str(refusal.value) == REFUSED
    assert type(refusal.value) is SignInError


def test_a_password_that_has_to_be_changed_gives_no_token(by_password, services):
    put_user(services.users, replace(ANA, must_change_password=True))

    with pytest.raises(SignInError, match="has to be changed before"):
        by_password()

    assert said(services) == [("ana", AuditResult.REFUSED, "password has to be changed")]


def test_a_token_is_on_record_with_its_scope_and_nothing_of_itself(by_password, services):
    issued = by_password(scope="see_leads")

    [entry] = services.audit.kept
    event = entry.event
    assert (event.action, event.result, event.who, event.place) == (AuditAction.SIGN_IN, AuditResult.DONE, "ana", HERE)
    assert dict(event.details) == {"way": "token", "scope": "see_leads"}
    assert not any(part in str(entry) for part in issued.access_token.split("."))


def test_a_sixth_attempt_is_refused_even_with_the_right_password_and_says_how_long(by_password):
    for _ in range(5):
        with pytest.raises(SignInError, match="not right"):
            by_password(password="wrong")

    with pytest.raises(TooManyAttemptsError, match=r"Try again in 12 minutes\.") as refusal:
        by_password(minutes=3.5)

    assert refusal.value.wait_s == 12 * 60
    assert by_password(minutes=15.5)


def test_failures_at_the_screens_and_at_the_api_count_together(by_password, services):
    ports = {"users": services.users, "audit": services.audit, "verify_password": lambda *_: False, "now": NOON}
    for _ in range(3):
        with pytest.raises(SignInError, match="not right"):
            sign_in("ana", "wrong", HERE, **ports)
    for _ in range(2):
        with pytest.raises(SignInError, match="not right"):
            by_password(password="wrong")

    with pytest.raises(TooManyAttemptsError):
        by_password(password=RIGHT_PASSWORD)
    with pytest.raises(TooManyAttemptsError):
        sign_in("ana", RIGHT_PASSWORD, HERE, **ports)


@pytest.mark.parametrize("username", ["nobody", "program:crm", ""])
def test_who_is_no_user_is_refused_as_a_wrong_password_is(by_password, services, crm_key, username):
    with pytest.raises(SignInError) as refusal:
        by_password(username, crm_key)

    assert str(refusal.value) == REFUSED
    assert said(services) == [("unknown", AuditResult.REFUSED, "unknown")]
