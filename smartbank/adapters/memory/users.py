"""Users, sessions, tickets and failed sign-ins in memory."""

from dataclasses import replace
from datetime import datetime
from threading import RLock

from smartbank.adapters.memory.clock import to_milliseconds
from smartbank.core.people import User


class MemoryUserRepository:
    """Keeps each of them in a dictionary."""

    def __init__(self) -> None:
        self._users: dict[str, User] = {}
        self._sessions: dict[str, tuple[str, datetime]] = {}
        self._tickets: dict[str, tuple[str, datetime]] = {}
        self._failures: dict[str, list[datetime]] = {}
        self._lock = RLock()

    def find(self, username: str) -> User | None:
        return self._users.get(username.lower())

    def all(self) -> list[User]:
        return [user for _, user in sorted(self._users.items())]

    def save(self, user: User) -> None:
        name = user.username.lower()
        self._users[name] = replace(user, username=name, created_at=to_milliseconds(user.created_at))

    def start_session(self, token_hash: str, username: str, *, now: datetime, expires_at: datetime) -> None:
        with self._lock:
            self._sessions = {key: kept for key, kept in self._sessions.items() if kept[1] > now}
            self._tickets = {key: kept for key, kept in self._tickets.items() if kept[1] > now}
            self._sessions[token_hash] = (username.lower(), expires_at)

    def session_user(self, token_hash: str, *, now: datetime) -> User | None:
        username, expires_at = self._sessions.get(token_hash, ("", now))
        user = self.find(username) if expires_at > now else None
        return None if user is None or user.disabled else user

    def end_session(self, token_hash: str) -> None:
        with self._lock:
            self._sessions.pop(token_hash, None)

    def end_sessions_of(self, username: str) -> int:
        with self._lock:
            left = {key: kept for key, kept in self._sessions.items() if kept[0] != username.lower()}
            ended = len(self._sessions) - len(left)
            self._sessions = left
        return ended

    def add_ticket(self, ticket_hash: str, username: str, *, expires_at: datetime) -> None:
        with self._lock:
            self._tickets[ticket_hash] = (username.lower(), expires_at)

    def redeem_ticket(self, ticket_hash: str, *, now: datetime) -> str | None:
        with self._lock:
            username, expires_at = self._tickets.pop(ticket_hash, ("", now))
        return username if expires_at > now else None

    def record_failure(self, key: str, *, now: datetime) -> None:
        with self._lock:
            self._failures.setdefault(key, []).append(now)

    def failures(self, key: str, *, since: datetime) -> int:
        return sum(at >= since for at in self._failures.get(key, []))

    def clear_failures(self, key: str) -> None:
        with self._lock:
            self._failures.pop(key, None)
