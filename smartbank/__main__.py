"""Entry point of `python -m smartbank`."""

import signal


def run() -> None:
    """Load the commands and run one; Ctrl-C while the libraries load ends it without a word."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    from smartbank.cli import main  # noqa: PLC0415

    signal.signal(signal.SIGINT, signal.default_int_handler)
    main()


run()
