"""The model card: what was trained, on what, how good it is, and where it should not be trusted."""

import platform
from collections.abc import Mapping
from importlib.metadata import version as library_version
from typing import Any, Final

import numpy as np
import pandas as pd

from smartbank.core.card_figures import TWIN_OF
from smartbank.core.fields import LEAD_COLUMNS, LEAD_FIELDS
from smartbank.core.market.indicators import MARKET_FEATURES
from smartbank.core.rules import ScoringRules
from smartbank.core.training_data import CONVERTED, PERIOD, TrainingData
from smartbank.ml.artifact_files import FORMAT_VERSION
from smartbank.ml.boosting import xgb
from smartbank.ml.ranking import RankingSettings

ATTRIBUTION: Final = (
    "Training data: S. Moro, P. Cortez and P. Rita, 'A Data-Driven Approach to Predict the Success of Bank"
    " Telemarketing', Decision Support Systems, 2014; UCI Machine Learning Repository, Bank Marketing, CC BY 4.0."
    " reference.parquet is derived from it: coded fields and outcomes.",
    "Consumer prices: INE, Statistics Portugal, CC BY 4.0. Euribor: European Central Bank.",
)
LIMITS: Final = (
    "One bank, Portugal, May 2008 to November 2010, calls for one product (term deposits). Nothing says that another"
    " bank's customers behave the same.",
    "The usual figure, AUC in random folds, flatters: market columns act as a calendar. The headline is the mean over"
    " months of the AUC within a month the model had not seen.",
    "Most of the ranking comes from contact history. With the customer fields alone the order is little better than"
    " chance.",
    "Training looked ahead: market figures of a quarter or month were published one to ten weeks after the calls they"
    " stand beside. Live scoring cannot know them that early.",
    "The market hardly helps to foresee the level of the next month: the level is anchored at the bank's own base rate,"
    " and the market may move it only a little.",
    "There is no training row with a Euribor between 1.811 and 3.053 percent.",
    "From spring 2009 on the bank called a chosen few: in the large months before 3 to 6 percent bought, after that 9"
    " to 58 percent. Rates by group mix both times, and are associations, not effects.",
    "May 2009 is two fifths of the leads judged, and the months from 2010-03 on have been looked at while the model was"
    " made: they are validation, not a test.",
)
OWN_LIMIT: Final = (
    "The bank's own calls are of whom its lists named: nothing is learned of customers nobody called. The figures of"
    " months not seen are of the same recipe on UCI's calls; how it did on the bank's own stands under Versions."
)


def build_card(
    data: TrainingData,
    market: pd.DataFrame,
    *,
    settings: RankingSettings,
    seed: int,
    metrics: Mapping[str, Any],
    calibration: Mapping[str, float],
    level: Mapping[str, Any],
    month_ridge: float,
    own: Mapping[str, Any] | None = None,
    twin_of: str | None = None,
) -> dict[str, Any]:
    """Return the card without its version, as JSON values; nothing in it depends on the time or the machine.

    Parameters
    ----------
    own : mapping or None
        What is said of the bank's own rows among those of `data`; None where there are none.
    twin_of : str or None
        The version it is the twin of, without age and marital status; None for the model itself.
    """
    frame = data.frame
    base_rate = round(float(frame[CONVERTED].mean()), 6)
    return {
        "format_version": FORMAT_VERSION,
        "data": {
            "sha256": data.sha256,
            "rows": len(frame),
            "conversions": int(frame[CONVERTED].sum()),
            "first_period": str(frame[PERIOD].min()),
            "last_period": str(frame[PERIOD].max()),
        }
        | dict(own or {}),
        "features": list(settings.features),
        "fields_not_used": [name for name in LEAD_COLUMNS if name not in settings.features],
        "market_features": list(MARKET_FEATURES),
        "parameters": settings.to_json(),
        "seed": seed,
        "month_ridge": month_ridge,
        "calibration": dict(calibration),
        "level": dict(level),
        "metrics": dict(metrics),
        "base_rate": base_rate,
        "threshold": ScoringRules().threshold,
        "training_ranges": training_ranges(frame, market),
        "libraries": {name: library_version(name) for name in ("numpy", "pandas", "pyarrow", "scikit-learn")}
        | {"xgboost": _xgboost_version(), "python": ".".join(platform.python_version_tuple()[:2])},
        "limits": [*LIMITS, *([OWN_LIMIT] if own else [])],
        "attribution": list(ATTRIBUTION),
    } | ({} if twin_of is None else {TWIN_OF: twin_of})


def training_ranges(frame: pd.DataFrame, market: pd.DataFrame) -> dict[str, Any]:
    """Return, by field, the lowest and highest number or the levels that occur in the training rows."""
    ranges: dict[str, Any] = {}
    for field in LEAD_FIELDS:
        known = frame[field.name].dropna()
        if field.kind == "category":
            ranges[field.name] = [level for level in field.levels if (known == level).any()]
        else:
            ranges[field.name] = [float(known.min()), float(known.max())] if len(known) else []
    for name in MARKET_FEATURES:
        values = market[name].to_numpy(dtype=float)
        ranges[name] = [float(np.min(values)), float(np.max(values))]
    return ranges


def _xgboost_version() -> str:
    return str(xgb.__version__)  # its distribution has another name on each platform
