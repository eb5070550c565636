"""What the signals that tell a process to end do."""

import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import Any, Final

_ENDS: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_STDERR: Final = 2
_UNDOING_S: Final = 10.0

Handler = Callable[[int, FrameType | None], Any] | signal.Handlers


def at_an_end(handler: Handler) -> None:
    """Set what Ctrl-C, SIGTERM and a closed terminal do, but for those ignored: under `nohup`, or once one has come."""
    for number in _ENDS:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, handler)


@contextmanager
def ends_put_off() -> Generator[None]:
    """Have a signal to end wait until the block is over; a process that is started within does not wait.

    Another thread than the main one is never interrupted by a signal, so there it does nothing.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    came: list[int] = []
    before = {number: signal.getsignal(number) for number in _ENDS}
    at_an_end(lambda number, _frame: came.append(number))
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        for sign in came[:1]:
            os.kill(os.getpid(), sign)


class Interruption:
    """Says that the command ends, and ends it from within.

    What comes while it takes back what it began is passed over, so that nothing is left half undone: for some seconds,
    in which a person presses Ctrl-C again. Where a library caught the first one, the next one ends the command.
    """

    def __init__(self) -> None:
        self._undone_by = 0.0

    def __call__(self, _number: int, _frame: FrameType | None) -> None:  # noqa: D102  as a function
        if time.monotonic() < self._undone_by and _is_ending(sys.exception()):
            return
        self._undone_by = time.monotonic() + _UNDOING_S
        with suppress(OSError):  # its terminal may be closed
            os.write(_STDERR, b"Interrupted.\n")  # at once: another write may be going on
        raise KeyboardInterrupt


def _is_ending(error: BaseException | None) -> bool:
    """Whether an exception that is dealt with is an interruption, or came of one."""
    while error is not None and not isinstance(error, KeyboardInterrupt):
        error = error.__context__
    return error is not None
