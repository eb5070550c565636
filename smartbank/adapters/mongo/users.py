"""Users, sessions, tickets and failed sign-ins in MongoDB."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from pymongo.errors import DuplicateKeyError

from smartbank.adapters.mongo.connection import MongoDatabase
from smartbank.adapters.mongo.errors import storage_errors
from smartbank.adapters.mongo.schema import SCHEMA_VERSION
from smartbank.core.leases import is_from_ahead
from smartbank.core.people import SESSION_AHEAD_BY, SESSION_END_TOLD_FOR, Role, Session, SessionEnd, User, session_id
from smartbank.errors import StorageError

_LONG_AGO: Final = datetime(1970, 1, 1, tzinfo=UTC)
_FAR_AHEAD: Final = datetime(9999, 1, 1, tzinfo=UTC)
SEEN_EVERY: Final = timedelta(minutes=1)


class MongoUserRepository:
    """Keeps each of them in a collection of its own; sessions and tickets that ran out are deleted at the next one."""

    def __init__(self, database: MongoDatabase) -> None:
        self._users = database["users"]
        self._sessions = database["sessions"]
        self._tickets = database["tickets"]
        self._failures = database["sign_in_failures"]

    def find(self, username: str) -> User | None:
        with storage_errors():
            found = self._users.find_one({"_id": username.lower()})
        return None if found is None else _user(found)

    def all(self) -> list[User]:
        with storage_errors():
            return sorted((_user(found) for found in self._users.find()), key=lambda user: user.username)

    def add(self, user: User) -> bool:
        with storage_errors():
            try:
                self._users.insert_one({"_id": user.username.lower(), **_document(user)})
            except DuplicateKeyError:
                return False
        return True

    def change(self, before: User, after: User) -> bool:
        as_before = {"_id": before.username.lower(), **_document(before)}
        del as_before["schema_version"]  # an older version may have written it
        with storage_errors():
            return self._users.replace_one(as_before, _document(after)).matched_count == 1

    def change_within(self, token_hash: str, before: User, after: User) -> bool:
        """Have the session good for both passwords first; marks are only added, so that two changes at once agree."""
        its_own = {"_id": token_hash, "username": before.username.lower()}
        with storage_errors():
            self._sessions.update_one(its_own, {"$addToSet": {"renewed_marks": after.password_mark}})
        return self.change(before, after)

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
        times = {"started_at": now, "last_seen": now}
        where = {"session_id": session_id(token_hash), "address": address, "browser": browser}
        self._end({"expires_at": {"$gte": _LONG_AGO, "$lte": now}}, SessionEnd.EXPIRED)
        with storage_errors():
            self._sessions.delete_many({"expires_at": {"$gte": _LONG_AGO, "$lte": now - SESSION_END_TOLD_FOR}})
            self._tickets.delete_many({"expires_at": {"$gte": _LONG_AGO, "$lte": now}})
            self._sessions.replace_one({"_id": token_hash}, {**_pass(user, expires_at), **times, **where}, upsert=True)

    def session_user(self, token_hash: str, *, now: datetime) -> User | None:
        session = self._session(token_hash)
        user = self._holder(session, now=now)
        while user is None and (again := self._session(token_hash)) != session:  # renewed between the two look-ups
            session, user = again, self._holder(again, now=now)
        if session is not None and user is not None and now - session["last_seen"] >= SEEN_EVERY:
            with suppress(StorageError), storage_errors():  # who may only read for now goes on reading
                self._sessions.update_one({"_id": token_hash}, {"$set": {"last_seen": now}})
        return user

    def _session(self, token_hash: str) -> dict[str, Any] | None:
        with storage_errors():
            return self._sessions.find_one({"_id": token_hash})

    def sessions(self, *, now: datetime) -> list[Session]:
        users = {user.username: user for user in self.all()}
        with storage_errors():
            found = list(self._sessions.find({"expires_at": {"$gt": now, "$lte": _FAR_AHEAD}}))
        good = (each for each in found if _is_good(each, users.get(each["username"])) and not _is_over(each, now))
        live = [_session(document) for document in good]
        return sorted(live, key=lambda session: (session.last_seen, session.session_id), reverse=True)

    def session_end(self, token_hash: str, *, now: datetime) -> SessionEnd | None:
        found = self._session(token_hash)
        if found is None or now > found["expires_at"] + SESSION_END_TOLD_FOR:
            return None
        if found.get("ended"):
            return SessionEnd(found["ended"])
        if _is_over(found, now):
            return SessionEnd.EXPIRED
        user = self.find(found["username"])
        if user is None or user.disabled:
            return SessionEnd.DISABLED
        return None if _is_good(found, user) else SessionEnd.PASSWORD

    def end_session(self, token_hash: str) -> bool:
        with storage_errors():
            return self._sessions.delete_one({"_id": token_hash, "ended": None}).deleted_count == 1

    def end_named_session(
        self, username: str, session_id: str, *, why: SessionEnd = SessionEnd.BY_ADMINISTRATOR
    ) -> bool:
        return self._end({"username": username.lower(), "session_id": session_id}, why) > 0

    def end_sessions_of(self, username: str, *, why: SessionEnd = SessionEnd.BY_ADMINISTRATOR, but: str = "") -> int:
        with storage_errors():
            self._tickets.delete_many({"username": username.lower()})  # first: one redeemed meanwhile is a session
        return self._end({"username": username.lower(), "_id": {"$ne": but}}, why)

    def _end(self, which: dict[str, Any], why: SessionEnd) -> int:
        """Mark sessions as ended: what is left of one tells whoever has its cookie why."""
        with storage_errors():
            return self._sessions.update_many({**which, "ended": None}, {"$set": {"ended": why.value}}).modified_count

    def add_ticket(self, ticket_hash: str, user: User, *, expires_at: datetime) -> None:
        with storage_errors():
            self._tickets.insert_one({"_id": ticket_hash, **_pass(user, expires_at)})

    def redeem_ticket(self, ticket_hash: str, *, now: datetime) -> User | None:
        with storage_errors():
            ticket = self._tickets.find_one_and_delete({"_id": ticket_hash})
        return self._holder(ticket, now=now)

    def _holder(self, document: dict[str, Any] | None, *, now: datetime) -> User | None:
        """Return whose session or ticket it is, if it is good now."""
        if document is None or _is_over(document, now):
            return None
        user = self.find(document["username"])
        return user if _is_good(document, user) else None

    def record_failure(self, key: str, *, now: datetime) -> None:
        with storage_errors():
            self._failures.insert_one({"key": key, "at": now, "schema_version": SCHEMA_VERSION})

    def failures(self, key: str, *, since: datetime) -> int:
        with storage_errors():
            return len(list(self._failures.find({"key": key, "at": {"$gte": since, "$lte": _FAR_AHEAD}}, {"_id": 1})))

    def clear_failures(self, key: str) -> None:
        with storage_errors():
            self._failures.delete_many({"key": key})

    def delete_failures_before(self, moment: datetime) -> int:
        with storage_errors():
            return self._failures.delete_many({"at": {"$gte": _LONG_AGO, "$lt": moment}}).deleted_count


def _pass(user: User, expires_at: datetime) -> dict[str, Any]:
    return {
        "username": user.username.lower(),
        "password_mark": user.password_mark,
        "expires_at": expires_at,
        "schema_version": SCHEMA_VERSION,
    }


def _is_over(document: dict[str, Any], now: datetime) -> bool:
    """Whether a session or ticket has expired; a session also if it was begun by a clock that has been set back."""
    return document["expires_at"] <= now or is_from_ahead(document.get("started_at"), now, by=SESSION_AHEAD_BY)


def _is_good(document: dict[str, Any], user: User | None) -> bool:
    """Whether a session or ticket is that of a user who may sign in and still has the password it was issued on."""
    marks = [document.get("password_mark"), *document.get("renewed_marks", ())]
    if user is None or user.disabled or document.get("ended"):
        return False
    return user.password_mark in marks


def _document(user: User) -> dict[str, Any]:
    values = {name: value for name, value in user.__dict__.items() if name != "username"}
    return {**values, "role": user.role.value, "schema_version": SCHEMA_VERSION}


def _session(document: dict[str, Any]) -> Session:
    names = ("session_id", "username", "started_at", "last_seen", "expires_at", "address", "browser")
    return Session(**{name: document[name] for name in names})


def _user(document: dict[str, Any]) -> User:
    return User(
        username=document["_id"],
        role=Role(document["role"]),
        password_hash=document["password_hash"],
        created_at=document["created_at"],
        disabled=document["disabled"],
        must_change_password=document["must_change_password"],
        subject=document.get("subject"),
    )
