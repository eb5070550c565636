"""Train the model and write its artifact: the same data and seed give the same bytes."""

from collections.abc import Callable, Mapping
from copy import copy
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from smartbank.core.ports import Artifact
from smartbank.core.training_data import CONVERTED, PERIOD, TrainingData, require_features
from smartbank.ml.artifact_files import (
    content_version,
    json_bytes,
    put_in_force,
    readable_json_bytes,
    require_writable,
    save_artifact,
)
from smartbank.ml.artifact_parts import golden_rows, reference_parquet, scoring_tables
from smartbank.ml.baselines import baseline_fits
from smartbank.ml.calibration import anchor, within_month_slope
from smartbank.ml.card import build_card
from smartbank.ml.demo_tables import demo_tables
from smartbank.ml.encoding import Codes, Encoder, without_contact_history
from smartbank.ml.fairness_price import (
    JudgedScores,
    fairness_by_group,
    fairness_price,
    without_age_and_marital,
)
from smartbank.ml.judge import (
    RESAMPLES,
    baseline_metrics,
    calibration_metrics,
    protocol_a_metrics,
    protocol_c_metrics,
    within_month_metrics,
)
from smartbank.ml.level_model import fit_level_model
from smartbank.ml.months import market_of, month_numbers
from smartbank.ml.protocols import MIN_MONTH_ROWS, VALIDATION_FROM, FitAndScore, next_months, random_folds
from smartbank.ml.ranking import RankingModel, RankingSettings, fit_ranking

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.intp]


class Training:
    """One training: the rows, how the trees are grown, and the fits the protocols ask for.

    Parameters
    ----------
    frame : DataFrame
        Training rows; those of the bank itself have no market, which only the ranking can do without.
    month : int array of shape (n_rows,) or None
        Month of each call, counted from any start; None counts those of the calendar.
    min_month_rows : int
        Rows a month needs to be judged by protocol C.
    go_on : callable
        Called before each fit; what it raises ends the training.
    """

    def __init__(
        self,
        frame: pd.DataFrame,
        settings: RankingSettings,
        *,
        seed: int,
        n_threads: int,
        min_month_rows: int,
        month: npt.NDArray[np.int64] | None = None,
        go_on: Callable[[], None] = lambda: None,
    ) -> None:
        self.frame = frame
        self.converted = frame[CONVERTED].to_numpy(dtype=bool)
        self.period = frame[PERIOD].to_numpy(dtype=object)
        self.month = month_numbers(frame[PERIOD]) if month is None else month
        self.settings, self._seed, self._n_threads = settings, seed, n_threads
        self._min_month_rows = min_month_rows
        self._go_on = go_on

    @cached_property
    def market(self) -> pd.DataFrame:
        """`MARKET_FEATURES` of each row. Raises `TrainingDataError` where one is not its month's."""
        return market_of(self.frame)

    def ranking(self, rows: IntArray) -> tuple[RankingModel, Codes]:
        """Return the model fitted on these rows, and their codes."""
        self._go_on()
        encoder = Encoder.fitted(self.frame.iloc[rows])
        codes = encoder.codes(self.frame.iloc[rows])
        model = fit_ranking(
            codes,
            self.converted[rows],
            self.month[rows],
            settings=self.settings,
            encoder=encoder,
            seed=self._seed,
            n_threads=self._n_threads,
        )
        return model, codes

    def fit_and_score(self, rows: IntArray, scored: IntArray) -> FloatArray:
        """Return four figures of each scored row, in log-odds, shape (n_scored, 4).

        The raw margin; the log-odds with the market, anchored at the base rate of the rows fitted on; the change of
        the market's part since the last of them; the raw margin had nothing been known of contacts.
        """
        model, codes = self.ranking(rows)
        fitted = model.margins(codes)
        level = fit_level_model(self.market.iloc[rows], self.converted[rows], fitted)
        known = level.terms(self.market.iloc[rows])
        intercept = anchor(fitted + known, float(self.converted[rows].mean()))
        leads = model.encoder.codes(self.frame.iloc[scored])
        margins, bare = model.margins(leads), model.margins(without_contact_history(leads))
        terms = level.terms(self.market.iloc[scored])
        return np.column_stack([margins, intercept + terms + margins, terms - known[-1], bare])

    def protocols(self, fit: FitAndScore) -> "Unseen":
        """Return the log-odds a fit gives by protocols A and C."""
        ahead = next_months(self.period, fit, min_rows=self._min_month_rows)
        return Unseen(random_folds(self.converted, fit), ahead)

    def slopes(self, ahead: FloatArray) -> dict[str, float]:
        """Return the slope of out-of-time margins, of all months and of early ones; NaN where a row is not judged."""
        judged = ~np.isnan(ahead)
        early = judged & (self.period < VALIDATION_FROM)
        slope, slope_early = (
            within_month_slope(ahead[rows], self.converted[rows], self.period[rows]) for rows in (judged, early)
        )
        return {"slope": slope, "slope_before_2010_03": slope_early}

    def twin(self) -> "Training":
        """Return the same training without age and marital status."""
        twin = copy(self)
        twin.settings = without_age_and_marital(self.settings)
        return twin

    def baselines(self) -> dict[str, "Unseen"]:
        """Return what each baseline says of rows it has not seen, by its name."""
        fits = baseline_fits(self.frame, self.market, self.converted, self.month)
        return {name: self.protocols(fit) for name, fit in fits.items()}

    def metrics(
        self, unseen: "Unseen", slope: float, baselines: Mapping[str, "Unseen"], *, resamples: int
    ) -> dict[str, Any]:
        """Return the figures of the card: the model by protocols A and C, and the baselines of the same run."""
        folds, ahead = unseen.folds, unseen.ahead
        margins = slope * ahead[:, 0]
        bootstrap = {"seed": self._seed, "resamples": resamples}
        return {
            "A": protocol_a_metrics(self.converted, folds[:, 1], folds[:, 0], self.period),
            "C": protocol_c_metrics(self.converted, margins, ahead[:, 2], self.period, **bootstrap)
            | {
                "without_contact_history": within_month_metrics(self.converted, ahead[:, 3], self.period),
                "calibration": calibration_metrics(self.converted, ahead[:, 0], margins, self.period),
            },
            "baselines": {
                name: baseline_metrics(
                    self.converted, margins, theirs.folds[:, 0], theirs.ahead[:, 0], self.period, **bootstrap
                )
                for name, theirs in baselines.items()
            },
        }


