"""Train a challenger on UCI's calls and the bank's own, and judge the recipe on the bank's own, month by month."""

import hashlib
from collections.abc import Callable, Mapping
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from smartbank.core.card_figures import trained_until, twin_of
from smartbank.core.own_calls import OWN_COLUMNS, OwnCalls
from smartbank.core.ports import Retrained
from smartbank.core.training_data import CONVERTED, PERIOD, TrainingData, require_features
from smartbank.ml.artifact_training import artifact_of, judge
from smartbank.ml.judge import RESAMPLES
from smartbank.ml.months import joined_months
from smartbank.ml.protocols import MIN_MONTH_ROWS
from smartbank.ml.ranking import RankingSettings
from smartbank.ml.training import Training

FloatArray = npt.NDArray[np.float64]

MIN_OWN: Final = 500
"""Own calls from which a model has learned something of the bank."""


def retrain(
    data: TrainingData,
    own: OwnCalls,
    *,
    champion: Mapping[str, Any],
    seed: int = 0,
    settings: RankingSettings | None = None,
    min_month_rows: int = MIN_MONTH_ROWS,
    resamples: int = RESAMPLES,
    min_own: int = MIN_OWN,
    report: Callable[[str], None] = lambda _line: None,
) -> Retrained:
    """Train on both; without own calls the models are those of `train_artifact`, to the last bit.

    The level model, the slope and the figures of the card are those of the recipe on UCI's calls: what the bank's own
    calls say of the level is level correction's, and their spread would be judged by itself here.

    Parameters
    ----------
    champion : mapping
        Card of the model in force: calls after its last month are judged, and the challenger is the one of the two
        that may use the fields it may.
    min_own : int
        Own calls that have to come before a month for its calls to be judged.
    report : callable
        Told what is being done, often; what it raises ends the training.

    Raises
    ------
    TrainingDataError
        The rows cannot carry a model.
    """
    settings = settings or RankingSettings()
    require_features(settings.features)
    said = [""]

    def tell(line: str) -> None:
        said[0] = line
        report(line)

    how: dict[str, Any] = {"seed": seed, "n_threads": 1, "min_month_rows": min_month_rows}
    training = Training(data.frame, settings, go_on=lambda: report(said[0]), **how)
    judged, twin_judged = judge(training, resamples=resamples, seed=seed, report=tell)
    joined = joined_data(data, own)
    month = joined_months(data.frame[PERIOD], own.frame[PERIOD])
    whole = Training(joined.frame, settings, month=month, go_on=lambda: report(said[0]), **how)
    said_of = _said_of(own) if len(own.frame) else None
    is_twin = twin_of(champion) is not None
    ahead = _ahead(
        whole.twin() if is_twin else whole, len(data.frame), trained_until(champion), min_own=min_own, tell=tell
    )
    tell("Fitting on all rows…")
    full = artifact_of(joined, whole, training, judged, seed=seed, own=said_of)
    tell("Fitting on all rows, without age and marital status…")
    twin = artifact_of(joined, whole.twin(), training, twin_judged, seed=seed, own=said_of, twin_of=full.version)
    if is_twin:
        return Retrained(twin, full, twin_judged.slopes["slope"] * ahead)
    return Retrained(full, twin, judged.slopes["slope"] * ahead)


def joined_data(data: TrainingData, own: OwnCalls) -> TrainingData:
    """Return both as one: UCI's rows first; the bank's own have no market, and the hash is of both."""
    if own.frame.empty:
        return data
    content = own.frame.to_csv(index=False, lineterminator="\n").encode()
    frame = pd.concat([data.frame, own.frame[list(OWN_COLUMNS)]], ignore_index=True)
    both = hashlib.sha256(f"{data.sha256}:{hashlib.sha256(content).hexdigest()}".encode())
    return TrainingData(frame.astype({CONVERTED: bool}), both.hexdigest())


def _ahead(
    whole: Training, n_known: int, champion_until: str, *, min_own: int, tell: Callable[[str], None]
) -> FloatArray:
    """Return the raw margins of the bank's own calls after a month, each by a model of the months before its own."""
    own = whole.period[n_known:]
    ahead = np.full(len(own), np.nan)
    for month in sorted({str(each) for each in own if each > champion_until}):
        tell(f"Judging on the calls of {month}…")
        inside = np.flatnonzero(own == month)
        before = np.flatnonzero(whole.month < whole.month[n_known + inside[0]])
        if (before >= n_known).sum() < min_own:
            continue  # by then it would have learned nothing of the bank: that would judge another model
        model, _ = whole.ranking(before)
        ahead[inside] = model.margins(model.encoder.codes(whole.frame.iloc[n_known + inside]))
    return ahead


def _said_of(own: OwnCalls) -> dict[str, Any]:
    return {
        "own_calls": len(own.frame),
        "own_sales": int(own.frame[CONVERTED].sum()),
        "own_left_out": own.left_out,
        "own_first_period": str(own.frame[PERIOD].min()),
    }
