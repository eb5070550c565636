"""Entry point of `python -m smartbank`."""

import signal
from typing import Final

_ENDS: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def run() -> None:
    """Load the commands and run one; Ctrl-C while the libraries load ends it without a word.

    A command that is told to end, or whose terminal is closed, ends as by Ctrl-C: it takes back what it began, and
    stops the embedded database it started.
    """
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    from smartbank.cli import main  # noqa: PLC0415

    for number in _ENDS:
        if signal.getsignal(number) is not signal.SIG_IGN:  # nohup
            signal.signal(number, signal.default_int_handler)
    main()


run()
