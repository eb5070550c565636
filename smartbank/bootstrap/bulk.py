"""Scoring from file to file, put together: no database, the model of the folder, and who shares the work."""

import os
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from smartbank.adapters.bulk.cluster import ThisProcess, local_workers, workers_of
from smartbank.adapters.bulk.finished import finished_ranking
from smartbank.adapters.bulk.folder import WorkFolder
from smartbank.adapters.bulk.in_force_folder import read_in_force, write_in_force
from smartbank.adapters.bulk.leads import lead_files, require_unchanged
from smartbank.adapters.bulk.places import require_apart
from smartbank.adapters.bulk.result import growing_result
from smartbank.bootstrap import bulk_steps
from smartbank.bootstrap.services import Services
from smartbank.config import Settings
from smartbank.core.bulk.in_force import InForce, require_fresh
from smartbank.core.bulk.job import LeadFile, Market
from smartbank.core.bulk.question import differences, question_of
from smartbank.core.ports.bulk import Runner
from smartbank.errors import OutputError
from smartbank.ml.shelf import ArtifactShelf
from smartbank.services.bulk.handing_over import HandOverPorts
from smartbank.services.bulk.scoring import BulkPorts, Request, score_files

ROWS_OF_A_WORKER: Final = 1_000_000
"""Rows from which another process on this computer is worth its start."""


@dataclass(frozen=True)
class BulkOptions:
    """What a caller may choose.

    Attributes
    ----------
    given : InForce
        What is in force, where no folder says so.
    in_force : str or None
        A folder in which the database's is written down; the model of `given` is that of the models folder.
    scheduler : str or None
        Address of a Dask scheduler; None for this computer.
    workers : int or None
        Processes on this computer, 1 for this one alone; None for as many as the rows are worth.
    """

    given: InForce
    market: Market
    rows_per_part: int
    in_force: str | None = None
    with_reasons: bool = True
    anyway: bool = False
    best: int = 0
    scheduler: str | None = None
    workers: int | None = None


def score_parquet(
    pattern: str, output: str, *, options: BulkOptions, settings: Settings, say: Callable[[str], None]
) -> dict[str, Any] | None:
    """Score the Parquet files of a path, folder or pattern into a new folder, and return its manifest.

    Returns
    -------
    dict or None
        None where the folder holds the whole ranking of the same question already: then nothing is done.

    Raises
    ------
    SmartBankError
        Nothing was written: says why.
    """
    require_apart(output, pattern=pattern)
    in_force, version, model = _what_is_in_force(options, settings)
    kept = finished_ranking(output)
    if kept is not None:
        _require_answer(kept, _question(lead_files(pattern), options, in_force, model), output, say=say)
        return None
    scorer = bulk_steps.scorer_from(version, model)
    with ExitStack() as stack:
        result = stack.enter_context(growing_result(output))
        files = lead_files(pattern)
        runner = stack.enter_context(_runner(sum(file.rows for file in files), options))
        request = Request(
            pattern=pattern,
            files=files,
            question=_question(files, options, in_force, model),
            work=result.work,
            ready=result.ready,
            in_force=in_force,
            market=options.market,
            rows_per_part=options.rows_per_part,
            with_reasons=options.with_reasons,
            anyway=options.anyway,
            best=options.best,
        )
        ports = BulkPorts(steps=bulk_steps, runner=runner, scorer=scorer, model=model, open_folder=WorkFolder, say=say)
        manifest = score_files(request, ports=ports)
        require_unchanged(files)
        try:
            result.put_in_place()
        except OutputError:
            meanwhile = finished_ranking(output)
            if meanwhile is None:
                raise
            _require_answer(meanwhile, request.question, output, say=say)
            return None
    return manifest


def _question(files: Sequence[LeadFile], options: BulkOptions, in_force: InForce, model: bytes) -> dict[str, Any]:
    return question_of(
        files,
        model=model,
        in_force=in_force,
        market=options.market,
        with_reasons=options.with_reasons,
        best=options.best,
        rows_per_part=options.rows_per_part,
        anyway=options.anyway,
    )


def _require_answer(
    kept: Mapping[str, Any], question: Mapping[str, Any], output: str, *, say: Callable[[str], None]
) -> None:
    """Say that a ranking is the answer already. Raises `OutputError` where it is that of another question."""
    if "question" not in kept:
        other = "it does not say what it was asked"
    elif names := differences(kept["question"], question):
        other = f"what differs is {names}"
    else:
        say(f"{output} holds the whole ranking of these files by these options already. Nothing was done.")
        return
    raise OutputError(
        f"{output[:200]} is not empty: it holds another ranking, and {other}. Name a new folder: nothing is ever "
        "written over."
    )


def hand_over_ports(services: Services) -> HandOverPorts:
    """Return what writing down what is in force needs."""
    return HandOverPorts(
        models=services.models,
        shelf=services.shelf,
        settings=services.settings,
        market=services.market,
        outcomes=services.outcomes,
        customers=services.customers,
        audit=services.audit,
        write=write_in_force,
    )


def _what_is_in_force(options: BulkOptions, settings: Settings) -> tuple[InForce, str, bytes]:
    """Return what is in force, the model's version, and the model, packed."""
    if options.in_force is None:
        shelf = ArtifactShelf(settings.models_dir)
        return options.given, shelf.shipped(), shelf.packed(shelf.shipped())
    in_force, version, model = read_in_force(options.in_force)
    if not options.anyway:
        require_fresh(in_force, now=datetime.now(UTC))
    return in_force, version, model


def _runner(rows: int, options: BulkOptions) -> AbstractContextManager[Runner]:
    if options.scheduler is not None:
        return workers_of(options.scheduler)
    workers = options.workers or workers_worth(rows)
    return nullcontext(ThisProcess()) if workers == 1 else local_workers(workers)


def workers_worth(rows: int) -> int:
    """Return how many processes of this computer are worth their start for so many rows: one for each million."""
    processors = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min(rows // ROWS_OF_A_WORKER, processors))
