"""Programs and their keys in memory."""

from dataclasses import replace
from datetime import datetime
from threading import RLock

from smartbank.core.moments import to_milliseconds
from smartbank.core.programs import Program, ProgramKey, is_another_minute


class MemoryProgramRepository:
    """Keeps both in dictionaries."""

    def __init__(self) -> None:
        self._programs: dict[str, Program] = {}
        self._keys: dict[str, ProgramKey] = {}
        self._lock = RLock()

    def find(self, name: str) -> Program | None:
        return self._programs.get(name)

    def all(self) -> list[Program]:
        return [program for _, program in sorted(self._programs.items())]

    def add(self, program: Program) -> bool:
        with self._lock:
            if program.name in self._programs:
                return False
            self._programs[program.name] = replace(program, created_at=to_milliseconds(program.created_at))
            return True

    def change(self, before: Program, after: Program) -> bool:
        with self._lock:
            if self._programs.get(before.name) != before:
                return False
            self._programs[before.name] = replace(after, created_at=to_milliseconds(after.created_at))
            return True

    def add_key(self, key: ProgramKey) -> None:
        expires_at = None if key.expires_at is None else to_milliseconds(key.expires_at)
        with self._lock:
            kept = replace(key, created_at=to_milliseconds(key.created_at), expires_at=expires_at)
            self._keys[key.key_id] = kept

    def find_key(self, key_id: str) -> ProgramKey | None:
        return self._keys.get(key_id)

    def holder(self, key_id: str) -> tuple[Program, ProgramKey] | None:
        with self._lock:
            key = self._keys.get(key_id)
            program = None if key is None else self._programs.get(key.program)
        return None if key is None or program is None else (program, key)

    def keys(self) -> list[ProgramKey]:
        with self._lock:
            return sorted(self._keys.values(), key=lambda key: (key.created_at, key.key_id), reverse=True)

    def revoke_key(self, key_id: str, *, at: datetime) -> bool:
        with self._lock:
            key = self._keys.get(key_id)
            if key is None or key.revoked_at is not None:
                return False
            self._keys[key_id] = replace(key, revoked_at=to_milliseconds(at))
            return True

    def note_use(self, key: ProgramKey, *, at: datetime) -> None:
        with self._lock:
            kept = self._keys.get(key.key_id)
            if kept is not None and is_another_minute(key.last_used_at, at):
                self._keys[key.key_id] = replace(kept, last_used_at=to_milliseconds(at))
