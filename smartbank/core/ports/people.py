"""Who may sign in."""

from datetime import datetime
from typing import Protocol

from smartbank.core.people import Session, SessionEnd, User


class UserRepository(Protocol):
    """Users, their sessions, and failed sign-ins."""

    def find(self, username: str) -> User | None:
        """Return a user by name, which is kept in lower case."""
        ...

    def all(self) -> list[User]:
        """Return every user in order of name."""
        ...

    def add(self, user: User) -> bool:
        """Add a user; False, and nothing is changed, when the name is taken."""
        ...

    def change(self, before: User, after: User) -> bool:
        """Replace a user who is still as before; False, and nothing is changed, when somebody else was faster."""
        ...

    def change_within(self, token_hash: str, before: User, after: User) -> bool:
        """Give a user another password as `change` does, from a session that stays good at every moment of it."""
        ...

    def start_session(
        self,
        token_hash: str,
        user: User,
        *,
        now: datetime,
        expires_at: datetime,
        address: str = "",
        browser: str = "",
    ) -> None:
        """Keep a session by the hash of its token; it is good for as long as the user has the password of now."""
        ...

    def session_user(self, token_hash: str, *, now: datetime) -> User | None:
        """Return the user of a live session, and note that it was seen, at most once a minute.

        None if the session ended or expired, or the user is disabled or has another password by now.
        """
        ...

    def sessions(self, *, now: datetime) -> list[Session]:
        """Return every live session, the one seen last first."""
        ...

    def session_end(self, token_hash: str, *, now: datetime) -> SessionEnd | None:
        """Return why a session is over, until some hours after it would have expired.

        None for one that lives, for one signed out of, and for a token that is none.
        """
        ...

    def end_session(self, token_hash: str) -> bool:
        """Forget a live session by the hash of its token; False if it had ended."""
        ...

    def end_named_session(
        self, username: str, session_id: str, *, why: SessionEnd = SessionEnd.BY_ADMINISTRATOR
    ) -> bool:
        """End one session of a user by its short name; False if it had ended."""
        ...

    def end_sessions_of(self, username: str, *, why: SessionEnd = SessionEnd.BY_ADMINISTRATOR, but: str = "") -> int:
        """End every session of a user and return how many there were; tickets not yet redeemed are dead too.

        `but` is the hash of the token of a session that goes on.
        """
        ...

    def add_ticket(self, ticket_hash: str, user: User, *, expires_at: datetime) -> None:
        """Keep a one-time ticket that can be turned into a session, for as long as the user has this password."""
        ...

    def redeem_ticket(self, ticket_hash: str, *, now: datetime) -> User | None:
        """Return the user of a live ticket and delete it.

        None if it is unknown, used or expired, or the user is disabled or has another password by now.
        """
        ...

    def record_failure(self, key: str, *, now: datetime) -> None:
        """Count one failed sign-in for a key (a user name or an address)."""
        ...

    def failures(self, key: str, *, since: datetime) -> int:
        """Return the failed sign-ins of a key since a moment."""
        ...

    def clear_failures(self, key: str) -> None:
        """Forget the failed sign-ins of a key."""
        ...

    def delete_failures_before(self, moment: datetime) -> int:
        """Forget failed sign-ins of every key that are older than a moment, and return how many there were."""
        ...
