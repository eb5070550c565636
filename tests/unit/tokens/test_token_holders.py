"""Who shows a token or a key is looked up at every use: what an administrator changes holds at once."""

from dataclasses import replace
from datetime import timedelta

import pytest

from smartbank.core.people import ROLE_RIGHTS, Right, Role
from smartbank.core.programs import key_parts, make_key
from smartbank.core.tokens import TokenClaims
from smartbank.errors import SignInError, TooManyAttemptsError
from smartbank.services.tokens import NO_LONGER, WRONG_KEY
from tests.actors import put_user
from tests.unit.tokens.conftest import ANA, CRM, HERE, NOON, at


@pytest.mark.parametrize("change", [{"disabled": True}, {"password_hash": "another"}])
def test_a_token_ends_when_its_user_is_disabled_or_gets_another_password(by_password, who, services, change):
    token = by_password().access_token
    assert who(token)

    put_user(services.users, replace(ANA, **change))

    with pytest.raises(SignInError) as refusal:
        who(token)
    assert str(refusal.value) == NO_LONGER


def test_a_user_who_is_enabled_again_goes_on_with_the_token(by_password, who, services):
    token = by_password().access_token

    put_user(services.users, replace(ANA, disabled=True))
    put_user(services.users, ANA)

    assert who(token).username == "ana"


def test_a_token_has_the_rights_of_the_role_now_cut_by_its_scope(by_password, who, services):
    token = by_password(scope="see_leads see_customer export").access_token

    put_user(services.users, replace(ANA, role=Role.AUDITOR))
    actor = who(token)

    assert actor.role is Role.AUDITOR
    assert actor.limited_to == {Right.SEE_LEADS, Right.SEE_CUSTOMER}
    assert not actor.may(Right.SEE_ADMIN)


def test_a_token_is_good_for_fifteen_minutes(by_password, by_key, who):
    tokens = [by_password().access_token, by_key().access_token]

    for token in tokens:
        assert who(token, minutes=14.9)
        with pytest.raises(SignInError):
            who(token, minutes=15)


def test_a_token_of_a_program_ends_with_the_program_or_its_key(by_key, who, services, crm_key):
    token = by_key().access_token

    services.programs.change(CRM, replace(CRM, disabled=True))
    with pytest.raises(SignInError, match="no longer good"):
        who(token)

    services.programs.change(replace(CRM, disabled=True), CRM)
    assert who(token)
    services.programs.revoke_key(key_parts(crm_key)[0], at=NOON)
    with pytest.raises(SignInError, match="no longer good"):
        who(token)


def test_a_token_ends_when_the_key_behind_it_expires(by_key, who, services):
    key, clear = make_key("crm", by="boss", now=NOON, expires_at=at(5))
    services.programs.add_key(key)
    token = by_key(client_secret=clear).access_token

    assert who(token, minutes=4)
    with pytest.raises(SignInError, match="no longer good"):
        who(token, minutes=5)


def test_a_program_that_is_limited_further_loses_the_rights_at_once(by_key, who, who_by_key, services, crm_key):
    token = by_key().access_token

    services.programs.change(CRM, replace(CRM, rights=frozenset({Right.SEE_LEADS})))

    assert who(token).limited_to == {Right.SEE_LEADS}
    assert who_by_key(crm_key).limited_to == {Right.SEE_LEADS}


@pytest.mark.parametrize(
    ("subject", "mark"),
    [("nobody", ANA.password_mark), ("program:crm", ANA.password_mark), ("program:nobody", "k"), ("crm", "k")],
)
def test_a_signed_token_of_nobody_is_refused(services, who, crm_key, subject, mark):
    claims = TokenClaims(subject, "see_leads", mark, "1", NOON, at(15))

    with pytest.raises(SignInError, match="no longer good"):
        who(services.tokens.sign(claims))


def test_what_is_no_right_any_more_is_left_out_of_a_scope(services, who):
    claims = TokenClaims("ana", "see_leads a_right_of_once", ANA.password_mark, "1", NOON, at(15))

    assert who(services.tokens.sign(claims)).limited_to == {Right.SEE_LEADS}


def test_a_key_shown_as_it_is_acts_as_its_program(who_by_key, crm_key):
    actor = who_by_key(crm_key)

    assert (actor.username, actor.role, actor.place) == ("program:crm", Role.MANAGER, HERE)
    assert actor.limited_to == {Right.SEE_LEADS, Right.SEE_CUSTOMER}
    assert actor.limited_to < ROLE_RIGHTS[Role.MANAGER]


def test_the_use_of_a_key_is_noted_once_a_minute(who_by_key, services, crm_key):
    seen = []

    for minutes in (0, 0.5, 1, 1.9, 2.5):
        who_by_key(crm_key, minutes=minutes)
        seen.append(services.programs.find_key(key_parts(crm_key)[0]).last_used_at - NOON)

    assert seen == [timedelta(minutes=minutes) for minutes in (0, 0, 1, 1, 2.5)]


@pytest.mark.parametrize("key", ["", "made up", "sbk_0123456789ab_" + "x" * 43, "é\ud800", "x" * 100_000])
def test_a_wrong_key_is_refused(who_by_key, key):
    with pytest.raises(SignInError) as refusal:
        who_by_key(key)

    assert str(refusal.value) == WRONG_KEY


def test_a_key_revoked_expired_or_of_a_disabled_program_is_refused(who_by_key, services, crm_key):
    key, clear = make_key("crm", by="boss", now=NOON, expires_at=at(5))
    services.programs.add_key(key)

    with pytest.raises(SignInError):
        who_by_key(clear, minutes=5)
    services.programs.change(CRM, replace(CRM, disabled=True))
    with pytest.raises(SignInError):
        who_by_key(crm_key)
    services.programs.change(replace(CRM, disabled=True), CRM)
    services.programs.revoke_key(key_parts(crm_key)[0], at=NOON)
    with pytest.raises(SignInError):
        who_by_key(crm_key)


def test_after_thirty_wrong_keys_from_an_address_the_next_is_told_to_wait(who_by_key):
    for _ in range(30):
        with pytest.raises(SignInError, match="not right"):
            who_by_key("made up")

    with pytest.raises(TooManyAttemptsError) as refusal:
        who_by_key("made up")

    assert refusal.value.wait_s == 15 * 60
    with pytest.raises(SignInError, match="not right"):
        who_by_key("made up", address="10.0.0.2")


def test_wrong_keys_and_failed_sign_ins_close_an_address_together(who_by_key, by_password):
    for number in range(30):
        with pytest.raises(SignInError):
            who_by_key("made up") if number % 2 else by_password(f"name{number}")

    with pytest.raises(TooManyAttemptsError):
        by_password()


def test_wrong_keys_of_others_do_not_lock_a_right_one_out(who_by_key, crm_key):
    for _ in range(31):
        with pytest.raises(SignInError):
            who_by_key("made up")

    assert who_by_key(crm_key).username == "program:crm"
