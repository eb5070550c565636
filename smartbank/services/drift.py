"""What is kept with a run of how its leads compare with those the model learned from, and which runs tell of it."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from smartbank.core.drift import Drift, FieldBins, field_drift, margin_drift
from smartbank.core.fields import LEAD_COLUMNS
from smartbank.core.ports import Scorer, TrainingRows, WorkQueue
from smartbank.errors import ModelArtifactError, NotFoundError
from smartbank.services.runs import Run, RunSource

FloatArray = npt.NDArray[np.float64]
DRIFT: Final = "drift"
"""Where a run's result has it; runs made before it was computed have none."""


def run_drift(
    leads: pd.DataFrame,
    *,
    margins: FloatArray,
    contributions: FloatArray,
    whole: bool,
    strange: Mapping[str, int],
    scorer: Scorer,
    training_rows: TrainingRows,
) -> dict[str, Any]:
    """Return the drift of a run of at least one lead, in plain values.

    Parameters
    ----------
    leads : DataFrame of shape (n_leads, >= 12)
        `LEAD_COLUMNS` and others.
    contributions : array of shape (n_leads, 12)
        A field that gives no lead anything is not one the model ranks by.
    whole : bool
        Whether the leads are a population rather than a selection from one.
    strange : mapping of str to int
        Rows of the file with a word nobody knows, by field.
    """
    used = {name: bool(contributions[:, place].any()) for place, name in enumerate(LEAD_COLUMNS)}
    fields = tuple(
        field_drift(bins, leads[bins.field], strange=strange.get(bins.field, 0), used=used[bins.field])
        for bins in _bins(training_rows)
    )
    return Drift(whole, fields, margin_drift(scorer.reference_margins(), margins)).to_json()


def strange_words(source: RunSource, *, queue: WorkQueue) -> dict[str, int]:
    """Return how many rows of a run's file held a word nobody knows, by field, as its report counted them.

    Such a word came in as unknown. The words themselves are not kept: a wrong column may hold anything.
    """
    if source.kind != "upload":
        return {}
    try:
        return dict(queue.find(source.upload_id).result.get("unknown_rows", {}))
    except NotFoundError:
        return {}


def drift_of(run: Run) -> Drift | None:
    """Return how the leads of a finished run compare; None for a run made before this was computed."""
    kept = run.result.get(DRIFT)
    return Drift.from_json(kept) if kept else None


def told_runs(runs: Iterable[Run]) -> list[tuple[Run, Drift]]:
    """Return the finished runs of today's market that have a drift, with it, in their order."""
    return [(run, drift) for run in runs if run.is_of_today and (drift := drift_of(run)) is not None]


def speaks_for_the_bank(run: Run, drift: Drift) -> bool:
    """Whether the leads are the bank's own as a whole: neither a selection nor nothing but synthetic customers."""
    return drift.whole and not run.is_made_up


def _bins(training_rows: TrainingRows) -> Iterable[FieldBins]:
    try:
        return training_rows.bins()
    except ModelArtifactError:  # the leads are scored all the same
        return ()
