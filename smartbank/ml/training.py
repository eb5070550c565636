"""Train the model and write its artifact: the same data and seed give the same bytes."""

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from smartbank.core.fields import LEAD_COLUMNS
from smartbank.core.training_data import CONVERTED, PERIOD, TrainingData, require_features
from smartbank.ml.artifact_files import (
    FORMAT_VERSION,
    content_version,
    json_bytes,
    readable_json_bytes,
    save_artifact,
)
from smartbank.ml.calibration import anchor, within_month_slope
from smartbank.ml.card import build_card
from smartbank.ml.demo_tables import demo_tables
from smartbank.ml.encoding import Codes, Encoder
from smartbank.ml.judge import protocol_a_metrics, protocol_c_metrics
from smartbank.ml.level_model import LevelModel, fit_level_model
from smartbank.ml.months import cpi_table, market_of
from smartbank.ml.protocols import MIN_MONTH_ROWS, VALIDATION_FROM, next_months, random_folds
from smartbank.ml.ranking import RankingModel, RankingSettings, fit_ranking
from smartbank.ml.rates import rate_table

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.intp]
Report = Callable[[str], None]

GOLDEN_ROWS: Final = 200
REFERENCE_MARGINS: Final = 2_000


class Training:
    """One training: the rows, how the trees are grown, and the fits the protocols ask for."""

    def __init__(self, data: TrainingData, settings: RankingSettings, *, seed: int, n_threads: int) -> None:
        self.frame = data.frame
        self.market = market_of(data.frame)
        self.converted = data.frame[CONVERTED].to_numpy(dtype=bool)
        self.period = data.frame[PERIOD].to_numpy(dtype=object)
        months = pd.PeriodIndex(data.frame[PERIOD], freq="M")
        self._month = np.asarray(months.year * 12 + months.month, dtype=np.int64)
        self._settings, self._seed, self._n_threads = settings, seed, n_threads

    def ranking(self, rows: IntArray) -> tuple[RankingModel, Codes]:
        """Return the model fitted on these rows, and their codes."""
        encoder = Encoder.fitted(self.frame.iloc[rows])
        codes = encoder.codes(self.frame.iloc[rows])
        model = fit_ranking(
            codes,
            self.converted[rows],
            self._month[rows],
            settings=self._settings,
            encoder=encoder,
            seed=self._seed,
            n_threads=self._n_threads,
        )
        return model, codes

    def fit_and_score(self, rows: IntArray, scored: IntArray) -> FloatArray:
        """Return, for each scored row: raw margin, log-odds with the market, change of the market's part; in log-odds.

        The log-odds are anchored at the base rate of the rows fitted on; the change is measured from the last of them.
        """
        model, codes = self.ranking(rows)
        fitted = model.margins(codes)
        level = fit_level_model(self.market.iloc[rows], self.converted[rows], fitted)
        known = level.terms(self.market.iloc[rows])
        intercept = anchor(fitted + known, float(self.converted[rows].mean()))
        margins = model.margins(model.encoder.codes(self.frame.iloc[scored]))
        terms = level.terms(self.market.iloc[scored])
        return np.column_stack([margins, intercept + terms + margins, terms - known[-1]])


