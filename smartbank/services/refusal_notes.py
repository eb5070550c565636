"""Notes a browser carries from a refused sign-in to the sign-in page: why, signed, so that nobody writes their own."""

from datetime import UTC, datetime, timedelta
from typing import Final

from smartbank.core.ports import Signer
from smartbank.core.provider_refusals import ProviderRefusal

NOTE_LIFETIME: Final = timedelta(minutes=2)
_KIND: Final = "refused sign-in"


def refusal_note(why: ProviderRefusal, *, signer: Signer, now: datetime) -> str:
    """Return a note of letters, digits, dots and dashes that is good for two minutes."""
    key_id, until = signer.sealing_key(), int((now + NOTE_LIFETIME).timestamp())
    return f"{why.name}.{until}.{key_id}.{signer.sign(_signed(why, until), key_id=key_id)}"


def refusal_of(note: str | None, *, signer: Signer, now: datetime) -> ProviderRefusal | None:
    """Return why a sign-in was refused; None for a note that is too old, or not ours."""
    name, until, key_id, signature = parts if note and len(parts := note.split(".")) == 4 else ("", "", "", "")
    if name not in ProviderRefusal.__members__ or not (until.isascii() and until.isdecimal() and len(until) < 12):
        return None
    why = ProviderRefusal[name]
    if datetime.fromtimestamp(int(until), UTC) < now:
        return None
    return why if signer.is_signature(signature, _signed(why, int(until)), key_id=key_id) else None


def _signed(why: ProviderRefusal, until: int) -> bytes:
    return f"{_KIND} {why.name} {until}".encode()
