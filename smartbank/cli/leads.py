"""Commands on leads: load demo customers, and score a file without a browser."""

from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Final, Literal

import typer

from smartbank.cli.file_options import FileOptions
from smartbank.cli.operating import operator
from smartbank.config import load_settings
from smartbank.core.bulk.job import ROWS_PER_PART
from smartbank.core.shared_phones import MANY
from smartbank.core.tables import MAX_ROWS
from smartbank.core.wording import agreeing, plural

ONE_FILE: Final = "One file, with the database"
MANY_LEADS: Final = "Many leads, from Parquet to ranked Parquet, without the database"


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
        loaded = bootstrap.load_demo(services, count=customers, seed=seed, now=datetime.now(UTC), by=operator())
        counts, stored = loaded.counts, services.customers.count()
        typer.echo(
            f"{counts.added:,} added, {counts.changed:,} changed, {counts.unchanged:,} left as they were; "
            f"{plural(stored, 'customer')} {agreeing(stored, 'is', 'are')} stored."
        )
    ranking = "Nothing changed, so nobody is ranked again." if loaded.run_id is None else "Their ranking is queued."
    typer.echo(f"{ranking} To see them, start SmartBank with `make run` unless it runs, and open {settings.address()}.")


def score(
    file: Annotated[
        str | None,
        typer.Argument(
            help="A table of customers: CSV, XLSX or Parquet, here or at an address such as s3://bank/x.csv."
        ),
    ] = None,
    *,
    out: Annotated[
        Path | None,
        typer.Option(
            help="Write the whole ranking here, as CSV.", dir_okay=False, writable=True, rich_help_panel=ONE_FILE
        ),
    ] = None,
    picked: Annotated[
        bool,
        typer.Option(
            "--picked",
            help="Its customers were picked, such as the best of a ranking of everybody: their mean is not the base "
            "rate.",
            rich_help_panel=ONE_FILE,
        ),
    ] = False,
    whole: Annotated[
        bool,
        typer.Option(
            "--whole",
            help="Its customers are all of yours, or drawn from them at random, however unlike those ranked before.",
            rich_help_panel=ONE_FILE,
        ),
    ] = False,
    without_shared: Annotated[
        bool,
        typer.Option(
            "--leave-out-shared-numbers",
            help=f"Keep no number that stands in {MANY} rows or more, such as the branch's own; its customers are "
            "kept and ranked.",
            rich_help_panel=ONE_FILE,
        ),
    ] = False,
    source: Annotated[
        str | None,
        typer.Option(
            "--input",
            help="Parquet files: a path, a folder, a pattern in quotes, or an address such as s3://bank/leads/.",
            rich_help_panel=MANY_LEADS,
        ),
    ] = None,
    output: Annotated[
        str | None,
        typer.Option(help="A new or empty folder for the ranking, here or at an address.", rich_help_panel=MANY_LEADS),
    ] = None,
    scheduler: Annotated[
        str | None,
        typer.Option(help="Dask scheduler whose workers do it, such as tls://host:8786.", rich_help_panel=MANY_LEADS),
    ] = None,
    workers: Annotated[
        int | None,
        typer.Option(
            help="Processes of this computer; one for each million rows unless said.",
            min=1,
            max=256,
            rich_help_panel=MANY_LEADS,
        ),
    ] = None,
    base_rate: Annotated[
        float | None,
        typer.Option(
            help="Share of your calls that sell now, such as 0.05. Without it: 0.113, Portugal 2008-10.",
            rich_help_panel=MANY_LEADS,
        ),
    ] = None,
    bands: Annotated[
        tuple[float, float, float] | None,
        typer.Option(
            help="Where bands A, B and C begin, in multiples of the base rate. Without it: 3 1.5 0.75.",
            rich_help_panel=MANY_LEADS,
        ),
    ] = None,
    in_force: Annotated[
        str | None,
        typer.Option(
            help="Folder `data in-force` wrote: model, settings, market and objections of the database hold.",
            rich_help_panel=MANY_LEADS,
        ),
    ] = None,
    reasons: Annotated[
        bool, typer.Option("--reasons/--no-reasons", help="Say why, of each lead.", rich_help_panel=MANY_LEADS)
    ] = True,
    require_consent: Annotated[
        bool,
        typer.Option("--require-consent", help="Rank only who gave consent to calls.", rich_help_panel=MANY_LEADS),
    ] = False,
    best: Annotated[
        int,
        typer.Option(
            help="Write the rows of so many of the best leads once more, ready for `score FILE --picked`.",
            min=0,
            max=MAX_ROWS,
            rich_help_panel=MANY_LEADS,
        ),
    ] = 0,
    rows_per_part: Annotated[
        int,
        typer.Option(help="Leads of an output file; a process holds about as many.", min=1, rich_help_panel=MANY_LEADS),
    ] = ROWS_PER_PART,
    market: Annotated[
        Literal["snapshot", "file"], typer.Option(help="Today's market, or the one each row brings (a replay).")
    ] = "snapshot",
    anyway: Annotated[bool, typer.Option("--anyway", help="Score what is not ready, too.")] = False,
) -> None:
    """Check customers, score them, and say whom to call first: one file with the database, or many leads without.

    `score FILE --out CSV` is the main job: it is kept in SmartBank, in the market and by the settings in force.

    `score --input FILES --output FOLDER` keeps nothing. With --in-force it goes by what the database said; without, it
    knows of objections only what the files say, and its market is the one SmartBank brings, which does not matter with
    your own --base-rate.

    Exits with 0 also where the folder holds just this ranking already, with 1 when the leads cannot be scored, and
    with 2 when an argument is wrong.
    """
    bulk_only = {
        "--scheduler": scheduler is not None,
        "--workers": workers is not None,
        "--base-rate": base_rate is not None,
        "--bands": bands is not None,
        "--no-reasons": not reasons,
        "--require-consent": require_consent,
        "--in-force": in_force is not None,
        "--best": best > 0,
        "--rows-per-part": rows_per_part != ROWS_PER_PART,
    }
    if source is None and output is None:
        _require_none(bulk_only, "belongs to --input and --output. Leave it away, or name them.")
        if file is None:
            raise typer.BadParameter("Name a FILE, or --input and --output.", param_hint="FILE")
        if picked and whole:
            raise typer.BadParameter("Customers are picked or a whole. Leave one away.", param_hint="--picked, --whole")
        options = FileOptions(market=market, picked=picked, whole=whole, without_shared=without_shared, anyway=anyway)
        _score_file(file, out=out, options=options)
        return
    if not source or not output:
        raise typer.BadParameter("--input and --output go together. Name both.", param_hint="--input, --output")
    _require_none(
        {
            "FILE": file is not None,
            "--out": out is not None,
            "--picked": picked,
            "--whole": whole,
            "--leave-out-shared-numbers": without_shared,
        },
        "does not go with --input and --output. Leave it away.",
    )
    if in_force is not None:
        said_by_it = ("--base-rate", "--bands", "--require-consent")
        _require_none(
            {name: bulk_only[name] for name in said_by_it}, "does not go with --in-force, which says it. Leave it away."
        )
    if scheduler is not None and workers is not None:
        raise typer.BadParameter("The scheduler has its own workers. Leave --workers away.", param_hint="--workers")
    from smartbank.cli.score_folder import rank_parquet  # noqa: PLC0415 - imports the model's libraries

    rank_parquet(
        source,
        output,
        market=market,
        base_rate=base_rate,
        bands=bands,
        rows_per_part=rows_per_part,
        with_reasons=reasons,
        require_consent=require_consent,
        in_force=in_force,
        best=best,
        anyway=anyway,
        scheduler=scheduler,
        workers=workers,
    )


