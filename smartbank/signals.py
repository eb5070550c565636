"""What the signals that tell a process to end do."""

import signal
from collections.abc import Callable
from types import FrameType
from typing import Any, Final

_ENDS: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

Handler = Callable[[int, FrameType | None], Any] | signal.Handlers


def at_an_end(handler: Handler) -> None:
    """Set what Ctrl-C, SIGTERM and a closed terminal do, but for those ignored: under `nohup`, or once one has come."""
    for number in _ENDS:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, handler)
