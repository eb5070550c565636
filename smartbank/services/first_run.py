"""Which ranking the screens begin on: the newest that speaks for the bank's customers as a whole."""

from collections.abc import Sequence
from typing import Final

from smartbank.core.people import Actor, Right
from smartbank.core.ports import WorkQueue
from smartbank.services.leveling import MIN_ANCHOR
from smartbank.services.runs import Run, load_runs
from smartbank.services.whole_runs import whole_runs

_NEWEST: Final = 20
_LOOKED_AT: Final = 100
_LARGE_SHARE: Final = 0.5
_ALWAYS_LARGE: Final = MIN_ANCHOR / _LARGE_SHARE
"""Leads from which a run is large whatever others there are, and so is each of `MIN_ANCHOR` beside it."""
SELECTION, MADE_UP, SMALL = "only a selection", "of made-up customers", "too small to begin on"
UNLIKE = "of customers far unlike those ranked before"


def runs_looked_at(*, by: Actor, queue: WorkQueue) -> list[Run]:
    """Return the runs among which the one to begin on is looked for, newest first."""
    by.require(Right.SEE_LEADS)
    return load_runs_looked_at(queue=queue)


def load_runs_looked_at(*, queue: WorkQueue) -> list[Run]:
    """Return what `runs_looked_at` does, for those who have asked for the right.

    That is 100 runs, or the newest 20 where one of them is so large that `first_run` says the same of these.
    """
    newest = load_runs(queue=queue, limit=_NEWEST)
    return newest if any(map(_decides, whole_runs(newest))) else load_runs(queue=queue, limit=_LOOKED_AT)


def first_run(runs: Sequence[Run]) -> Run | None:
    """Return the run the screens begin on, of runs newest first; None where none of today's market is done.

    It is the newest that is taken for a whole, as `whole_runs` says, and large enough: 200 leads, from which a run has
    a level of its own, or half of the largest where that is smaller. One with customers of the bank's own goes before
    one of made-up customers. Where there is nothing but selections, it is the newest of these.
    """
    done = [run for run in runs if run.is_of_today]
    whole = [run for run in whole_runs(runs) if run.is_of_today]
    enough = min(MIN_ANCHOR, _LARGE_SHARE * max((run.summary.leads for run in whole), default=0))
    large = [run for run in whole if run.summary.leads >= enough]
    own = [run for run in large if not run.is_made_up]
    return next(iter(own or large or done), None)


def first_whole_run(runs: Sequence[Run]) -> Run | None:
    """Return the run the screens begin on; None where that is a selection, which says nothing of whom a list takes."""
    run = first_run(runs)
    return run if run is not None and run in whole_runs(runs) else None


def passed_over(runs: Sequence[Run], first: Run) -> tuple[Run, str] | None:
    """Return the newest run of today's market that is newer than the one to begin on, and what it is.

    Parameters
    ----------
    runs : sequence of Run
        Newest first.

    Returns
    -------
    tuple or None
        The run, and `SELECTION`, `UNLIKE`, `MADE_UP` or `SMALL`; None where the one to begin on is the newest.
    """
    newest = next((run for run in runs if run.is_of_today), first)
    if newest.run_id == first.run_id:
        return None
    if newest not in whole_runs(runs):
        return newest, UNLIKE if newest.source.is_whole and not newest.counts_as_whole else SELECTION
    return newest, MADE_UP if newest.is_made_up and not first.is_made_up else SMALL


def _decides(run: Run) -> bool:
    """Whether the first run is this whole one or a newer one, whatever the older ones are."""
    return run.is_of_today and not run.is_made_up and run.summary.leads >= _ALWAYS_LARGE
