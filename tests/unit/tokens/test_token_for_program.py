from dataclasses import replace
from datetime import timedelta

import pytest

from smartbank.core.audit import AuditAction, AuditResult
from smartbank.core.people import Right, Role
from smartbank.core.programs import key_parts, make_key
from smartbank.errors import ScopeError, SignInError, TooManyAttemptsError
from smartbank.services.tokens import WRONG_PROGRAM
from tests.unit.tokens.conftest import CRM, HERE, NOON, at


def test_a_key_leads_to_a_token_with_all_the_program_is_limited_to(by_key, who):
    issued = by_key()

    actor = who(issued.access_token)

    assert (issued.expires_in_s, issued.scope) == (900, "see_customer see_leads")
    assert (actor.username, actor.role, actor.place) == ("program:crm", Role.MANAGER, HERE)
    assert actor.limited_to == {Right.SEE_LEADS, Right.SEE_CUSTOMER}


def test_a_scope_asked_for_is_all_the_token_is_good_for(by_key, who):
    issued = by_key(scope="see_leads")

    assert who(issued.access_token).limited_to == {Right.SEE_LEADS}


def test_a_scope_of_its_role_beyond_its_limit_is_refused_and_on_record(by_key, services):
    with pytest.raises(ScopeError, match="do not have the scope export"):
        by_key(scope="export")

    [entry] = services.audit.kept
    assert (entry.event.who, entry.event.result) == ("program:crm", AuditResult.REFUSED)
    assert entry.event.details["reason"] == "scope"


def test_a_token_is_on_record_with_the_key_it_was_issued_for(by_key, services, crm_key):
    by_key()

    [entry] = services.audit.kept
    event, (key_id, secret) = entry.event, key_parts(crm_key)
    assert (event.action, event.object_kind, event.object_id) == (AuditAction.SIGN_IN, "program", "crm")
    assert dict(event.details) == {"way": "token", "scope": "see_customer see_leads", "key": key_id}
    assert secret not in str(entry)


def other_secret(crm_key):
    return crm_key[:-1] + ("A" if crm_key[-1] != "A" else "B")


@pytest.mark.parametrize("client_id", ["crm", "unknown", "", "CRM", "crm "])
def test_a_wrong_name_or_secret_gets_one_text(by_key, crm_key, client_id):
    with pytest.raises(SignInError) as refusal:
        by_key(client_id, other_secret(crm_key) if client_id == "crm" else crm_key)

    assert str(refusal.value) == WRONG_PROGRAM


def test_the_key_of_another_program_is_wrong(by_key, services):
    services.programs.add(replace(CRM, name="other"))
    key, clear = make_key("other", by="boss", now=NOON)
    services.programs.add_key(key)

    with pytest.raises(SignInError, match="not right"):
        by_key("crm", clear)

    assert by_key("other", clear)


def test_a_revoked_key_an_expired_one_and_a_disabled_program_get_the_same_text(by_key, services, crm_key):
    expiring, clear = make_key("crm", by="boss", now=NOON, expires_at=NOON + timedelta(days=1))
    services.programs.add_key(expiring)
    assert by_key(client_secret=clear, minutes=24 * 60 - 1)
    said = []

    for end in ("expired", "revoked", "disabled"):
        if end == "revoked":
            services.programs.revoke_key(key_parts(crm_key)[0], at=NOON)
        if end == "disabled":
            services.programs.change(CRM, replace(CRM, disabled=True))
        with pytest.raises(SignInError) as refusal:
            by_key(client_secret=clear if end == "expired" else crm_key, minutes=24 * 60)
        said.append(str(refusal.value))

    assert said == [WRONG_PROGRAM] * 3


def test_the_use_of_a_key_is_noted(by_key, services, crm_key):
    by_key(minutes=5)

    assert services.programs.find_key(key_parts(crm_key)[0]).last_used_at == at(5)


def test_a_sixth_attempt_is_refused_even_with_the_right_key_and_says_how_long(by_key, crm_key):
    for _ in range(5):
        with pytest.raises(SignInError, match="not right"):
            by_key(client_secret=other_secret(crm_key))

    with pytest.raises(TooManyAttemptsError) as refusal:
        by_key()

    assert refusal.value.wait_s == 15 * 60
    assert by_key(minutes=15.5)


def test_who_guesses_from_elsewhere_does_not_lock_the_program_out(by_key, crm_key):
    for _ in range(5):
        with pytest.raises(SignInError):
            by_key(client_secret=other_secret(crm_key), address="203.0.113.9")

    with pytest.raises(TooManyAttemptsError):
        by_key(address="203.0.113.9")
    assert by_key(address=HERE)


def test_thirty_failures_close_an_address_for_every_name(by_key, crm_key):
    for number in range(30):
        with pytest.raises(SignInError, match="not right"):
            by_key(f"name{number}")

    with pytest.raises(TooManyAttemptsError):
        by_key()


def test_a_right_key_clears_the_failures_of_its_program(by_key, crm_key):
    for _ in range(2):
        for _ in range(4):
            with pytest.raises(SignInError, match="not right"):
                by_key(client_secret=other_secret(crm_key))
        assert by_key()


def test_too_many_are_on_record_once_and_a_name_nobody_has_as_a_hash_only(by_key, services):
    for _ in range(7):
        with pytest.raises(SignInError):
            by_key("my password in the wrong field", "x")

    reasons = [entry.event.details["reason"] for entry in services.audit.kept]
    assert reasons == ["unknown"] * 5 + ["too many failures"]
    assert {entry.event.who for entry in services.audit.kept} == {"unknown"}
    assert "wrong field" not in str(services.audit.kept)
