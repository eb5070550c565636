"""Programs that use SmartBank, their keys, and the tokens they and users hold."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from smartbank.core.programs import Program, ProgramKey
from smartbank.core.tokens import SigningKey, TokenClaims


class ProgramRepository(Protocol):
    """Programs and their keys; none of them is ever deleted, so that the audit log stays readable."""

    def find(self, name: str) -> Program | None:
        """Return a program by name."""
        ...

    def all(self) -> list[Program]:
        """Return every program in order of name."""
        ...

    def add(self, program: Program) -> bool:
        """Add a program; False, and nothing is changed, when the name is taken."""
        ...

    def change(self, before: Program, after: Program) -> bool:
        """Replace a program that is still as before; False, and nothing is changed, when somebody else was faster."""
        ...

    def add_key(self, key: ProgramKey) -> None:
        """Keep a new key of a program."""
        ...

    def find_key(self, key_id: str) -> ProgramKey | None:
        """Return a key by its id, whether it is good or not."""
        ...

    def holder(self, key_id: str) -> tuple[Program, ProgramKey] | None:
        """Return the program a key belongs to, and the key, read at once; None where either is not there."""
        ...

    def keys(self) -> list[ProgramKey]:
        """Return the keys of every program, newest first."""
        ...

    def revoke_key(self, key_id: str, *, at: datetime) -> bool:
        """Have a key refused from now on; False if it was revoked before, or there is none."""
        ...

    def note_use(self, key: ProgramKey, *, at: datetime) -> None:
        """Note that a key that was just looked up is used; nothing is written for a second use within a minute."""
        ...


class TokenKeyRepository(Protocol):
    """The keys tokens are signed with."""

    def all(self) -> Sequence[SigningKey]:
        """Return every key that opens, newest first."""
        ...

    def add(self, key: SigningKey) -> None:
        """Keep a new key; two of two processes at the same moment are two keys."""
        ...

    def delete_made_before(self, moment: datetime) -> int:
        """Delete the keys made before a moment, also those that do not open, and return how many there were."""
        ...


class TokenSigner(Protocol):
    """Signs tokens and reads them; the keys it signs with are shared by all processes, and replaced by themselves."""

    def sign(self, claims: TokenClaims) -> str:
        """Return a token that says this; `claims.issued_at` is the time of now."""
        ...

    def read(self, token: str, *, now: datetime) -> TokenClaims:
        """Return what a token says.

        Raises
        ------
        SignInError
            It is none of ours, altered, expired or not valid yet. The message says nothing of the token.
        """
        ...

    def rotate(self, *, now: datetime, end_all: bool = False) -> str:
        """Make a new key that signs from now on, and return its id.

        Tokens signed before stay good until they expire; with `end_all` they are refused, here at once and by other
        processes within half a minute.
        """
        ...