@dataclass(frozen=True)
class Unseen:
    """The log-odds one model gives rows it has not seen.

    Attributes
    ----------
    folds, ahead : array of shape (n_rows, n_outputs)
        By protocol A, and by protocol C; NaN in rows that are not judged.
    """

    folds: FloatArray
    ahead: FloatArray


def train_artifact(
    data: TrainingData,
    models_dir: Path,
    *,
    seed: int = 0,
    settings: RankingSettings | None = None,
    n_threads: int = 1,
    min_month_rows: int = MIN_MONTH_ROWS,
    resamples: int = RESAMPLES,
    report: Callable[[str], None] = lambda _line: None,
) -> str:
    """Train, judge by protocols A and C, write the artifact, make it the version in force and return its version.

    Its twin, which sees neither age nor marital status, is trained, judged and written beside it.

    Parameters
    ----------
    data : TrainingData
        Rows in the order of the calls.
    settings : RankingSettings or None
        None takes the settings of `docs/decisions/0001`.
    n_threads : int
        Threads that grow trees; the artifact does not depend on it.
    min_month_rows : int
        Rows a month needs to be judged by protocol C.
    resamples : int
        Draws of the bootstrap intervals.
    report : callable
        Told in a line what is being done.

    Raises
    ------
    TrainingDataError
        A feature is refused, or the rows cannot carry a model.
    ModelArtifactError
        The artifact cannot be written; where that is known beforehand, before anything is fitted.
    """
    settings = settings or RankingSettings()
    require_features(settings.features)
    require_writable(models_dir)
    training = Training(data.frame, settings, seed=seed, n_threads=n_threads, min_month_rows=min_month_rows)
    judged, twin_judged = judge(training, resamples=resamples, seed=seed, report=report)
    report("Fitting on all rows…")
    artifact = artifact_of(data, training, training, judged, seed=seed)
    report("Fitting on all rows, without age and marital status…")
    twin = artifact_of(data, training.twin(), training, twin_judged, seed=seed, twin_of=artifact.version)
    for each in (twin, artifact):
        save_artifact(models_dir, each.version, each.content)
    put_in_force(models_dir, artifact.version)
    report(f"Model {artifact.version} is in force; {twin.version} is its twin without age and marital status.")
    return artifact.version


