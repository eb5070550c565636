from base64 import urlsafe_b64decode
from datetime import UTC, datetime, timedelta

import pytest

from smartbank.core.people import Right, Role
from smartbank.core.programs import (
    clean_program_name,
    clean_purpose,
    is_secret_of,
    key_parts,
    make_key,
    validate_rights,
)
from smartbank.errors import AccountError
from smartbank.services import people
from tests.actors import EVERYBODY
from tests.services import memory_services

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def test_a_key_in_clear_names_itself_and_has_256_bits_nobody_keeps():
    key, clear = make_key("crm", by="boss", now=NOON)

    key_id, secret = key_parts(clear)

    assert clear == f"sbk_{key.key_id}_{secret}"
    assert (key_id, len(urlsafe_b64decode(f"{secret}="))) == (key.key_id, 32)
    assert is_secret_of(key, secret)
    assert secret not in str(vars(key))
    assert key.secret_hash not in repr(key)


@pytest.mark.parametrize("secret", ["", "x" * 43, "é", "\ud800"])
def test_another_secret_is_not_that_of_a_key_nor_any_that_of_none(secret):
    key, _ = make_key("crm", by="boss", now=NOON)

    assert not is_secret_of(key, secret)
    assert not is_secret_of(None, secret)


@pytest.mark.parametrize("text", ["", "sbk_", "sbk_0123456789ab_short", f"SBK_0123456789ab_{'x' * 43}", "é_\ud800_x"])
def test_what_has_not_the_shape_of_a_key_has_no_parts(text):
    assert key_parts(text) == ("", "")


def test_a_key_with_something_behind_it_is_none():
    _, clear = make_key("crm", by="boss", now=NOON)

    assert key_parts(f"{clear}\n") == ("", "")


def test_a_key_is_good_until_it_expires_or_is_revoked():
    key, _ = make_key("crm", by="boss", now=NOON, expires_at=NOON + timedelta(days=1))

    assert key.is_good(now=NOON)
    assert key.is_good(now=NOON + timedelta(hours=23, minutes=59))
    assert not key.is_good(now=NOON + timedelta(days=1))
    assert not type(key)(**(vars(key) | {"revoked_at": NOON})).is_good(now=NOON)


@pytest.mark.parametrize("name", ["crm", "nightly-scores", "a23", "x" * 40])
def test_a_name_of_small_letters_digits_and_dashes_is_allowed(name):
    assert clean_program_name(f" {name} ") == name


@pytest.mark.parametrize("name", ["", "ab", "Crm", "1crm", "crm_2", "program:crm", "x" * 41, "crm\n2", "çrm"])
def test_other_names_are_refused(name):
    with pytest.raises(AccountError, match="3 to 40 small letters"):
        clean_program_name(name)


def test_a_purpose_is_one_line_that_says_something():
    assert clean_purpose("  Shows leads \n in the CRM ") == "Shows leads in the CRM"
    for text in ("", " \n ", "x" * 201, "a\x00b"):
        with pytest.raises(AccountError, match="Say what the program is for"):
            clean_purpose(text)


def test_a_program_is_limited_to_some_rights_of_its_role():
    validate_rights(frozenset({Right.SEE_CUSTOMER}), role=Role.AGENT)

    with pytest.raises(AccountError, match="at least one"):
        validate_rights(frozenset(), role=Role.AGENT)
    with pytest.raises(AccountError, match="role agent does not have export"):
        validate_rights(frozenset({Right.SEE_CUSTOMER, Right.EXPORT}), role=Role.AGENT)


@pytest.mark.parametrize("name", ["program:crm", "PROGRAM:crm", "program:"])
def test_no_user_can_be_called_as_a_program_is(name):
    services = memory_services()
    ports = {"users": services.users, "audit": services.audit, "hash_password": str, "now": NOON}

    with pytest.raises(AccountError, match="A user name has"):
        people.add_user(name, Role.AGENT, "correct horse battery", by=EVERYBODY[Role.ADMIN], **ports)

    assert services.users.all() == []
