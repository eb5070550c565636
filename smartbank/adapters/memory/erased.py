"""Who was erased, in memory."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date
from threading import RLock

from smartbank.adapters.erasure_marks import mark, marks_of, new_secret, opened_secret
from smartbank.adapters.key_file import new_key
from smartbank.adapters.vault import Vault
from smartbank.core.erasure import ErasureList, new_salt


@dataclass(frozen=True)
class _Erased:
    on: date
    salt: str = ""
    ended: bool = False


class MemoryErasedCustomers:
    """Keeps marks in a dictionary.

    Parameters
    ----------
    vault : Vault, optional
        Without one it has a key of its own.
    """

    def __init__(self, *, vault: Vault | None = None) -> None:
        self._vault = vault or Vault([new_key()])
        self._secrets: dict[str, str] = {}
        self._erased: dict[str, _Erased] = {}
        self._ended = 0
        self._lock = RLock()

    def begin(self, customer_id: str, *, on: date) -> str:
        with self._lock:
            known = self._mark_of(customer_id) or self._new_mark(customer_id)
            self._erased[known] = replace(self._erased.get(known, _Erased(on)), ended=False)
            return known

    def salt(self, customer_id: str) -> str:
        with self._lock:
            known = self._mark_of(customer_id)
            found = self._erased[known]
            self._erased[known] = replace(found, salt=found.salt or new_salt())
            return self._erased[known].salt

    def finish(self, customer_id: str) -> None:
        with self._lock:
            known = self._mark_of(customer_id)
            self._erased[known] = replace(self._erased[known], salt="", ended=True)
            self._ended += 1

    def among(self, customer_ids: Collection[str]) -> Mapping[str, date]:
        with self._lock:
            found = marks_of(customer_ids, self._opened())
            return {each: self._erased[known].on for known, each in found.items() if known in self._erased}

    def is_under_way(self, customer_id: str) -> bool:
        with self._lock:
            known = self._mark_of(customer_id)
            return bool(known) and not self._erased[known].ended

    def lift(self, customer_id: str) -> str:
        with self._lock:
            first = self._mark_of(customer_id)
            for each in self._known_marks(customer_id):
                del self._erased[each]
            return first

    def ended(self) -> int:
        with self._lock:
            return self._ended

    def to_list(self) -> ErasureList:
        with self._lock:
            return ErasureList(dict(self._secrets), {known: each.on for known, each in self._erased.items()})

    def take_over(self, known: ErasureList) -> int:
        with self._lock:
            for name in known.secrets.keys() - self._secrets.keys():
                opened_secret(name, known.secrets[name], vault=self._vault)
            self._secrets = dict(known.secrets) | self._secrets
            new = {each: _Erased(on, ended=True) for each, on in known.erased.items() if each not in self._erased}
            self._erased |= new
            return len(new)

    def _opened(self) -> dict[str, bytes]:
        return {name: opened_secret(name, sealed, vault=self._vault) for name, sealed in self._secrets.items()}

    def _mark_of(self, customer_id: str) -> str:
        known = self._known_marks(customer_id)
        return min(known, key=lambda each: (self._erased[each].ended, each), default="")

    def _known_marks(self, customer_id: str) -> list[str]:
        return [each for each in marks_of([customer_id], self._opened()) if each in self._erased]

    def _new_mark(self, customer_id: str) -> str:
        if not self._secrets:
            name, sealed = new_secret(self._vault)
            self._secrets[name] = sealed
        name, secret = min(self._opened().items())
        return mark(name, secret, customer_id)
