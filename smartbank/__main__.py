"""Entry point of `python -m smartbank`."""

from smartbank.cli import main

main()
