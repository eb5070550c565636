"""Run a backtest from end to end: what is missing is computed, then every model is judged."""

from collections.abc import Callable, Collection
from pathlib import Path

import numpy as np
import numpy.typing as npt

from smartbank.core.backtest import Backtest
from smartbank.core.evaluation import Interval
from smartbank.core.training_data import TrainingData
from smartbank.ml.backtest.call_levels import HALF_LIFE_CALLS
from smartbank.ml.backtest.figures import course_figures
from smartbank.ml.backtest.models import build_fits, chosen_models, terms_of
from smartbank.ml.backtest.parts import Part, open_folder, parts_of
from smartbank.ml.backtest.plan import BacktestSettings, Course, courses
from smartbank.ml.backtest.running import BuildFits, course_log_odds, missing_parts, run_parts

FloatArray = npt.NDArray[np.float64]

Report = Callable[[int, int], None]
"""Told how many parts are done, and of how many; once before the first."""


def run_backtest(
    data: TrainingData,
    *,
    work: Path,
    settings: BacktestSettings | None = None,
    only: Collection[str] = (),
    jobs: int = 1,
    report: Report = lambda _done, _of: None,
    build: BuildFits = build_fits,
) -> Backtest:
    """Compare models by protocols A, B and C; what an earlier run finished is taken as it is.

    Parameters
    ----------
    work : Path
        Folder in which finished parts are kept.
    settings : BacktestSettings or None
        None takes those of a whole run.
    only : collection of str
        Models to compare; empty means all.
    jobs : int
        Processes, at least 1; the figures do not depend on it.

    Raises
    ------
    SettingsError
        A model is unknown, or none is left.
    TrainingDataError
        The rows are too few for a protocol.
    StartUpError
        The folder cannot be written.
    WorkCancelledError
        A process was ended from outside.
    """
    settings = settings or BacktestSettings()
    models, left_out = chosen_models(only)
    planned = courses(data, settings)
    folder = open_folder(work)
    parts: list[Part] = []
    for course in planned:
        fits = {term.fit for terms in terms_of(models, course.protocol).values() for term in terms}
        parts += parts_of(course, sorted(fits), folder, data=data, settings=settings)
    missing = missing_parts(parts, planned)
    counted = len(parts) - len(missing)

    def done() -> None:
        nonlocal counted
        counted += 1
        report(counted, len(parts))

    report(counted, len(parts))
    run_parts(missing, data, settings, jobs=jobs, done=done, build=build)
    figures: dict[str, dict[str, dict[str, Interval]]] = {}
    for course in planned:
        scores = _scores(course, [part for part in parts if part.course == course.name], models, len(data.frame))
        for model, metrics in course_figures(course, scores, data=data, settings=settings).items():
            figures.setdefault(course.protocol, {}).setdefault(model, {}).update(metrics)
    return Backtest(
        figures,
        tuple(left_out),
        step=settings.step,
        catboost_iterations=settings.catboost_iterations,
        half_life_calls=HALF_LIFE_CALLS,
        quick=settings.quick,
    )


def _scores(course: Course, parts: list[Part], models: Collection[str], n_rows: int) -> dict[str, FloatArray]:
    """Return each model's log-odds in a course: the sum of its terms."""
    fits = {
        name: course_log_odds(course, [part for part in parts if part.fit == name], n_rows=n_rows)
        for name in {part.fit for part in parts}
    }
    return {
        model: np.asarray(sum(term.share * fits[term.fit][:, term.output] for term in terms), dtype=np.float64)
        for model, terms in terms_of(models, course.protocol).items()
    }
