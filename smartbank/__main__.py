"""Entry point of `python -m smartbank`."""

import os
import signal
from contextlib import suppress
from types import FrameType
from typing import Final

_ENDS: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_STDERR: Final = 2


def run() -> None:
    """Load the commands and run one; Ctrl-C while the libraries load ends it without a word.

    A command that is told to end, or whose terminal is closed, ends as by Ctrl-C: it takes back what it began, and
    stops the embedded database it started. Those that go on running say themselves how they end.
    """
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    from smartbank.cli import main  # noqa: PLC0415

    for number in _ENDS:
        if signal.getsignal(number) is not signal.SIG_IGN:  # nohup
            signal.signal(number, interrupt)
    main()


def interrupt(_number: int, _frame: FrameType | None) -> None:
    """Say that the command ends, and end it from within."""
    with suppress(OSError):  # its terminal may be closed
        os.write(_STDERR, b"Interrupted.\n")  # at once: another write may be going on
    raise KeyboardInterrupt


run()
