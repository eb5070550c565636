"""Entry point of `python -m smartbank`."""

import signal

from smartbank.signals import Interruption, at_an_end


def run() -> None:
    """Load the commands and run one; Ctrl-C while the libraries load ends it without a word.

    A command that is told to end, or whose terminal is closed, ends as by Ctrl-C: it takes back what it began, and
    stops the embedded database it started. Those that go on running say themselves how they end.
    """
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    from smartbank.cli import main  # noqa: PLC0415

    at_an_end(Interruption())
    try:
        main()
    finally:
        at_an_end(signal.SIG_DFL)  # all is undone: what may follow is the libraries' own leave-taking


run()
