"""Commands on leads: load demo customers, and score a file without a browser."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Literal

import typer

from smartbank.config import load_settings
from smartbank.core.people import COMMAND_LINE
from smartbank.core.wording import agreeing, plural


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    app.command()(demo)
    app.command()(score)


def demo(
    customers: Annotated[int, typer.Option(help="How many.", min=1, max=1_000_000)] = 2_000,
    seed: Annotated[int, typer.Option(help="Each seed has people of its own, under their own ids.", min=0)] = 0,
) -> None:
    """Load synthetic customers and have them ranked. The same ones again change nothing; a larger number adds."""
    from smartbank import bootstrap  # noqa: PLC0415 - imports the model's libraries

    settings = load_settings()
    with bootstrap.open_services(settings) as services:
        typer.echo(f"Loading {plural(customers, 'synthetic customer')} of seed {seed} ...")
        loaded = bootstrap.load_demo(services, count=customers, seed=seed, now=datetime.now(UTC), by=COMMAND_LINE)
        counts, stored = loaded.counts, services.customers.count()
        typer.echo(
            f"{counts.added:,} added, {counts.changed:,} changed, {counts.unchanged:,} left as they were; "
            f"{plural(stored, 'customer')} {agreeing(stored, 'is', 'are')} stored."
        )
    ranking = "Nothing changed, so nobody is ranked again." if loaded.run_id is None else "Their ranking is queued."
    typer.echo(f"{ranking} To see them, start SmartBank with `make run` unless it runs, and open {settings.address()}.")


def score(
    file: Annotated[
        Path,
        typer.Argument(help="A table of customers: CSV, XLSX or Parquet.", exists=True, dir_okay=False, readable=True),
    ],
    out: Annotated[
        Path | None, typer.Option(help="Write the whole ranking here, as CSV.", dir_okay=False, writable=True)
    ] = None,
    market: Annotated[
        Literal["snapshot", "file"], typer.Option(help="Today's market, or the one the file brings (a replay).")
    ] = "snapshot",
    anyway: Annotated[bool, typer.Option("--anyway", help="Score a file that is not ready, too.")] = False,
) -> None:
    """Check a file of customers, score it, and show whom to call first.

    Exits with 1 when the file cannot be scored or the database does not answer, with 2 when an argument is wrong.
    """
    from smartbank import bootstrap  # noqa: PLC0415 - imports the model's libraries
    from smartbank.cli.score_file import rank_file, require_place, show_ranking, write_ranking  # noqa: PLC0415

    if out is not None:
        require_place(out, file=file)
    with bootstrap.open_services(load_settings()) as services:
        run = rank_file(file, services=services, market=market, anyway=anyway, by=COMMAND_LINE)
        show_ranking(run, by=COMMAND_LINE, services=services)
        if out is None:
            typer.echo("The ranking is kept: open Leads in SmartBank, or name a file with --out to take it away.")
        else:
            write_ranking(run, out, by=COMMAND_LINE, services=services)
            typer.echo(f"Written to {out}: it holds names and phone numbers, so only you may read it.")
