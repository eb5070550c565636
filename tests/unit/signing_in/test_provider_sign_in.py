from dataclasses import replace

import pytest

from smartbank.core.audit import AuditAction, AuditResult
from smartbank.core.people import Role
from smartbank.core.provider_identity import ProviderIdentity
from smartbank.core.provider_refusals import ProviderRefusal
from smartbank.errors import ProviderRefusedError, SignInError
from smartbank.services.linking import link_user
from smartbank.services.people import add_user, disable_user
from smartbank.services.provider_sign_in import sign_in_by_provider
from smartbank.services.sign_in import open_session, session_user
from tests.actors import put_user
from tests.unit.signing_in.conftest import NOON

ROLES = (("bank-admins", Role.ADMIN), ("bank-agents", Role.AGENT))
EVA = ProviderIdentity("eva", "mark of eva", ("bank-agents",))
ANA = ProviderIdentity("ana", "mark of ana", ("bank-agents",))


@pytest.fixture
def come(users, audit):
    """Come from the provider, and return who has the session that follows."""

    def come(identity=EVA, now=NOON):
        ticket = sign_in_by_provider(identity, "10.0.0.1", roles=ROLES, users=users, audit=audit, now=now)
        return session_user(open_session(ticket, users=users, now=now), users=users, now=now)

    return come


@pytest.fixture
def admin(users):
    return put_user(users, replace(users.find("ana"), username="boss", role=Role.ADMIN)) or users.find("boss").at("x")


def events(audit):
    return [entry.event for entry in audit.entries()]


def test_the_first_sign_in_makes_a_user_with_the_role_of_the_group_and_no_password(come, users, audit):
    user = come()

    assert (user.username, user.role, user.by_provider, user.must_change_password) == ("eva", Role.AGENT, True, False)
    assert user.password_hash.startswith("!")
    assert [(event.action, event.who, event.result) for event in events(audit)] == [
        (AuditAction.ADD_USER, "eva", AuditResult.DONE),
        (AuditAction.SIGN_IN, "eva", AuditResult.DONE),
    ]


def test_the_second_sign_in_changes_nothing_and_leaves_one_entry(come, users, audit):
    first = come()
    come()

    assert users.find("eva") == first
    assert [event.action for event in events(audit)][2:] == [AuditAction.SIGN_IN]


@pytest.mark.parametrize("groups", [(), ("bank-Admins",), ("elsewhere",)])
def test_without_a_group_that_has_a_role_nobody_gets_in(come, users, audit, groups):
    with pytest.raises(ProviderRefusedError) as refused:
        come(replace(EVA, groups=groups))

    assert refused.value.why == ProviderRefusal.NO_ROLE
    assert users.find("eva") is None
    [event] = events(audit)
    assert (event.who, event.result, event.details["reason"]) == ("unknown", AuditResult.REFUSED, "no role")
    assert "eva" not in event.object_id


def test_whoever_lost_every_group_is_out_and_named_in_the_log(come, audit):
    come()

    with pytest.raises(ProviderRefusedError):
        come(replace(EVA, groups=()))

    assert (events(audit)[-1].who, events(audit)[-1].details["reason"]) == ("eva", "no role")


def test_the_role_is_taken_again_at_every_sign_in_even_from_the_last_administrator(come, users):
    come(replace(EVA, groups=("bank-admins",)))
    assert users.find("eva").role is Role.ADMIN

    come()

    assert users.find("eva").role is Role.AGENT


def test_of_two_groups_the_one_named_first_in_the_settings_counts(come, users):
    come(replace(EVA, groups=("bank-agents", "bank-admins")))

    assert users.find("eva").role is Role.ADMIN


def test_whoever_an_administrator_disabled_stays_out_whatever_the_provider_says(come, users, audit, admin):
    come()
    disable_user("eva", by=admin, users=users, audit=audit, now=NOON)

    with pytest.raises(ProviderRefusedError) as refused:
        come(replace(EVA, groups=("bank-admins",)))

    assert refused.value.why == ProviderRefusal.DISABLED
    assert users.find("eva").role is Role.AGENT


def test_a_user_with_a_password_is_not_taken_over(come, users):
    before = users.find("ana")

    with pytest.raises(ProviderRefusedError) as refused:
        come(ANA)

    assert refused.value.why == ProviderRefusal.HAS_PASSWORD
    assert users.find("ana") == before


def test_a_linked_user_comes_in_and_the_password_is_over(come, users, audit, admin, attempt):
    link_user("ana", by=admin, users=users, audit=audit, now=NOON)

    user = come(ANA)

    assert (user.username, user.subject) == ("ana", "mark of ana")
    with pytest.raises(SignInError, match="not right"):
        attempt("ana")


def test_another_person_who_gets_the_name_at_the_provider_does_not_get_the_user(come, users):
    come()

    with pytest.raises(ProviderRefusedError) as refused:
        come(replace(EVA, subject="mark of another eva", groups=("bank-admins",)))

    assert refused.value.why == ProviderRefusal.OTHER_PERSON
    assert users.find("eva").role is Role.AGENT


@pytest.mark.parametrize("name", ["", "e", "smartbank", "program:crm", "eva silva"])
def test_a_name_that_cannot_be_a_user_name_is_refused(come, users, name):
    with pytest.raises(ProviderRefusedError) as refused:
        come(replace(EVA, name=name))

    assert refused.value.why == ProviderRefusal.NO_NAME


def test_refusals_count_against_no_password(come, users, audit, attempt, admin):
    for _ in range(40):
        with pytest.raises(ProviderRefusedError):
            come(ANA)

    assert attempt("ana")
    assert sum(event.result is AuditResult.REFUSED for event in events(audit)) == 30


def test_a_password_is_not_looked_at_for_somebody_who_comes_by_the_provider(come, attempt, verify, audit):
    hash_kept = come().password_hash

    with pytest.raises(SignInError, match="not right"):
        attempt("eva", hash_kept[::-1])

    assert hash_kept not in verify.hashes
    assert events(audit)[-1].details["reason"] == "signs in at the provider"


def test_two_first_sign_ins_at_once_make_one_user(come, users, audit, monkeypatch):
    found, add = users.find, users.add

    def add_after_another(user):
        monkeypatch.setattr(users, "add", add)
        add(user)
        return False

    monkeypatch.setattr(users, "add", add_after_another)

    assert come().username == "eva"
    assert found("eva").subject == "mark of eva"


def test_an_administrator_cannot_add_a_user_over_one_by_the_provider(come, users, audit, admin):
    come()

    with pytest.raises(Exception, match="already a user eva"):
        add_user(
            "eva",
            Role.ADMIN,
            "correct horse battery",
            by=admin,
            users=users,
            hash_password=str,
            audit=audit,
            now=NOON,
        )
