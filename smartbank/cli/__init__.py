"""`python -m smartbank ...`: the same use cases without a browser."""

import logging
import sys

import typer

from smartbank.cli import (
    audit,
    audit_files,
    backtest,
    check,
    columns,
    data,
    data_rights,
    keys,
    leads,
    market,
    migrating,
    model,
    models,
    people,
    programs,
    replay,
    serving,
    settings,
)
from smartbank.errors import SmartBankError
from smartbank.logs import start_log, writes_json

app = typer.Typer(
    name="smartbank",
    help="SmartBank: whom to call next, why, and what it is worth.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
for part in (
    serving,
    leads,
    market,
    data,
    data_rights,
    migrating,
    model,
    models,
    backtest,
    columns,
    people,
    programs,
    settings,
    keys,
    audit,
    audit_files,
    replay,
    check,
):
    part.register(app)


def main() -> None:
    """Run one command; an error made for the reader is printed without a traceback and exits with 1.

    Of what is logged a command shows warnings in words; those that go on running begin the log the settings ask for.
    """
    start_log("command", as_json=False, level="warning")
    try:
        app()
    except SmartBankError as exc:
        if writes_json():
            logging.getLogger(__name__).critical("%s", exc)
        else:
            typer.secho(str(exc), fg="red", err=True)
        sys.exit(1)
