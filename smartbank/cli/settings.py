"""Commands on the settings of the bank: `python -m smartbank settings show|set|history`."""

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import Annotated, Final
from zoneinfo import ZoneInfo

import typer

from smartbank.cli.operating import operator
from smartbank.config import load_settings
from smartbank.core.bank_settings import BankSettings
from smartbank.core.ports import AuditLog, SettingsRepository
from smartbank.core.settings_doubts import doubts
from smartbank.core.settings_fields import SETTING_FIELD, SETTING_FIELDS, validate_settings
from smartbank.core.settings_text import base_rate_words, consequence, history_lines, read_value, value_text
from smartbank.errors import SettingsError
from smartbank.services.market_in_force import MarketInForce
from smartbank.services.settings import change_settings

settings_app = typer.Typer(help="Show and change the settings of the bank, and who changed them.", no_args_is_help=True)
_WIDTH: Final = max(len(field.name) for field in SETTING_FIELDS)


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    app.add_typer(settings_app, name="settings")


@settings_app.command()
def show() -> None:
    """Show every setting by the name `set` takes, and what they come to."""
    with open_bank_settings() as (settings, _market, _audit):
        current, newest = settings.current(), settings.history(1)
    for field in SETTING_FIELDS:
        beside = f" ({base_rate_words(current)})" if field.name == "base_rate" else ""
        typer.echo(f"{field.name:<{_WIDTH}}  {value_text(field.name, current) + beside:<22}  {field.label}")
    saved = (
        f"saved by {newest[0].by} on {_moment(newest[0].at, current)}" if newest else "the defaults, nothing was saved"
    )
    typer.echo(f"{consequence(current)}\nVersion {current.version}, {saved}.")


@settings_app.command("set")
def set_value(
    name: Annotated[str, typer.Argument(help="Name of the setting, see `settings show`.")],
    value: Annotated[str, typer.Argument(help="As you would write it: 3 %, 8 EUR, yes, Europe/Lisbon.")],
    sure: Annotated[bool, typer.Option("--yes", help="Save it also where it would be asked back about.")] = False,
) -> None:
    """Change one setting; lists ranked from now on use it."""
    now = datetime.now(UTC)
    with open_bank_settings() as (settings, market, audit):
        before = settings.current()
        wanted = read_value(name, value, numbers=before.numbers)
        changed = (
            before.with_base_rate(wanted, said_at=now) if name == "base_rate" else replace(before, **{name: wanted})
        )
        if not sure and (asked := doubts(before, validate_settings(changed))):
            raise SettingsError(f"{' '.join(asked)} Nothing was saved. If it is right, say it again with --yes.")
        saved = change_settings(changed, by=operator(), settings=settings, market=market, audit=audit, now=now)
    typer.echo(f"{SETTING_FIELD[name].label}: {value_text(name, before)} before, {value_text(name, saved)} now.")
    typer.echo(consequence(saved))


@settings_app.command()
def history(limit: Annotated[int, typer.Option(help="How many versions.", min=1, max=1_000)] = 20) -> None:
    """Show who changed what and when, newest first."""
    with open_bank_settings() as (settings, _market, _audit):
        current, changes = settings.current(), settings.history(limit + 1)
    for line in history_lines(changes)[:limit]:
        said = "; ".join(line.texts)
        typer.echo(f"version {line.version}  {_moment(line.at, current)}  {line.by}  {said}")
    if not changes:
        typer.echo("Nothing was changed yet: the defaults hold.")


@contextmanager
def open_bank_settings() -> Generator[tuple[SettingsRepository, MarketInForce, AuditLog]]:
    """Open the settings and the market of the database in force; joins the embedded one where it runs."""
    from smartbank import bootstrap  # noqa: PLC0415 - imports the model's libraries

    with bootstrap.open_bank_settings(load_settings()) as opened:
        yield opened


def _moment(moment: datetime, settings: BankSettings) -> str:
    return f"{moment.astimezone(ZoneInfo(settings.time_zone)):%-d %b %Y, %H:%M}"
