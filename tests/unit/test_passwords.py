import pytest

from smartbank.adapters.passwords import hash_password, verify_password
from smartbank.errors import AccountError
from smartbank.services.sign_in import _NOBODY


@pytest.fixture(scope="module")
def longest():
    return hash_password("é" * 36)


def test_a_hash_is_bcrypt_of_cost_12_and_salted(longest):
    other = hash_password("é" * 36)

    assert longest.startswith("$2b$12$")
    assert other != longest


def test_a_password_of_72_bytes_is_verified(longest):
    assert verify_password("é" * 36, longest)
    assert not verify_password("é" * 35 + "x", longest)


def test_what_is_beyond_72_bytes_is_not_ignored(longest):
    assert not verify_password("é" * 36 + "x", longest)


def test_a_longer_password_is_not_hashed():
    with pytest.raises(AccountError, match="72"):
        hash_password("é" * 36 + "x")


def test_two_spellings_of_a_letter_are_one_password():
    kept = hash_password("cafe\u0301 au lait")

    assert verify_password("caf\u00e9 au lait", kept)


@pytest.mark.parametrize("password", ["", "\x00", "\ud800", "x" * 10_000])
def test_no_password_breaks_the_check(password, longest):
    assert not verify_password(password, longest)


def test_a_damaged_hash_lets_nobody_in():
    assert not verify_password("anything", "not a hash")


def test_the_hash_for_unknown_users_takes_as_long_as_a_real_one(longest):
    assert _NOBODY[:7] == longest[:7]
    assert len(_NOBODY) == len(longest)
    assert not verify_password("", _NOBODY)
