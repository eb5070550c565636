"""Commands on the market: `python -m smartbank market refresh|show|history`."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Annotated, Final

import typer

from smartbank.cli.operating import operator
from smartbank.config import load_settings
from smartbank.core.market.flags import market_flags
from smartbank.core.market.hops import Refreshed
from smartbank.core.market.indicators import FACTS, Indicator
from smartbank.core.market.observations import SOURCE_NAMES, Observation
from smartbank.core.market.snapshot import MarketSnapshot, Reading
from smartbank.core.market.training import TrainingMarket
from smartbank.core.wording import plural
from smartbank.services.market_refresh import refresh_market

market_app = typer.Typer(help="Refresh the market figures, and show them.", no_args_is_help=True)
_TITLE: Final = max(len(facts.title) for facts in FACTS.values())
_SOURCE: Final = max(map(len, SOURCE_NAMES.values()))


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    app.add_typer(market_app, name="market")


@market_app.command()
def refresh(
    indicator: Annotated[list[Indicator] | None, typer.Option(help="Only this one; may be given again.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Ask also where the kept figure is fresh.")] = False,
) -> None:
    """Ask the publishers here and now, and show what each said and what is in force.

    Exits with 1 when there is an indicator without a fresh figure.
    """
    from smartbank import bootstrap  # noqa: PLC0415 - imports the model's libraries

    with bootstrap.open_services(load_settings()) as services:
        done = refresh_market(
            indicator or tuple(Indicator),
            forced=force,
            by=operator(),
            ports=bootstrap.market_ports(services),
            now=datetime.now(UTC),
        )
        services.market.forget()
        snapshot, training = services.market.look(), services.scorer.training_market
    typer.echo("\n".join([*hop_lines(done), "", *market_lines(snapshot, training, today=datetime.now(UTC).date())]))
    if not all(each.is_good for each in done):
        raise typer.Exit(1)


@market_app.command()
def show() -> None:
    """Show the market scorings use now: value, period, source and age of each figure, and what to know of them."""
    from smartbank import bootstrap  # noqa: PLC0415

    with bootstrap.open_services(load_settings()) as services:
        snapshot, training = services.market.look(), services.scorer.training_market
    typer.echo("\n".join(market_lines(snapshot, training, today=datetime.now(UTC).date())))


@market_app.command()
def history(
    indicator: Annotated[Indicator, typer.Argument(help="Which one.")],
    limit: Annotated[int, typer.Option(help="How many figures, the newest.", min=1, max=10_000)] = 24,
) -> None:
    """Show the figures that are kept of an indicator, by period, with what each source said last."""
    from smartbank import bootstrap  # noqa: PLC0415

    with bootstrap.open_services(load_settings()) as services:
        kept = services.observations.history(indicator)
    for observation in kept[-limit:]:
        typer.echo(observation_line(observation))
    if not kept:
        typer.echo(f"Nothing is kept of {FACTS[indicator].title} yet: `market refresh` asks for it.")


def hop_lines(done: Sequence[Refreshed]) -> list[str]:
    """Return a line for each hop, in the order they were made."""
    return [
        f"{FACTS[each.indicator].title:<{_TITLE}}  {hop.at:%H:%M:%S} UTC  {hop.outcome:<13}  {hop.said}"
        for each in done
        for hop in each.hops
    ]


def market_lines(snapshot: MarketSnapshot, training: TrainingMarket, *, today: date) -> list[str]:
    """Return a line for each figure in force, and one for each warning about them."""
    flags = [f"! {flag.sentence}" for flag in market_flags(snapshot, training)]
    return [*(_reading_line(each, today) for each in snapshot.readings), f"Market {snapshot.snapshot_id}.", *flags]


def observation_line(observation: Observation) -> str:
    """Return what a figure says and where it comes from."""
    beside = [
        observation.transform,
        *(["a stand-in for the series of the training data"] if observation.is_proxy else []),
        *([f"marked {observation.flag}"] if observation.flag else []),
    ]
    value = _value(observation.indicator, observation.value)
    source = f"{SOURCE_NAMES[observation.source]:<{_SOURCE}}"
    fetched = f"fetched {observation.fetched_at:%-d %b %Y}"
    return f"{observation.period.text:<10}  {value}  {source}  {fetched}  {', '.join(beside)}"


def _reading_line(reading: Reading, today: date) -> str:
    age = f"{plural(max(0, (today - reading.period.end).days), 'day')} old"
    old = ", older than its publisher's calendar explains" if reading.is_stale(today=today) else ""
    return (
        f"{FACTS[reading.indicator].title:<{_TITLE}}  {_value(reading.indicator, reading.value)}  "
        f"{reading.period.words}, {reading.source} ({reading.origin}), {age}{old}"
    )


def _value(indicator: Indicator, value: float) -> str:
    facts = FACTS[indicator]
    return f"{value:>8.{facts.decimals}f} {'%' if facts.unit == 'percent' else ' '}"
