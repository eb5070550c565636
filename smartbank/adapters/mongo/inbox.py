"""Messages to users in MongoDB, one document a message, found by the index on the user."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from smartbank.adapters.mongo.bulk import IN_AT_MOST, batches, insert_new
from smartbank.adapters.mongo.connection import MongoDatabase
from smartbank.adapters.mongo.errors import storage_errors
from smartbank.adapters.mongo.schema import SCHEMA_VERSION
from smartbank.core.inbox import MESSAGES_KEPT, Message, MessageKind

_LONG_AGO: Final = datetime(1970, 1, 1, tzinfo=UTC)


class MongoInbox:
    """Keeps messages in `inbox`, and deletes what is too much of a user whenever one is added."""

    def __init__(self, database: MongoDatabase) -> None:
        self._inbox = database["inbox"]

    def add(self, message: Message) -> bool:
        with storage_errors():
            if insert_new(self._inbox, [_document(message)]):
                return False
            old = [document["_id"] for document in self._of(message.username)[MESSAGES_KEPT:]]
            for batch in batches(old, IN_AT_MOST):
                self._inbox.delete_many({"_id": {"$in": batch}})
        return True

    def newest(self, username: str) -> list[Message]:
        with storage_errors():
            found = self._of(username)[:MESSAGES_KEPT]
        known = set(MessageKind)
        return [_message(document) for document in found if document["kind"] in known]

    def mark_read(self, username: str, message_ids: Iterable[str], *, now: datetime) -> None:
        with storage_errors():
            for batch in batches(list(message_ids), IN_AT_MOST):
                self._inbox.update_many(
                    {"_id": {"$in": batch}, "username": username, "read_at": None}, {"$set": {"read_at": now}}
                )

    def delete_before(self, moment: datetime) -> int:
        with storage_errors():
            return self._inbox.delete_many({"created_at": {"$gte": _LONG_AGO, "$lt": moment}}).deleted_count

    def _of(self, username: str) -> list[dict[str, Any]]:
        found = list(self._inbox.find({"username": username}))
        return sorted(found, key=lambda document: (document["created_at"], str(document["_id"])), reverse=True)


def _document(message: Message) -> dict[str, Any]:
    values = {name: value for name, value in message.__dict__.items() if name != "message_id"}
    return {
        "_id": message.message_id,
        **values,
        "kind": message.kind.value,
        "counts": dict(message.counts),
        "query": dict(message.query),
        "schema_version": SCHEMA_VERSION,
    }


def _message(document: Mapping[str, Any]) -> Message:
    names = ("username", "created_at", "counts", "page", "query", "read_at")
    values = {name: document[name] for name in names}
    return Message(message_id=document["_id"], kind=MessageKind(document["kind"]), **values)
