"""Call lists and their claims, in MongoDB."""

from collections.abc import Collection, Mapping
from typing import Any, Final

from pymongo import ASCENDING, DESCENDING

from smartbank.adapters.mongo.bulk import batches, insert_new
from smartbank.adapters.mongo.connection import MongoDatabase
from smartbank.adapters.mongo.errors import storage_errors
from smartbank.adapters.mongo.schema import SCHEMA_VERSION
from smartbank.core.call_lists import CallList, ListState, list_from
from smartbank.errors import NotFoundError, StorageError

NO_SUCH_LIST: Final = "There is no such call list."
_TRIES: Final = 5
_CLAIMS_A_WRITE: Final = 1_000
_IDS_A_QUERY: Final = 100
"""`$in` is quadratic on the embedded server."""


class MongoCallListRepository:
    """Keeps each list in `call_lists`, each customer on one in `call_list_claims`, and each name in `counters`.

    A claim has the customer's id as its `_id`, a held name the name: of two lists that want the same one is refused,
    without a lock and without a transaction.
    """

    def __init__(self, database: MongoDatabase) -> None:
        self._lists = database["call_lists"]
        self._claims = database["call_list_claims"]
        self._names = database["counters"]

    def begin(self, call_list: CallList) -> None:
        with storage_errors():
            insert_new(self._lists, [_document(call_list)])

    def find(self, list_id: str) -> CallList:
        with storage_errors():
            found = self._lists.find_one({"_id": list_id})
        if found is None:
            raise NotFoundError(NO_SUCH_LIST)
        return list_from(found)

    def recent(
        self, *, limit: int = 50, states: Collection[ListState] = tuple(ListState), before: str = ""
    ) -> list[CallList]:
        meant: dict[str, Any] = {"state": {"$in": [str(each) for each in states]}}
        if before:
            meant["_id"] = {"$lt": before}
        with storage_errors():
            return [list_from(found) for found in self._lists.find(meant).sort("_id", DESCENDING).limit(limit)]

    def in_state(self, state: ListState) -> list[CallList]:
        with storage_errors():
            found = self._lists.find({"state": str(state)}).sort("_id", ASCENDING)
            return [list_from(document) for document in found]

    def hold_name(self, list_id: str, name: str) -> str:
        key = {"_id": f"list_name:{name}"}
        with storage_errors():
            for _ in range(_TRIES):
                if not insert_new(self._names, [{**key, "list_id": list_id}]):
                    return list_id
                found = self._names.find_one(key) or {}
                holder = str(found.get("list_id", ""))
                if holder == list_id or not self._is_over(holder):
                    return holder
                if self._names.update_one({**key, "list_id": holder}, {"$set": {"list_id": list_id}}).matched_count:
                    return list_id
        raise StorageError("Others are releasing lists of this name right now. Try again in a minute.")

    def _is_over(self, list_id: str) -> bool:
        found = self._lists.find_one({"_id": list_id}, {"state": 1})
        return found is None or ListState(found["state"]).is_over

    def move(self, changed: CallList, *, seen: CallList) -> bool:
        same = {
            "_id": changed.list_id,
            "state": str(seen.state),
            "bank_data_until": seen.bank_data_until,
            "handed_over_at": seen.handed_over_at,
        }
        with storage_errors():
            return self._lists.replace_one(same, _document(changed)).matched_count == 1

    def claim(self, list_id: str, customer_ids: Collection[str]) -> Mapping[str, str]:
        holders: dict[str, str] = {}
        with storage_errors():
            for batch in batches(list(customer_ids), _CLAIMS_A_WRITE):
                claims = [{"_id": name, "list_id": list_id, "schema_version": SCHEMA_VERSION} for name in batch]
                held = [str(claim["_id"]) for claim in insert_new(self._claims, claims)]
                holders |= self._holders(held)
        return {customer: holder for customer, holder in holders.items() if holder != list_id}

    def _holders(self, customer_ids: list[str]) -> dict[str, str]:
        found: dict[str, str] = {}
        for batch in batches(customer_ids, _IDS_A_QUERY):
            for claim in self._claims.find({"_id": {"$in": batch}}, {"list_id": 1}):
                found[claim["_id"]] = claim["list_id"]
        return found

    def claimed(self) -> Mapping[str, str]:
        with storage_errors():
            return {claim["_id"]: claim["list_id"] for claim in self._claims.find({}, {"list_id": 1})}

    def holders(self, customer_ids: Collection[str]) -> Mapping[str, str]:
        with storage_errors():
            return self._holders(list(customer_ids))

    def forget_customer(self, customer_id: str) -> bool:
        with storage_errors():
            return self._claims.delete_one({"_id": customer_id}).deleted_count > 0

    def free(self, list_id: str) -> int:
        with storage_errors():
            return self._claims.delete_many({"list_id": list_id}).deleted_count


def _document(call_list: CallList) -> dict[str, Any]:
    return {**call_list.to_json(), "_id": call_list.list_id, "schema_version": SCHEMA_VERSION}
