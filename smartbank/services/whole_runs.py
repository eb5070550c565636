"""Which rankings are taken for the bank's customers as a whole, and so give others their level."""

from collections.abc import Iterable
from typing import Final

from smartbank.core.level import Level
from smartbank.core.ports import Scorer, WorkQueue
from smartbank.core.unlike import Unlike, unlike_leads
from smartbank.services.leveling import THIS_RUN, FloatArray
from smartbank.services.runs import Run, load_runs

_LOOKED_AT: Final = 100
"""Runs among which the level to go by is looked for."""


def whole_runs(runs: Iterable[Run]) -> list[Run]:
    """Return those of runs, newest first, that are taken for a whole.

    They rank a whole file or all customers, who are not far unlike those ranked before, and nobody said of them later
    that they were picked.
    """
    picked: set[str] = set()
    found = []
    for run in runs:
        if run.counts_as_whole and picked.isdisjoint({run.run_id, run.source.upload_id}):
            found.append(run)
        if run.source.picked:
            picked |= {run.source.run_id, run.source.upload_id} - {""}
    return found


def earlier_levels(*, of_demo: bool, queue: WorkQueue) -> list[Level]:
    """Return the levels of the newest finished runs, those that anchored themselves first.

    A run of made-up customers alone says nothing of the bank's own, and is taken for made-up ones only; one that is no
    whole says nothing of anybody else. What was moved on to a selection since would come back a last bit off, so it is
    taken only where no anchor is left, and not where that may have been one that is no whole, as is known by now.
    """
    looked_at = load_runs(queue=queue, limit=_LOOKED_AT)
    whole = {run.run_id for run in whole_runs(looked_at)}
    runs = [run for run in looked_at if run.result and not run.is_replay and (of_demo or not run.is_made_up)]
    anchors = [(place, run) for place, run in enumerate(runs) if run.result.get("level_source") == THIS_RUN]
    taken_back = [place for place, run in anchors if run.counts_as_whole and run.run_id not in whole]
    before = max(taken_back, default=-1) + 1
    others = [run for run in runs[before:] if run.result.get("level_source") != THIS_RUN]
    return [run.level for run in [*(run for _, run in anchors if run.run_id in whole), *others]]


def unlike_before(margins: FloatArray, level: Level, *, earlier: Iterable[Level], scorer: Scorer) -> Unlike | None:
    """Return how far the leads a level was anchored on are from those ranked as a whole before; None if not far.

    Parameters
    ----------
    margins : array of shape (n_leads,)
    earlier : iterable of Level
        As `earlier_levels` returns them.
    """
    anchors = (other for other in earlier if other.anchor == "run")
    before = next((other for other in anchors if other.model_version == level.model_version), None)
    return unlike_leads(margins, rate=level.rate, reference_margins=scorer.reference_margins(), before=before)
