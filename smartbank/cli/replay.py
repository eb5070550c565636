"""The command `audit replay`: make stored predictions again, and say whether they are equal bit for bit."""

from typing import TYPE_CHECKING, Annotated, Final

import typer

from smartbank.cli.audit import audit_app
from smartbank.cli.operating import operator
from smartbank.config import load_settings
from smartbank.core.replay import Replayed, RunReplay
from smartbank.core.wording import agreeing, plural
from smartbank.errors import SmartBankError
from smartbank.services import replaying

if TYPE_CHECKING:
    from smartbank.bootstrap import Services

EQUAL: Final = 0
DIFFERS: Final = 1
NOT_POSSIBLE: Final = 2


def register(app: typer.Typer) -> None:  # noqa: ARG001  the group is in the application already
    """Add the command to the group of the audit log."""
    audit_app.command()(replay)


def replay(
    prediction: Annotated[
        str, typer.Argument(help="RUN_ID:RANK, or with --run a customer id.", show_default=False)
    ] = "",
    run: Annotated[str, typer.Option(help="Make a whole run again, or one customer's prediction in it.")] = "",
    sample: Annotated[
        int | None, typer.Option(help="Make so many predictions again, of the run or of all runs.", min=1)
    ] = None,
    seed: Annotated[int, typer.Option(help="Another seed draws another sample.", min=0)] = 0,
) -> None:
    """Make stored predictions again from what is stored, and say whether they are equal bit for bit.

    Exits with 0 when all are equal, with 1 when one differs, with 2 when they cannot be made again.
    """
    from smartbank import bootstrap  # noqa: PLC0415 - imports the model's libraries

    if not prediction and not run and sample is None:
        raise typer.BadParameter("Name a prediction (RUN_ID:RANK), a run (--run), or a number (--sample).")
    if prediction and sample is not None:
        raise typer.BadParameter("Name a prediction or a sample, not both.")
    try:
        with bootstrap.open_services(load_settings()) as services:
            code = _replay(services, prediction=prediction, run=run, sample=sample, seed=seed)
    except SmartBankError as exc:
        typer.secho(str(exc), fg="red", err=True)
        code = NOT_POSSIBLE
    raise typer.Exit(code)


def _replay(services: "Services", *, prediction: str, run: str, sample: int | None, seed: int) -> int:
    from smartbank.bootstrap import replay_ports  # noqa: PLC0415 - imports the model's libraries

    ports = replay_ports(services)
    if prediction and run:
        return _tell(replaying.replay_customer(prediction, run, by=operator(), ports=ports))
    if prediction:
        return _tell(replaying.replay_prediction(prediction, by=operator(), ports=ports))
    if run:
        return _tell_run(replaying.replay_run(run, sample=sample, seed=seed, by=operator(), ports=ports))
    codes = [_tell_run(found) for found in replaying.replay_sample(sample or 0, seed=seed, by=operator(), ports=ports)]
    if not codes:
        typer.echo("No run is kept, so there is nothing to make again.")
        return NOT_POSSIBLE
    return DIFFERS if DIFFERS in codes else EQUAL if EQUAL in codes else NOT_POSSIBLE


def _tell(replayed: Replayed) -> int:
    if replayed.obstacle:
        typer.echo(f"{replayed.prediction_id}: {replayed.obstacle}")
        return NOT_POSSIBLE
    for part in replayed.parts:
        typer.echo(f"{'equal' if part.is_equal else 'DIFFERS':<8} {part.name}")
        if not part.is_equal:
            typer.echo(f"         stored     {part.stored!r}\n         made again {part.again!r}")
    if replayed.is_equal:
        typer.echo(f"{replayed.prediction_id} is equal bit for bit.")
        return EQUAL
    typer.echo(
        f"{replayed.prediction_id} is not what it was: the first part that differs is "
        f"the {replayed.differences[0].name}."
    )
    return DIFFERS


def _tell_run(replay: RunReplay) -> int:
    typer.echo(
        f"Run {replay.run_id}: {replay.equal:,} of {plural(replay.tried, 'prediction')} "
        f"{agreeing(replay.equal, 'is', 'are')} equal bit for bit."
    )
    for why, count in replay.obstacles.items():
        typer.echo(f"- {count:,} cannot be made again. {why}")
    for found in replay.different:
        first = found.differences[0]
        typer.echo(
            f"- {found.prediction_id} differs in the {first.name}: stored {first.stored!r}, made again {first.again!r}"
        )
    if replay.n_different > len(replay.different):
        typer.echo(f"- and {replay.n_different - len(replay.different):,} more differ.")
    for fault in replay.faults:
        typer.echo(f"- {fault}")
    if not replay.is_intact:
        return DIFFERS
    return EQUAL if replay.equal else NOT_POSSIBLE
