"""Users, sessions, tickets and failed sign-ins in memory."""

from dataclasses import replace
from datetime import datetime, timedelta
from threading import RLock
from typing import Final

from smartbank.core.leases import is_from_ahead
from smartbank.core.moments import to_milliseconds
from smartbank.core.people import SESSION_AHEAD_BY, SESSION_END_TOLD_FOR, Session, SessionEnd, User, session_id

SEEN_EVERY: Final = timedelta(minutes=1)


class MemoryUserRepository:
    """Keeps each of them in a dictionary."""

    def __init__(self) -> None:
        self._users: dict[str, User] = {}
        self._sessions: dict[str, tuple[Session, str]] = {}  # with the mark of the password
        self._ends: dict[str, SessionEnd] = {}
        self._tickets: dict[str, tuple[User, datetime]] = {}
        self._failures: dict[str, list[datetime]] = {}
        self._lock = RLock()

    def find(self, username: str) -> User | None:
        return self._users.get(username.lower())

    def all(self) -> list[User]:
        return [user for _, user in sorted(self._users.items())]

    def add(self, user: User) -> bool:
        with self._lock:
            if self.find(user.username) is not None:
                return False
            self._keep(user)
            return True

    def change(self, before: User, after: User) -> bool:
        with self._lock:
            if self._users.get(before.username.lower()) != before:
                return False
            self._keep(after)
            return True

    def change_within(self, token_hash: str, before: User, after: User) -> bool:
        with self._lock:
            changed = self.change(before, after)
            session, _ = self._sessions.get(token_hash, (None, ""))
            if changed and session is not None and session.username == before.username.lower():
                self._sessions[token_hash] = session, after.password_mark
            return changed

    def _keep(self, user: User) -> None:
        name = user.username.lower()
        self._users[name] = replace(user, username=name, created_at=to_milliseconds(user.created_at))

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
        now = to_milliseconds(now)
        session = Session(
            session_id(token_hash), user.username.lower(), now, now, to_milliseconds(expires_at), address, browser
        )
        with self._lock:
            long_over = now - SESSION_END_TOLD_FOR
            self._sessions = {key: kept for key, kept in self._sessions.items() if kept[0].expires_at > long_over}
            over = [key for key, (kept, _) in self._sessions.items() if kept.expires_at <= now]
            ends = dict.fromkeys(over, SessionEnd.EXPIRED) | self._ends
            self._ends = {key: why for key, why in ends.items() if key in self._sessions}
            self._tickets = {key: kept for key, kept in self._tickets.items() if kept[1] > now}
            self._sessions[token_hash] = session, user.password_mark

    def session_user(self, token_hash: str, *, now: datetime) -> User | None:
        with self._lock:
            if token_hash not in self._sessions or token_hash in self._ends:
                return None
            session, mark = self._sessions[token_hash]
            user = self._user_of(session, mark, now)
            if user is not None and now - session.last_seen >= SEEN_EVERY:
                self._sessions[token_hash] = replace(session, last_seen=to_milliseconds(now)), mark
        return user

    def sessions(self, *, now: datetime) -> list[Session]:
        with self._lock:
            live = [
                kept
                for key, (kept, mark) in self._sessions.items()
                if key not in self._ends and self._user_of(kept, mark, now) is not None
            ]
        return sorted(live, key=lambda session: (session.last_seen, session.session_id), reverse=True)

    def _user_of(self, session: Session, mark: str, now: datetime) -> User | None:
        return None if _is_over(session, now) else self._with_mark(session.username, mark)

    def _with_mark(self, username: str, mark: str) -> User | None:
        user = self.find(username)
        return None if user is None or user.disabled or user.password_mark != mark else user

    def session_end(self, token_hash: str, *, now: datetime) -> SessionEnd | None:
        with self._lock:
            session, mark = self._sessions.get(token_hash, (None, ""))
            if session is None or now > session.expires_at + SESSION_END_TOLD_FOR:
                return None
            if token_hash in self._ends:
                return self._ends[token_hash]
            if _is_over(session, now):
                return SessionEnd.EXPIRED
            user = self.find(session.username)
            if user is None or user.disabled:
                return SessionEnd.DISABLED
            return None if user.password_mark == mark else SessionEnd.PASSWORD

    def end_session(self, token_hash: str) -> bool:
        with self._lock:
            return token_hash not in self._ends and self._sessions.pop(token_hash, None) is not None

    def end_named_session(
        self, username: str, session_id: str, *, why: SessionEnd = SessionEnd.BY_ADMINISTRATOR
    ) -> bool:
        with self._lock:
            return (
                self._end(
                    [key for key in self._live_of(username) if self._sessions[key][0].session_id == session_id], why
                )
                > 0
            )

    def end_sessions_of(self, username: str, *, why: SessionEnd = SessionEnd.BY_ADMINISTRATOR, but: str = "") -> int:
        with self._lock:
            self._tickets = {
                key: kept for key, kept in self._tickets.items() if kept[0].username.lower() != username.lower()
            }
            return self._end([key for key in self._live_of(username) if key != but], why)

    def _live_of(self, username: str) -> list[str]:
        held = [key for key, (kept, _) in self._sessions.items() if kept.username == username.lower()]
        return [key for key in held if key not in self._ends]

    def _end(self, keys: list[str], why: SessionEnd) -> int:
        self._ends |= dict.fromkeys(keys, why)
        return len(keys)

    def add_ticket(self, ticket_hash: str, user: User, *, expires_at: datetime) -> None:
        with self._lock:
            self._tickets[ticket_hash] = (user, expires_at)

    def redeem_ticket(self, ticket_hash: str, *, now: datetime) -> User | None:
        with self._lock:
            user, expires_at = self._tickets.pop(ticket_hash, (None, now))
            return self._with_mark(user.username, user.password_mark) if user and expires_at > now else None

    def record_failure(self, key: str, *, now: datetime) -> None:
        with self._lock:
            self._failures.setdefault(key, []).append(now)

    def failures(self, key: str, *, since: datetime) -> int:
        return sum(at >= since for at in self._failures.get(key, []))

    def clear_failures(self, key: str) -> None:
        with self._lock:
            self._failures.pop(key, None)

    def delete_failures_before(self, moment: datetime) -> int:
        with self._lock:
            kept = {key: [at for at in times if at >= moment] for key, times in self._failures.items()}
            gone = sum(map(len, self._failures.values())) - sum(map(len, kept.values()))
            self._failures = {key: times for key, times in kept.items() if times}
        return gone


def _is_over(session: Session, now: datetime) -> bool:
    """Whether a session has expired, or was begun by a clock that has been set back."""
    return session.expires_at <= now or is_from_ahead(session.started_at, now, by=SESSION_AHEAD_BY)
