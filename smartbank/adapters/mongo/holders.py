"""Which process holds the mark of the schema or a piece of work, and whether it is dead: only its computer can tell."""

import os
import socket
import threading
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from pymongo import timeout
from pymongo.collection import Collection
from pymongo.errors import PyMongoError

from smartbank.errors import SmartBankError

SILENT_FOR: Final = timedelta(minutes=2)
"""After so long without a sign of life an import or a migration on another computer counts as broken off."""
BEAT_S: Final = 20.0
_LET_GO_S: Final = 5.0
_LONG_AGO: Final = datetime(1970, 1, 1, tzinfo=UTC)
_PROC: Final = Path("/proc")


def this_process() -> dict[str, Any]:
    """Return what names this process for good: its computer since the last start, its id, and when it began."""
    return process(os.getpid())


def process(pid: int) -> dict[str, Any]:
    """Return what names a process of this computer."""
    return {"where": _here(), "pid": pid, "began": _began(pid)}


def seconds_left(mark: Mapping[str, Any], *, now: datetime) -> int:
    """Return for how long whoever holds a mark may still be alive; 0 when it is dead, or was silent for too long."""
    if is_dead(mark.get("holder", {})):
        return 0
    return max(0, int((mark["at"] + SILENT_FOR - now).total_seconds()))


@contextmanager
def beating(say: Callable[[], object], *, every_s: float = BEAT_S) -> Generator[None]:
    """Have a thread give a sign of life while one operation takes its time; what goes wrong is seen at the next one."""
    ended = threading.Event()

    def beat() -> None:
        while not ended.wait(every_s):
            with suppress(PyMongoError, SmartBankError):
                say()

    threading.Thread(target=beat, name="sign of life", daemon=True).start()
    try:
        yield
    finally:
        ended.set()


def let_go(schema: Collection[dict[str, Any]], mine: Mapping[str, Any]) -> None:
    """Have a mark say that its holder has ended, so that nobody waits for it; a database that is busy is left alone."""
    with suppress(PyMongoError), timeout(_LET_GO_S):
        schema.update_one(mine, {"$set": {"at": _LONG_AGO}})


def is_dead(holder: Mapping[str, Any]) -> bool:
    """Whether a process of this computer has ended; its id may be another one's by now."""
    if not holder or not holder["where"] or holder["where"] != _here():
        return False
    return _has_gone(holder["pid"]) or _began(holder["pid"]) not in ("", holder["began"])


def _has_gone(pid: int) -> bool:
    if _stat(pid)[:1] == ["Z"]:
        return True
    try:
        os.kill(pid, 0)  # only asks: /proc may hide the processes of other users
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False


def _here() -> str:
    """Return a name that no other computer, container or start of this one has; empty where there is none."""
    try:
        started = (_PROC / "sys/kernel/random/boot_id").read_text().strip()
        return f"{socket.gethostname()} {started} {(_PROC / 'self/ns/pid').stat().st_ino}"
    except OSError:
        return ""


def _began(pid: int) -> str:
    """Return when a process began, in ticks since the computer did; empty where nobody tells."""
    stat = _stat(pid)
    return stat[19] if len(stat) > 19 else ""


def _stat(pid: int) -> list[str]:
    """Return what Linux says of a process, from its state on; nothing where it says nothing."""
    try:
        return (_PROC / str(pid) / "stat").read_text(errors="replace").rpartition(")")[2].split()
    except OSError:
        return []
