"""Users, sessions, tickets and failed sign-ins in MongoDB."""

from datetime import UTC, datetime, timedelta
from typing import Any, Final

from smartbank.adapters.mongo.connection import MongoDatabase
from smartbank.adapters.mongo.errors import storage_errors
from smartbank.adapters.mongo.schema import SCHEMA_VERSION
from smartbank.core.people import Role, User

_LONG_AGO: Final = datetime(1970, 1, 1, tzinfo=UTC)
_FAR_AHEAD: Final = datetime(9999, 1, 1, tzinfo=UTC)
FAILURES_KEPT: Final = timedelta(days=30)


class MongoUserRepository:
    """Keeps each of them in a collection of its own; what has run out is deleted when something new comes."""

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

    def save(self, user: User) -> None:
        values = {name: value for name, value in user.__dict__.items() if name != "username"}
        document = {**values, "role": user.role.value, "schema_version": SCHEMA_VERSION}
        with storage_errors():
            self._users.replace_one({"_id": user.username.lower()}, document, upsert=True)

    def start_session(self, token_hash: str, username: str, *, now: datetime, expires_at: datetime) -> None:
        document = {**_pass(username, expires_at), "started_at": now}
        with storage_errors():
            self._sessions.delete_many({"expires_at": {"$gte": _LONG_AGO, "$lte": now}})
            self._tickets.delete_many({"expires_at": {"$gte": _LONG_AGO, "$lte": now}})
            self._sessions.replace_one({"_id": token_hash}, document, upsert=True)

    def session_user(self, token_hash: str, *, now: datetime) -> User | None:
        with storage_errors():
            session = self._sessions.find_one({"_id": token_hash})
        if session is None or session["expires_at"] <= now:
            return None
        user = self.find(session["username"])
        return None if user is None or user.disabled else user

    def end_session(self, token_hash: str) -> None:
        with storage_errors():
            self._sessions.delete_one({"_id": token_hash})

    def end_sessions_of(self, username: str) -> int:
        with storage_errors():
            return self._sessions.delete_many({"username": username.lower()}).deleted_count

    def add_ticket(self, ticket_hash: str, username: str, *, expires_at: datetime) -> None:
        with storage_errors():
            self._tickets.insert_one({"_id": ticket_hash, **_pass(username, expires_at)})

    def redeem_ticket(self, ticket_hash: str, *, now: datetime) -> str | None:
        with storage_errors():
            ticket = self._tickets.find_one_and_delete({"_id": ticket_hash})
        return None if ticket is None or ticket["expires_at"] <= now else str(ticket["username"])

    def record_failure(self, key: str, *, now: datetime) -> None:
        with storage_errors():
            self._failures.delete_many({"key": key, "at": {"$gte": _LONG_AGO, "$lte": now - FAILURES_KEPT}})
            self._failures.insert_one({"key": key, "at": now, "schema_version": SCHEMA_VERSION})

    def failures(self, key: str, *, since: datetime) -> int:
        with storage_errors():
            return len(list(self._failures.find({"key": key, "at": {"$gte": since, "$lte": _FAR_AHEAD}}, {"_id": 1})))

    def clear_failures(self, key: str) -> None:
        with storage_errors():
            self._failures.delete_many({"key": key})


def _pass(username: str, expires_at: datetime) -> dict[str, Any]:
    return {"username": username.lower(), "expires_at": expires_at, "schema_version": SCHEMA_VERSION}


def _user(document: dict[str, Any]) -> User:
    return User(
        username=document["_id"],
        role=Role(document["role"]),
        password_hash=document["password_hash"],
        created_at=document["created_at"],
        disabled=document["disabled"],
        must_change_password=document["must_change_password"],
    )
