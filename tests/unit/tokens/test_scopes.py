import pytest

from smartbank.core.people import ROLE_RIGHTS, Actor, Right, Role
from smartbank.core.scopes import granted, rights_in, scope_of
from smartbank.errors import ForbiddenError, ScopeError

BOTH = frozenset({Right.SEE_LEADS, Right.SEE_CUSTOMER})


def test_a_scope_names_rights_in_order_and_reads_back_in_any():
    assert scope_of(BOTH) == "see_customer see_leads"
    assert rights_in("  see_leads   see_customer see_leads") == BOTH


def test_no_scope_asked_for_gives_all_there_are():
    assert granted("", of=BOTH) == BOTH


def test_a_scope_asked_for_is_all_that_is_given():
    assert granted("see_leads", of=BOTH) == {Right.SEE_LEADS}


def test_a_scope_that_is_not_there_is_refused_by_name():
    with pytest.raises(ScopeError, match="do not have the scopes export and manage_users"):
        granted("see_leads manage_users export", of=BOTH)


def test_what_is_no_scope_is_refused_and_not_repeated():
    with pytest.raises(ScopeError) as refusal:
        granted("see_leads my-password", of=BOTH)

    assert "1 of the scopes asked for is not known" in str(refusal.value)
    assert "my-password" not in str(refusal.value)


@pytest.mark.parametrize("role", Role)
def test_without_a_limit_an_actor_may_what_the_role_may(role):
    actor = Actor("ana", role, "here")

    assert {right for right in Right if actor.may(right)} == ROLE_RIGHTS[role]


def test_a_limit_takes_rights_away_and_gives_none():
    limited = Actor("program:crm", Role.AGENT, "here", frozenset({Right.SEE_CUSTOMER, Right.MANAGE_USERS}))

    assert {right for right in Right if limited.may(right)} == {Right.SEE_CUSTOMER}


def test_a_refusal_says_whether_the_role_or_the_scope_is_missing():
    limited = Actor("program:crm", Role.AGENT, "here", frozenset({Right.SEE_CUSTOMER}))

    with pytest.raises(ForbiddenError, match="needs the scope write_notes"):
        limited.require(Right.WRITE_NOTES)
    with pytest.raises(ForbiddenError, match=r"Your role \(agent\)"):
        limited.require(Right.EXPORT)


def test_a_limit_to_nothing_allows_nothing():
    limited = Actor("program:crm", Role.ADMIN, "here", frozenset())

    assert not any(limited.may(right) for right in Right)