@dataclass(frozen=True)
class Judged:
    """What the protocols say of a recipe on the training file: the figures of the card, and the slope by them."""

    metrics: dict[str, Any]
    slopes: dict[str, float]


def judge(training: Training, *, resamples: int, seed: int, report: Callable[[str], None]) -> tuple[Judged, Judged]:
    """Judge a recipe, and its twin without age and marital status, by protocols A and C beside the same baselines."""
    report(f"{len(training.frame):,} rows, {training.converted.mean():.1%} bought. Judging in random folds and months…")
    full = training.protocols(training.fit_and_score)
    report("Judging the baselines beside it…")
    baselines = training.baselines()
    report("Judging the same model without age and marital status…")
    twin = training.twin()
    bare = twin.protocols(twin.fit_and_score)
    slopes, twin_slopes = training.slopes(full.ahead[:, 0]), twin.slopes(bare.ahead[:, 0])
    known = JudgedScores(full.folds[:, 1], slopes["slope"] * full.ahead[:, 0])
    unknown = JudgedScores(bare.folds[:, 1], twin_slopes["slope"] * bare.ahead[:, 0])
    price = fairness_price(training.frame, known, unknown, seed=seed, resamples=resamples)

    def judged(unseen: Unseen, said: dict[str, float], scores: JudgedScores) -> Judged:
        fairness = price | fairness_by_group(training.frame, scores.ahead)
        metrics = training.metrics(unseen, said["slope"], baselines, resamples=resamples)
        return Judged(metrics | {"fairness": fairness}, said)

    return judged(full, slopes, known), judged(bare, twin_slopes, unknown)


def artifact_of(
    data: TrainingData,
    whole: Training,
    training: Training,
    judged: Judged,
    *,
    seed: int,
    own: Mapping[str, Any] | None = None,
    twin_of: str | None = None,
) -> Artifact:
    """Return the model fitted on all rows.

    Parameters
    ----------
    data : TrainingData
        All rows, with their hash.
    whole : Training
        Of all rows: what the ranking is fitted on, and how.
    training : Training
        Of those of UCI's file, which come first: what the level model is fitted on, and demo customers are drawn by.
    own : mapping or None
        What the card says of the bank's own rows; None where there are none.
    twin_of : str or None
        The version this one is the twin of, without age and marital status; None for the model itself.
    """
    model, codes = whole.ranking(np.arange(len(whole.frame)))
    raw = model.margins(codes)
    slope, n_known = judged.slopes["slope"], len(training.frame)
    calibration = judged.slopes | {"intercept": anchor(slope * raw, float(whole.converted.mean()))}
    margins = calibration["intercept"] + slope * raw
    level = fit_level_model(training.market, training.converted, margins[:n_known])
    card = build_card(
        data,
        training.market,
        settings=whole.settings,
        seed=seed,
        metrics=judged.metrics,
        calibration=calibration,
        level=level.to_json(),
        month_ridge=model.month_ridge,
        own=own,
        twin_of=twin_of,
    )
    files = {
        "booster.json": bytes(model.trees.booster.save_raw(raw_format="json")),
        "tables.json": json_bytes(scoring_tables(whole.frame, model, margins, calibration=calibration, level=level)),
        "golden.json": json_bytes(golden_rows(training.frame, margins[:n_known])),
        "demo.json": json_bytes(demo_tables(training.frame)),
        "reference.parquet": reference_parquet(codes, whole.converted, whole.period),
    }
    version = content_version(card, files)
    return Artifact(version, files | {"card.json": readable_json_bytes(card | {"version": version})})
