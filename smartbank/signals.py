"""What the signals that tell a process to end do."""

import os
import signal
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from types import FrameType
from typing import Any, Final

_ENDS: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

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
