"""Every store of the keys of tokens must pass these, and so must the tokens that several processes sign with them."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest

from smartbank.adapters.mongo import MongoSealedData, MongoTokenKeyRepository
from smartbank.adapters.tokens import JwtSigner
from smartbank.adapters.vault import Vault
from smartbank.core.tokens import SigningKey, TokenClaims
from smartbank.errors import SignInError
from tests.database import VAULT

NINE = datetime(2026, 1, 5, 9, tzinfo=UTC)
OLD = SigningKey("old", NINE, b"o" * 32)
NEW = SigningKey("new", NINE + timedelta(hours=1), b"n" * 32)


@pytest.fixture
def keys(build):
    return build("TokenKeyRepository")


def claims(at=NINE):
    return TokenClaims("ana", "see_leads", "mark", "1", at, at + timedelta(minutes=15))


def test_keys_come_back_newest_first(keys):
    assert list(keys.all()) == []

    for key in (OLD, NEW):
        keys.add(key)

    assert list(keys.all()) == [NEW, OLD]


def test_keys_made_before_a_moment_are_deleted(keys):
    for key in (OLD, NEW):
        keys.add(key)

    assert keys.delete_made_before(NEW.made_at) == 1
    assert keys.delete_made_before(NEW.made_at) == 0

    assert list(keys.all()) == [NEW]


def test_processes_that_make_a_key_at_once_read_what_either_signed(keys):
    signers, together = [JwtSigner(keys) for _ in range(4)], Barrier(4)

    def sign(signer):
        together.wait()
        return signer.sign(claims())

    with ThreadPoolExecutor(4) as pool:
        tokens = list(pool.map(sign, signers))

    assert {signer.read(token, now=NINE).subject for signer in signers for token in tokens} == {"ana"}


def test_two_keys_of_two_processes_are_both_good_for_as_long_as_their_tokens(keys):
    """The one that lost signs with its own key: it had looked before the other one was written."""
    first, second = JwtSigner(keys), JwtSigner(keys)
    lost = first.sign(claims())
    keys.add(SigningKey("other", NINE + timedelta(seconds=1), b"x" * 32))
    won = second.sign(claims(NINE + timedelta(seconds=2)))

    almost = NINE + timedelta(minutes=14, seconds=59)

    assert {signer.read(token, now=almost).subject for signer in (first, second) for token in (lost, won)} == {"ana"}


def test_a_process_that_knows_older_keys_reads_what_a_rotation_elsewhere_signs(keys):
    here, there = JwtSigner(keys), JwtSigner(keys)
    before = here.sign(claims())
    assert here.read(before, now=NINE)

    there.rotate(now=NINE)
    after = there.sign(claims())

    assert here.read(after, now=NINE).subject == "ana"
    assert there.read(before, now=NINE).subject == "ana"


def test_a_rotation_that_ends_all_holds_elsewhere_within_half_a_minute(keys):
    here, there = JwtSigner(keys), JwtSigner(keys)
    token = here.sign(claims())
    assert here.read(token, now=NINE)

    there.rotate(now=NINE, end_all=True)

    with pytest.raises(SignInError):
        there.read(token, now=NINE)
    with pytest.raises(SignInError):
        here.read(token, now=NINE + timedelta(seconds=30))
    assert len(keys.all()) == 1


def test_no_key_is_stored_in_clear(database):
    keys = MongoTokenKeyRepository(database, vault=VAULT)

    keys.add(OLD)

    [stored] = database["token_keys"].find()
    assert stored["secret"].startswith(f"s1.{VAULT.sealing_key()}.")
    assert stored["sealed_with"] == [VAULT.sealing_key()]
    assert "b" * 8 not in repr(SigningKey("x", NINE, b"b" * 32))


def test_a_rotation_of_the_data_keys_seals_them_again(database):
    newer, older = bytes(32), bytes(range(32))
    MongoTokenKeyRepository(database, vault=VAULT).add(OLD)
    both = Vault([newer, older])

    moved = MongoSealedData(database, vault=both).reseal(VAULT.sealing_key(), report=lambda _: None)

    assert moved == 1
    assert list(MongoTokenKeyRepository(database, vault=Vault([newer])).all()) == [OLD]


def test_a_key_that_does_not_open_is_left_out_said_in_the_log_and_replaced(database, caplog):
    keys = MongoTokenKeyRepository(database, vault=VAULT)
    keys.add(OLD)
    database["token_keys"].update_one({"_id": "old"}, {"$set": {"secret": f"s1.{VAULT.sealing_key()}.AAAA"}})

    token = JwtSigner(keys).sign(claims())

    assert JwtSigner(keys).read(token, now=NINE).subject == "ana"
    assert "the key old of tokens does not open" in caplog.text