def train_artifact(
    data: TrainingData,
    models_dir: Path,
    *,
    seed: int = 0,
    settings: RankingSettings | None = None,
    n_threads: int = 1,
    min_month_rows: int = MIN_MONTH_ROWS,
    report: Report = lambda _line: None,
) -> str:
    """Train, judge by protocols A and C, write the artifact, make it the version in force and return its version.

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
    report : callable
        Told in a line what is being done.

    Raises
    ------
    TrainingDataError
        A feature is refused, or the rows cannot carry a model.
    ModelArtifactError
        The artifact cannot be written.
    """
    settings = settings or RankingSettings()
    require_features(settings.features)
    training = Training(data, settings, seed=seed, n_threads=n_threads)
    report(f"{len(data.frame):,} rows, {training.converted.mean():.1%} bought. Judging by the next month…")
    ahead = next_months(training.period, training.fit_and_score, min_rows=min_month_rows)
    report("Judging by random folds…")
    folds = random_folds(training.converted, training.fit_and_score, seed=0)
    report("Fitting on all rows…")
    model, codes = training.ranking(np.arange(len(data.frame)))
    calibration = _calibration(training, model.margins(codes), ahead[:, 0])
    slope = calibration["slope"]
    margins = calibration["intercept"] + slope * model.margins(codes)
    level = fit_level_model(training.market, training.converted, margins)
    metrics = {
        "A": protocol_a_metrics(training.converted, folds[:, 1], folds[:, 0], training.period),
        "C": protocol_c_metrics(training.converted, slope * ahead[:, 0], ahead[:, 2], training.period, seed=seed),
    }
    card = build_card(
        data,
        training.market,
        settings=settings,
        seed=seed,
        metrics=metrics,
        calibration=calibration,
        level=level.to_json(),
    )
    files = {
        "booster.json": bytes(model.booster.save_raw(raw_format="json")),
        "tables.json": json_bytes(_tables(training, model, calibration, level, margins)),
        "golden.json": json_bytes(_golden(data.frame, margins)),
        "demo.json": json_bytes(demo_tables(data.frame)),
        "reference.parquet": reference_table(codes, training.converted, training.period),
    }
    version = content_version(card, files)
    files["card.json"] = readable_json_bytes(card | {"version": version})
    save_artifact(models_dir, version, files)
    report(f"Model {version} is in force.")
    return version


def reference_table(codes: Codes, converted: npt.NDArray[np.bool_], period: npt.NDArray[np.object_]) -> bytes:
    """Return Parquet bytes of the training rows: codes of `LEAD_COLUMNS` (null is unknown), `y` and `period`."""
    columns = {
        name: pa.array(np.nan_to_num(codes[:, i]), mask=np.isnan(codes[:, i])).cast(pa.int16())
        for i, name in enumerate(LEAD_COLUMNS)
    }
    table = pa.table(columns | {CONVERTED: pa.array(converted), PERIOD: pa.array(period.tolist()).dictionary_encode()})
    sink = io.BytesIO()
    pq.write_table(table, sink, compression="zstd", compression_level=19)
    return sink.getvalue()


def _calibration(training: Training, raw: FloatArray, ahead: FloatArray) -> dict[str, float]:
    judged = ~np.isnan(ahead)
    early = judged & (training.period < VALIDATION_FROM)
    slope = within_month_slope(ahead[judged], training.converted[judged], training.period[judged])
    return {
        "slope": slope,
        "slope_before_2010_03": within_month_slope(ahead[early], training.converted[early], training.period[early]),
        "intercept": anchor(slope * raw, float(training.converted.mean())),
    }


def _tables(
    training: Training, model: RankingModel, calibration: dict[str, float], level: LevelModel, margins: FloatArray
) -> dict[str, Any]:
    bias = model.contributions(model.encoder.codes(training.frame.iloc[:1]))[0, len(LEAD_COLUMNS)]
    ordered = np.sort(margins)
    places = (np.arange(REFERENCE_MARGINS) + 0.5) / REFERENCE_MARGINS * len(ordered)
    return {
        "format_version": FORMAT_VERSION,
        "levels": model.encoder.to_json(),
        "features": list(model.features),
        "calibration": {"slope": calibration["slope"], "intercept": calibration["intercept"]},
        "base_value": calibration["intercept"] + calibration["slope"] * float(bias),
        "level": level.to_json(),
        "cpi_yoy": cpi_table(),
        "reference_margins": ordered[places.astype(np.int64)].tolist(),
        "rates": rate_table(training.frame),
    }


def _golden(frame: pd.DataFrame, margins: FloatArray) -> dict[str, Any]:
    rows = np.linspace(0, len(frame) - 1, GOLDEN_ROWS).astype(np.int64)
    leads = frame.iloc[rows][list(LEAD_COLUMNS)].astype(object)
    values = leads.where(leads.notna(), None).to_numpy().tolist()
    return {"rows": values, "margins": margins[rows].tolist()}
