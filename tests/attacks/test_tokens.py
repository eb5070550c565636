"""Tokens somebody made, bent or kept: none of them opens anything."""

import base64
import json
from datetime import UTC, datetime, timedelta

import jwt
import pytest

from tests.attacks.conftest import PASSWORD

SECRET = b"0123456789abcdef0123456789abcdef"


@pytest.fixture
def token(anybody):
    form = {"grant_type": "password", "username": "ana", "password": PASSWORD}
    return anybody.post("/v1/token", data=form).json()["access_token"]


@pytest.fixture
def signing(services, token):
    """The id and secret of the key that signs, as nobody outside has them."""
    signer = services.tokens
    (key,) = signer._keys.all()
    return key.key_id, key.secret


def status(client, token):
    return client.get("/v1/market/snapshot", headers={"Authorization": f"Bearer {token}"}).status_code


def bent(token, signing, *, drop=(), headers=None, secret=None, algorithm="HS256", **claims):
    """Return the token with other claims, signed anew with the right key unless another is given."""
    key_id, right = signing
    said = jwt.decode(token, options={"verify_signature": False}) | claims
    kept = {name: value for name, value in said.items() if name not in drop}
    return jwt.encode(kept, secret or right, algorithm=algorithm, headers={"kid": key_id} | (headers or {}))


def part(values):
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")


def test_the_token_itself_is_good_and_so_is_one_signed_anew_with_the_right_key(anybody, token, signing):
    assert status(anybody, token) == 200
    assert status(anybody, bent(token, signing)) == 200


def test_a_token_signed_with_another_key_is_forged(anybody, token, signing):
    assert status(anybody, bent(token, signing, secret=SECRET)) == 401


@pytest.mark.parametrize("name", ["none", "None", "NONE", "nOnE", ""])
def test_a_token_that_names_no_algorithm_is_no_token(anybody, token, signing, name):
    claims = token.split(".")[1]

    for signature in ("", token.split(".")[2]):
        header = part({"alg": name, "typ": "JWT", "kid": signing[0]})
        assert status(anybody, f"{header}.{claims}.{signature}") == 401


@pytest.mark.filterwarnings("ignore::jwt.warnings.InsecureKeyLengthWarning")
@pytest.mark.parametrize("algorithm", ["HS384", "HS512"])
def test_another_algorithm_is_refused_though_the_key_is_right(anybody, token, signing, algorithm):
    assert status(anybody, bent(token, signing, algorithm=algorithm)) == 401


def test_an_expired_token_is_refused_and_so_is_one_from_the_future(anybody, token, signing):
    now = datetime.now(UTC)
    past, future = now - timedelta(hours=1), now + timedelta(hours=1)

    assert status(anybody, bent(token, signing, iat=past, nbf=past, exp=past + timedelta(minutes=15))) == 401
    assert status(anybody, bent(token, signing, iat=future, nbf=future, exp=future + timedelta(minutes=15))) == 401


@pytest.mark.parametrize("claims", [{"aud": "elsewhere"}, {"aud": ["smartbank-api", "x"]}, {"iss": "elsewhere"}])
def test_a_token_for_or_from_somebody_else_is_refused(anybody, token, signing, claims):
    assert status(anybody, bent(token, signing, **claims)) == 401


@pytest.mark.parametrize("name", ["aud", "iss", "exp", "nbf", "iat", "sub", "jti", "scope", "mark"])
def test_a_token_without_one_of_its_claims_is_refused(anybody, token, signing, name):
    assert status(anybody, bent(token, signing, drop=(name,))) == 401


@pytest.mark.parametrize("kid", ["", "../../etc/passwd", "' OR 1=1", {"$ne": None}, None, 7])
def test_a_key_id_is_a_name_and_nothing_else(anybody, token, kid):
    header = part({"alg": "HS256", "typ": "JWT", "kid": kid})

    assert status(anybody, ".".join([header, *token.split(".")[1:]])) == 401


@pytest.mark.parametrize("subject", ["root", "program:crm", "program:", {"$ne": ""}, ["ana"], ""])
def test_a_token_of_somebody_else_needs_their_mark(anybody, token, signing, subject):
    assert status(anybody, bent(token, signing, sub=subject)) == 401


@pytest.mark.parametrize("scope", ["manage_users see_customer", "admin see_customer", "*"])
def test_a_scope_written_into_a_token_gives_no_more_than_the_role_has(anybody, token, signing, scope):
    wide = bent(token, signing, scope=scope)

    response = anybody.get("/metrics", headers={"Authorization": f"Bearer {wide}"})

    assert response.status_code == 403


@pytest.mark.parametrize("text", ["", ".", "..", "a.b", "a.b.c.d", "\x00", "é" * 50, "x" * 5_000, "Bearer"])
def test_what_is_no_token_is_refused_without_a_word_of_it(anybody, text):
    response = anybody.get("/v1/market/snapshot", headers={"Authorization": f"Bearer {text}".encode()})

    assert response.status_code == 401
    assert len(text) < 3 or text not in response.text
