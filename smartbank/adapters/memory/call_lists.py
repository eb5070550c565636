"""Call lists and their claims, in memory."""

from collections.abc import Collection, Mapping
from threading import RLock

from smartbank.core.call_lists import CallList, ListState, list_from
from smartbank.core.moments import to_milliseconds
from smartbank.errors import NotFoundError

NO_SUCH_LIST = "There is no such call list."


class MemoryCallListRepository:
    """Keeps lists by id, and the list that has claimed each customer."""

    def __init__(self) -> None:
        self._lists: dict[str, CallList] = {}
        self._claims: dict[str, str] = {}
        self._names: dict[str, str] = {}
        self._lock = RLock()

    def begin(self, call_list: CallList) -> None:
        with self._lock:
            self._lists.setdefault(call_list.list_id, _kept(call_list))

    def find(self, list_id: str) -> CallList:
        found = self._lists.get(list_id)
        if found is None:
            raise NotFoundError(NO_SUCH_LIST)
        return found

    def recent(
        self, *, limit: int = 50, states: Collection[ListState] = tuple(ListState), before: str = ""
    ) -> list[CallList]:
        meant = [name for name, each in self._lists.items() if each.state in states and (not before or name < before)]
        return [self._lists[name] for name in sorted(meant, reverse=True)][:limit]

    def in_state(self, state: ListState) -> list[CallList]:
        return [each for _, each in sorted(self._lists.items()) if each.state is state]

    def hold_name(self, list_id: str, name: str) -> str:
        with self._lock:
            holder = self._lists.get(self._names.get(name, ""))
            if holder is None or holder.state.is_over:
                self._names[name] = list_id
            return self._names[name]

    def move(self, changed: CallList, *, seen: CallList) -> bool:
        with self._lock:
            found = self._lists.get(changed.list_id)
            if found is None or _standing(found) != _standing(seen):
                return False
            self._lists[changed.list_id] = _kept(changed)
            return True

    def claim(self, list_id: str, customer_ids: Collection[str]) -> Mapping[str, str]:
        with self._lock:
            holders = {customer: self._claims.setdefault(customer, list_id) for customer in customer_ids}
        return {customer: holder for customer, holder in holders.items() if holder != list_id}

    def claimed(self) -> Mapping[str, str]:
        with self._lock:
            return dict(self._claims)

    def holders(self, customer_ids: Collection[str]) -> Mapping[str, str]:
        return {each: self._claims[each] for each in customer_ids if each in self._claims}

    def forget_customer(self, customer_id: str) -> bool:
        with self._lock:
            return self._claims.pop(customer_id, None) is not None

    def free(self, list_id: str) -> int:
        with self._lock:
            before = len(self._claims)
            self._claims = {customer: holder for customer, holder in self._claims.items() if holder != list_id}
            return before - len(self._claims)


def _standing(call_list: CallList) -> tuple[object, ...]:
    return call_list.state, call_list.bank_data_until, call_list.handed_over_at


def _kept(call_list: CallList) -> CallList:
    """Return a list as the database would give it back."""
    values = call_list.to_json()
    moments = {name: values[name] for name in ("created_at", "released_at", "ended_at", "bank_data_until")}
    return list_from(
        values | {name: None if moment is None else to_milliseconds(moment) for name, moment in moments.items()}
    )
