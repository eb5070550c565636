"""A token is ours, unaltered and of this quarter of an hour, or it is refused without a word of what it says."""

import hmac
import json
import logging
from base64 import urlsafe_b64encode
from dataclasses import replace
from datetime import timedelta

import jwt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartbank.adapters.memory import MemoryTokenKeyRepository
from smartbank.adapters.tokens import LONGEST_TOKEN, REFUSED, JwtSigner
from smartbank.core.tokens import KEY_OUTLIVES, KEY_SIGNS_FOR, TokenClaims
from smartbank.errors import SignInError
from tests.unit.tokens.conftest import NOON, at

CLAIMS = TokenClaims("ana", "see_leads", "mark of ana", "token 1", NOON, at(15))


@pytest.fixture
def keys():
    return MemoryTokenKeyRepository()


@pytest.fixture
def signer(keys):
    signer = JwtSigner(keys)
    signer.sign(CLAIMS)
    return signer


@pytest.fixture
def forge(keys, signer):
    """Sign what nobody should sign, with the real key unless another one is given."""

    def forge(*, key=None, headers=None, without=(), **claims):
        [kept] = keys.all()
        good = jwt.decode(signer.sign(CLAIMS), options={"verify_signature": False})
        said = {name: value for name, value in (good | claims).items() if name not in without}
        headers = {"kid": kept.key_id} if headers is None else headers
        return jwt.encode(said, kept.secret if key is None else key, algorithm="HS256", headers=headers)

    return forge


def refused(signer, token, now=NOON):
    with pytest.raises(SignInError) as refusal:
        signer.read(token, now=now)
    assert str(refusal.value) == REFUSED
    assert refusal.value.__suppress_context__ or refusal.value.__context__ is None
    return True


def test_a_token_reads_back_as_it_was_signed(signer):
    assert signer.read(signer.sign(CLAIMS), now=NOON) == CLAIMS


def test_a_token_says_who_for_whom_and_with_which_key(signer, keys):
    token = signer.sign(CLAIMS)

    said, header = jwt.decode(token, options={"verify_signature": False}), jwt.get_unverified_header(token)

    assert header == {"alg": "HS256", "typ": "JWT", "kid": keys.all()[0].key_id}
    assert (said["iss"], said["aud"], said["sub"]) == ("smartbank", "smartbank-api", "ana")
    assert said["exp"] - said["iat"] == 900
    assert said["nbf"] == said["iat"] == int(NOON.timestamp())
    assert (said["jti"], said["scope"], said["mark"]) == ("token 1", "see_leads", "mark of ana")


def test_the_forger_of_these_tests_would_get_through_with_nothing_changed(signer, forge):
    assert signer.read(forge(), now=NOON) == CLAIMS


@pytest.mark.parametrize("name", ["iss", "aud", "sub", "iat", "nbf", "exp", "jti", "scope", "mark"])
def test_a_token_without_a_claim_is_refused(signer, forge, name):
    assert refused(signer, forge(without=[name]))


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "somebody"},
        {"aud": "another-api"},
        {"aud": ["smartbank-api", "another-api"]},
        {"aud": ["smartbank-api"]},
        {"scope": ["see_leads"]},
        {"mark": 1},
        {"exp": "9999999999"},
        {"exp": True},
        {"exp": 1e300},
        {"exp": 10**30},
        {"nbf": -(10**30)},
        {"nbf": 1.5},
    ],
)
def test_a_claim_of_another_value_or_kind_is_refused(signer, forge, claims):
    assert refused(signer, forge(**claims))


def test_another_key_under_the_same_name_is_refused(signer, forge):
    assert refused(signer, forge(key=b"x" * 32))


@pytest.mark.parametrize("headers", [{}, {"kid": "unknown"}, {"kid": ""}])
def test_without_a_key_that_is_known_a_token_is_refused(signer, forge, headers):
    assert refused(signer, forge(headers=headers))


@pytest.mark.parametrize("algorithm", ["HS384", "HS512"])
def test_another_algorithm_is_refused_even_with_the_right_key(signer, keys, algorithm):
    [key] = keys.all()
    _, payload, _ = signer.sign(CLAIMS).split(".")
    signed = f"{encoded({'alg': algorithm, 'typ': 'JWT', 'kid': key.key_id})}.{payload}"
    signature = urlsafe_b64encode(hmac.digest(key.secret, signed.encode(), algorithm.replace("HS", "sha"))).decode()

    assert refused(signer, f"{signed}.{signature.rstrip('=')}")


@pytest.mark.parametrize("algorithm", ["none", "None", "NONE", "RS256", "hs256", ""])
def test_a_header_that_asks_for_another_algorithm_is_refused(signer, keys, algorithm):
    _, payload, signature = signer.sign(CLAIMS).split(".")
    header = encoded({"alg": algorithm, "typ": "JWT", "kid": keys.all()[0].key_id})

    assert refused(signer, f"{header}.{payload}.")
    assert refused(signer, f"{header}.{payload}.{signature}")


