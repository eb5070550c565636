"""Commands on new training columns: `python -m smartbank columns check`."""

from pathlib import Path
from typing import Annotated, Final

import typer

from smartbank.core.leaks import Finding, Verdict, usable_columns

columns_app = typer.Typer(help="Check new training columns before a model sees them.", no_args_is_help=True)
_COLOURS: Final = {Verdict.REFUSED: "red", Verdict.DOUBTFUL: "yellow"}


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    app.add_typer(columns_app, name="columns")


@columns_app.command()
def check(
    data: Annotated[Path, typer.Option(help="bank-additional-full.csv, or UCI's archive with it.")],
    columns: Annotated[Path, typer.Option(help="CSV with the new columns; its rows are those of DATA, in order.")],
    allow_column: Annotated[
        list[str] | None, typer.Option(help="Use this column although it beats the model alone; may be given again.")
    ] = None,
) -> None:
    """Refuse columns that are set after the call, and warn of those that alone beat the whole model.

    Exits with 1 when a column is refused, or warned of and not allowed by name.
    """
    from smartbank.bootstrap import check_columns  # noqa: PLC0415  slow import, only where it is needed

    findings: list[Finding] = []
    for finding in check_columns(data, columns, report=typer.echo):
        typer.secho(f"{finding.name}: {finding.verdict}. {finding.why}", fg=_COLOURS.get(finding.verdict))
        findings.append(finding)
    usable = usable_columns(findings, allow_column or [])
    typer.echo(f"May be used: {', '.join(usable) or 'none'}.")
