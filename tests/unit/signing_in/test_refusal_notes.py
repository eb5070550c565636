from datetime import timedelta

import pytest

from smartbank.adapters.vault import Vault
from smartbank.core.people import Role
from smartbank.core.provider_identity import ProviderSettings
from smartbank.core.provider_refusals import ProviderRefusal, said_of
from smartbank.services.refusal_notes import refusal_note, refusal_of
from tests.unit.signing_in.conftest import NOON

SIGNER = Vault([bytes(range(32))])
PROVIDER = ProviderSettings(
    "your bank's account",
    "https://id.bank.example",
    "smartbank",
    "https://smartbank.bank.example/oauth2callback",
    "preferred_username",
    "roles",
    "openid profile",
    (("bank-agents", Role.AGENT),),
)


@pytest.mark.parametrize("why", ProviderRefusal)
def test_a_note_says_why_for_two_minutes(why):
    note = refusal_note(why, signer=SIGNER, now=NOON)

    assert refusal_of(note, signer=SIGNER, now=NOON + timedelta(minutes=2)) is why
    assert refusal_of(note, signer=SIGNER, now=NOON + timedelta(minutes=2, seconds=1)) is None


@pytest.mark.parametrize("forged", [None, "", "NO_ROLE", "NO_ROLE.9999999999.x.y", "a.b.c.d", "NO_ROLE.²3.x.y"])
def test_a_note_somebody_made_up_says_nothing(forged):
    assert refusal_of(forged, signer=SIGNER, now=NOON) is None


def test_a_note_cannot_be_made_to_say_something_else():
    note = refusal_note(ProviderRefusal.DECLINED, signer=SIGNER, now=NOON)

    assert refusal_of(note.replace("DECLINED", "NO_ROLE"), signer=SIGNER, now=NOON) is None


@pytest.mark.parametrize("why", ProviderRefusal)
def test_every_refusal_is_a_sentence_that_says_what_to_do(why):
    said = said_of(why, PROVIDER)

    assert said[0].isupper()
    assert said.endswith(".")
    assert "{" not in said
    assert any(word in said for word in ("Ask", "Try", "Sign in"))


def test_whoever_has_no_role_reads_which_groups_have_one():
    assert "bank-agents (agent)" in said_of(ProviderRefusal.NO_ROLE, PROVIDER)