@pytest.mark.parametrize("more", [{"crit": ["x"]}, {"crit": ["b64"], "b64": False}, {"kid": 1}, {"kid": None}])
def test_a_header_nobody_here_writes_is_refused(signer, keys, more):
    _, payload, signature = signer.sign(CLAIMS).split(".")
    header = encoded({"alg": "HS256", "kid": keys.all()[0].key_id} | more)

    assert refused(signer, f"{header}.{payload}.{signature}")


def encoded(value):
    return urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def test_an_expired_token_is_refused_from_its_last_second_on(signer):
    token = signer.sign(CLAIMS)

    assert signer.read(token, now=at(15) - timedelta(seconds=1))
    assert refused(signer, token, at(15))
    assert refused(signer, token, at(16))


def test_a_token_of_a_clock_that_is_ahead_is_taken_half_a_minute_early_and_no_more(signer):
    token = signer.sign(CLAIMS)

    assert signer.read(token, now=NOON - timedelta(seconds=30))
    assert refused(signer, token, NOON - timedelta(seconds=31))


def test_a_token_above_four_kilobytes_is_refused_before_it_is_looked_at(signer, forge, monkeypatch):
    token = forge(jti="x" * LONGEST_TOKEN)
    monkeypatch.setattr(jwt, "get_unverified_header", lambda _token: pytest.fail("looked at"))

    assert refused(signer, token)


@pytest.mark.parametrize(
    "token", ["", ".", "..", "a.b.c", "\ud800", "é.é.é", "eyJhbGciOiJIUzI1NiJ9..", "[" * 4_000, "e30.e30.e30"]
)
def test_what_is_no_token_is_refused(signer, token):
    assert refused(signer, token)


def test_a_deeply_nested_payload_is_refused(signer, keys):
    nested = urlsafe_b64encode(b"[" * 2_000).decode().rstrip("=")
    header = encoded({"alg": "HS256", "kid": keys.all()[0].key_id})

    assert refused(signer, f"{header}.{nested}.{nested[:40]}")
    assert refused(signer, f"{nested}.{header}.{nested[:40]}")


@given(st.data())
def test_whatever_is_changed_in_a_token_it_is_refused_or_says_the_same(data):
    signer = JwtSigner(MemoryTokenKeyRepository())
    token = signer.sign(CLAIMS)
    place = data.draw(st.integers(0, len(token) - 1))
    put = data.draw(st.text(max_size=3))

    changed = token[:place] + put + token[place + data.draw(st.integers(0, 3)) :]

    assert changed == token or refused(signer, changed)


def test_nothing_of_a_token_is_in_the_log(signer, forge, caplog):
    caplog.set_level(logging.DEBUG)
    tokens = [forge(aud="x"), forge(headers={"kid": "0123456789abcdef"}), f"{forge()}x"]

    for token in tokens:
        refused(signer, token)

    assert caplog.text == ""


def test_a_key_signs_for_thirty_days_and_then_a_new_one_does(signer, keys):
    almost, after = NOON + KEY_SIGNS_FOR - timedelta(seconds=1), NOON + KEY_SIGNS_FOR

    signer.sign(issued(almost))
    before = [key.key_id for key in keys.all()]
    signer.sign(issued(after))

    assert len(before) == 1
    assert [key.key_id for key in keys.all()][1:] == before


def issued(moment):
    return replace(CLAIMS, issued_at=moment, expires_at=moment + timedelta(minutes=15))


def test_a_replaced_key_is_good_until_its_last_token_expired_and_then_deleted(signer, keys):
    token = signer.sign(CLAIMS)
    old = keys.all()[0]

    signer.rotate(now=NOON)

    assert signer.read(token, now=at(14.9)) == CLAIMS
    assert [key.key_id for key in keys.all()][1:] == [old.key_id]
    signer.sign(issued(NOON + KEY_OUTLIVES + timedelta(seconds=1)))
    assert old not in keys.all()


def test_what_a_replaced_key_signs_later_is_refused_even_before_it_is_deleted(signer, keys, forge):
    late = NOON + KEY_OUTLIVES + timedelta(minutes=1)
    stamp = int(late.timestamp())
    token = forge(iat=stamp, nbf=stamp, exp=stamp + 900)
    assert signer.read(token, now=late)

    JwtSigner(keys).rotate(now=NOON)

    assert len(keys.all()) == 2
    assert refused(JwtSigner(keys), token, late)


def test_a_rotation_makes_the_newest_key_though_the_clock_of_another_computer_was_ahead(signer, keys):
    signer.rotate(now=at(10))

    newest = signer.rotate(now=NOON)

    assert keys.all()[0].key_id == newest
    assert jwt.get_unverified_header(signer.sign(CLAIMS))["kid"] == newest


def test_a_rotation_that_ends_all_leaves_one_key_and_no_good_token(signer, keys):
    token = signer.sign(CLAIMS)

    newest = signer.rotate(now=NOON, end_all=True)

    assert [key.key_id for key in keys.all()] == [newest]
    assert refused(signer, token)
    assert signer.read(signer.sign(CLAIMS), now=NOON)