def _require_none(given: dict[str, bool], why: str) -> None:
    for name, is_given in given.items():
        if is_given:
            raise typer.BadParameter(f"{name} {why}", param_hint=name)


def _score_file(named: str, *, out: Path | None, options: FileOptions) -> None:
    from smartbank import bootstrap  # noqa: PLC0415 - imports the model's libraries
    from smartbank.bootstrap.files import fetched  # noqa: PLC0415
    from smartbank.cli.score_file import rank_file, require_place, show_ranking, write_ranking  # noqa: PLC0415

    is_here = "://" not in named
    if is_here and not Path(named).is_file():
        raise typer.BadParameter(f"The file {named} does not exist.", param_hint="FILE")
    with ExitStack() as stack:
        file = Path(named) if is_here else stack.enter_context(fetched(named))
        if out is not None:
            require_place(out, file=file)
        services = stack.enter_context(bootstrap.open_services(load_settings()))
        run = rank_file(file, services=services, options=options, by=operator())
        if out is not None:  # before anything is shown, which a reader such as `head` may break off
            write_ranking(run, out, by=operator(), services=services)
        show_ranking(run, by=operator(), services=services)
        if out is None:
            typer.echo("The ranking is kept: open Leads in SmartBank, or name a file with --out to take it away.")
        else:
            typer.echo(f"Written to {out}: it holds names and phone numbers, so only you may read it.")
