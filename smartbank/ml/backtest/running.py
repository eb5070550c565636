"""Run the parts of a backtest on one thread each, in one process or several, and keep each as soon as it is done."""

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from typing import Any

import numpy as np
import numpy.typing as npt
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from smartbank.core.training_data import TrainingData
from smartbank.errors import WorkCancelledError
from smartbank.ml.backtest.models import Fits, build_fits
from smartbank.ml.backtest.parts import Part
from smartbank.ml.backtest.plan import BacktestSettings, Course, courses

FloatArray = npt.NDArray[np.float64]

BuildFits = Callable[[TrainingData, BacktestSettings], Fits]


class Bench:
    """The rows, the courses and the fits one process works with.

    Parameters
    ----------
    build : callable
        Makes the fits by protocol and name.
    """

    def __init__(self, data: TrainingData, settings: BacktestSettings, build: BuildFits = build_fits) -> None:
        self._courses = {course.name: course for course in courses(data, settings)}
        self._fits = build(data, settings)

    def keep(self, part: Part) -> None:
        """Compute a part and keep it."""
        course = self._courses[part.course]
        fit = self._fits[course.protocol, part.fit]
        with threadpool_limits(1):  # the same bits however many processes there are, and no quarrel about the cores
            part.save(np.concatenate([fit(fitted, scored) for fitted, scored in course.parts[part.number]]))


def missing_parts(parts: Iterable[Part], planned: Sequence[Course]) -> list[Part]:
    """Return the parts that are not kept yet or are damaged, those that take longest first."""
    by_name = {course.name: course for course in planned}
    missing = [part for part in parts if part.load(n_rows=_rows_scored(part, by_name)) is None]
    return sorted(missing, key=lambda part: -_rows_fitted(part, by_name))


def run_parts(
    parts: Sequence[Part],
    data: TrainingData,
    settings: BacktestSettings,
    *,
    jobs: int,
    done: Callable[[], None],
    build: BuildFits = build_fits,
) -> None:
    """Compute parts and keep them; the result does not depend on the number of processes.

    Parameters
    ----------
    jobs : int
        Processes, at least 1; with 1 everything is done in this one.
    done : callable
        Called after each part.

    Raises
    ------
    WorkCancelledError
        A process was ended from outside.
    KeyboardInterrupt
        Ctrl-C; the processes are ended first. What is finished is kept.
    """
    if not parts:
        return
    if jobs == 1 or len(parts) == 1:
        bench = Bench(data, settings, build)
        for part in parts:
            bench.keep(part)
            done()
        return
    with _processes(min(jobs, len(parts)), (data, settings, build)) as pool:
        try:
            for finished in as_completed(_submitted(pool, parts)):
                finished.result()
                done()
        except BrokenProcessPool as exc:
            raise WorkCancelledError(
                "A process of the backtest was ended from outside; often memory is short. What is finished is kept:"
                " run the same command again, with --jobs 1."
            ) from exc


def course_log_odds(course: Course, parts: Iterable[Part], *, n_rows: int) -> FloatArray:
    """Return the log-odds of one fit in a course, shape (n_rows, n_outputs); NaN in rows that are not scored.

    Raises
    ------
    WorkCancelledError
        A part that was kept is not there any more.
    """
    found = []
    for part in sorted(parts, key=lambda part: part.number):
        log_odds = part.load(n_rows=_rows_scored(part, {course.name: course}))
        if log_odds is None:
            raise WorkCancelledError(f"{part.path} was lost after it was written. Run the same command again.")
        found.append(log_odds)
    all_rows = np.full((n_rows, found[0].shape[1]), np.nan)
    all_rows[course.scored] = np.concatenate(found)
    return all_rows


_benches: list[Bench] = []
"""Of a process of a pool: the one it works with."""


def _begin(data: TrainingData, settings: BacktestSettings, build: BuildFits) -> None:
    """Prepare a process, which ends when the one that started it does, however that ended."""
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _benches.append(Bench(data, settings, build))


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _keep(part: Part) -> None:
    _benches[0].keep(part)


@contextmanager
def _processes(jobs: int, ground: tuple[Any, ...]) -> Iterator[ProcessPoolExecutor]:
    """Yield a pool that is ended at once when the work is interrupted."""
    others = set(multiprocessing.active_children())
    context = multiprocessing.get_context("spawn")  # a fork would inherit the locks of OpenMP's threads
    pool = ProcessPoolExecutor(jobs, mp_context=context, initializer=_begin, initargs=ground)
    try:
        yield pool
    except BaseException:
        for process in set(multiprocessing.active_children()) - others:
            process.terminate()
        raise
    finally:
        pool.shutdown(cancel_futures=True)


def _submitted(pool: ProcessPoolExecutor, parts: Sequence[Part]) -> list[Future[None]]:
    """Hand the parts to the pool; its processes leave Ctrl-C to this one, which ends them."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        return [pool.submit(_keep, part) for part in parts]
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _rows_scored(part: Part, by_name: dict[str, Course]) -> int:
    return sum(len(scored) for _, scored in by_name[part.course].parts[part.number])


def _rows_fitted(part: Part, by_name: dict[str, Course]) -> int:
    return sum(len(fitted) for fitted, _ in by_name[part.course].parts[part.number])
