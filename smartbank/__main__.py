"""Entry point of `python -m smartbank`."""

import os
import signal
from contextlib import suppress
from types import FrameType
from typing import Final

from smartbank.signals import at_an_end

_STDERR: Final = 2


def run() -> None:
    """Load the commands and run one; Ctrl-C while the libraries load ends it without a word.

    A command that is told to end, or whose terminal is closed, ends as by Ctrl-C: it takes back what it began, and
    stops the embedded database it started. Those that go on running say themselves how they end.
    """
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    from smartbank.cli import main  # noqa: PLC0415

    at_an_end(interrupt)
    try:
        main()
    finally:
        at_an_end(signal.SIG_DFL)  # all is undone: what may follow is the libraries' own leave-taking


def interrupt(_number: int, _frame: FrameType | None) -> None:
    """Say that the command ends, and end it from within."""
    with suppress(OSError):  # its terminal may be closed
        os.write(_STDERR, b"Interrupted.\n")  # at once: another write may be going on
    raise KeyboardInterrupt


run()
