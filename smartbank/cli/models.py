"""Commands on the versions of the model: `python -m smartbank models list|compare|promote|revert|switch`."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from smartbank.cli.operating import operator
from smartbank.config import load_settings
from smartbank.core.promotion import evidence_from, verdict_of
from smartbank.core.wording import plural
from smartbank.services.model_pair import model_pair, switch_fields
from smartbank.services.model_training import compare_with_champion
from smartbank.services.model_versions import (
    VersionView,
    model_history,
    model_versions,
    promote_model,
    take_back_model,
)

models_app = typer.Typer(help="See the versions of the model, put one in force, take it back.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    app.add_typer(models_app, name="models")


@models_app.command("list")
def list_versions() -> None:
    """Show every version at hand, the one in force first, and what was put in force when."""
    from smartbank import bootstrap  # noqa: PLC0415 - imports the model's libraries

    with bootstrap.open_services(load_settings()) as services:
        ports = bootstrap.model_ports(services)
        found = model_versions(by=operator(), ports=ports)
        history = model_history(by=operator(), ports=ports)
    typer.echo("\n".join(map(version_line, found)))
    for change in history:
        what = f"{change.version} in place of {change.before}, {change.by}: {change.reason}"
        typer.echo(f"{change.at:%Y-%m-%d %H:%M}  {what}")


@models_app.command()
def compare(version: Annotated[str, typer.Argument(help="The version to compare with the one in force.")]) -> None:
    """Judge a version beside the one in force on the calls that were decided after both were trained."""
    from smartbank import bootstrap  # noqa: PLC0415

    with bootstrap.open_services(load_settings()) as services:
        ports = bootstrap.training_ports(services)
        done = compare_with_champion(version, by=operator(), ports=ports, now=datetime.now(UTC))
    typer.echo(verdict_of(evidence_from(done.evidence)).sentence)


@models_app.command()
def promote(
    version: Annotated[str, typer.Argument(help="A version that passed its comparison with the one in force.")],
    reason: Annotated[str, typer.Option(help="Why, in 10 to 300 characters; it is kept.")],
) -> None:
    """Put a version in force; every process scores with it within seconds."""
    from smartbank import bootstrap  # noqa: PLC0415

    with bootstrap.open_services(load_settings()) as services:
        ports, now = bootstrap.model_ports(services), datetime.now(UTC)
        seen = services.models.version()
        promotion = promote_model(version, reason=reason, seen=seen, by=operator(), ports=ports, now=now)
    typer.echo(f"Model {promotion.version} is in force in place of {promotion.before}.")


@models_app.command()
def revert() -> None:
    """Put the version that was in force before back in force."""
    from smartbank import bootstrap  # noqa: PLC0415

    with bootstrap.open_services(load_settings()) as services:
        ports, now = bootstrap.model_ports(services), datetime.now(UTC)
        promotion = take_back_model(seen=services.models.version(), by=operator(), ports=ports, now=now)
    typer.echo(f"Model {promotion.version} is in force again in place of {promotion.before}.")


@models_app.command()
def switch(reason: Annotated[str, typer.Option(help="Why, in 10 to 300 characters; it is kept.")]) -> None:
    """Rank without age and marital status, or with both again where they are left out now."""
    from smartbank import bootstrap  # noqa: PLC0415

    with bootstrap.open_services(load_settings()) as services:
        ports, now = bootstrap.model_ports(services), datetime.now(UTC)
        pair = model_pair(by=operator(), ports=ports)
        switch_fields(reason=reason, seen=pair.in_force, by=operator(), ports=ports, now=now)
    how = "with age and marital status again" if pair.is_without else "without age and marital status"
    typer.echo(f"Leads are ranked {how}, by model {pair.other}.")


def version_line(view: VersionView) -> str:
    """Return what is known of a version, in a line."""
    if view.problem:
        return f"{view.version}  {view.problem}"
    if view.trained is None:
        origin = "shipped with SmartBank"
    else:
        own = plural(view.trained.own_calls, "own call")
        origin = f"trained {view.trained.at:%Y-%m-%d} by {view.trained.by} on {own} too"
    fields = ", without age and marital status" if view.twin_of else ""
    verdict = "in force" if view.is_champion else "not compared" if view.verdict is None else view.verdict.sentence
    return f"{view.version}  {origin}, calls until {view.until}{fields}  {verdict}"
