"""Answers that are kept for a request that comes again, in memory."""

from dataclasses import dataclass
from datetime import datetime
from threading import RLock

from smartbank.core.idempotency import GIVEN_UP_AFTER, KEPT_FOR, KeptAnswer


@dataclass
class _Begun:
    asked: str
    begun_at: datetime
    body: str | None = None


class MemoryAnswerRepository:
    """Keeps answers by name."""

    def __init__(self) -> None:
        self._answers: dict[str, _Begun] = {}
        self._lock = RLock()

    def begin(self, name: str, asked: str, *, now: datetime) -> KeptAnswer | None:
        with self._lock:
            found = self._answers.get(name)
            if found is None or _is_over(found, now):
                self._answers[name] = _Begun(asked, now)
                return None
            is_same = found.asked == asked
            return KeptAnswer(is_same, found.body if is_same else None)

    def finish(self, name: str, body: str) -> None:
        with self._lock:
            if name in self._answers:
                self._answers[name].body = body

    def forget(self, name: str) -> None:
        with self._lock:
            self._answers.pop(name, None)

    def delete_before(self, moment: datetime) -> int:
        with self._lock:
            old = [name for name, each in self._answers.items() if each.begun_at < moment]
            for name in old:
                del self._answers[name]
            return len(old)


def _is_over(found: _Begun, now: datetime) -> bool:
    age = now - found.begun_at
    return age > KEPT_FOR or (found.body is None and age > GIVEN_UP_AFTER)
