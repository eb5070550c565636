"""The content of an artifact: tables to score with, golden rows, and the reference table."""

import io
from collections.abc import Mapping
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from smartbank.core.fields import LEAD_COLUMNS
from smartbank.core.training_data import CONVERTED, PERIOD
from smartbank.ml.artifact_files import FORMAT_VERSION
from smartbank.ml.encoding import Codes
from smartbank.ml.level_model import LevelModel
from smartbank.ml.months import cpi_table
from smartbank.ml.ranking import RankingModel
from smartbank.ml.rates import rate_table

FloatArray = npt.NDArray[np.float64]

GOLDEN_ROWS: Final = 200
REFERENCE_MARGINS: Final = 2_000


def scoring_tables(
    frame: pd.DataFrame,
    model: RankingModel,
    margins: FloatArray,
    *,
    calibration: Mapping[str, float],
    level: LevelModel,
) -> dict[str, Any]:
    """Return what scoring needs beside the trees, as JSON values: codes, calibration, level, rates by group.

    Parameters
    ----------
    frame : DataFrame of shape (n_rows, >= 12)
        Training rows.
    margins : array of shape (n_rows,)
        Their calibrated margins; 2,000 evenly spaced ones of them are kept, in order.
    """
    bias = model.contributions(model.encoder.codes(frame.iloc[:1]))[0, len(LEAD_COLUMNS)]
    places = (np.arange(REFERENCE_MARGINS) + 0.5) / REFERENCE_MARGINS * len(margins)
    return {
        "format_version": FORMAT_VERSION,
        "levels": model.encoder.to_json(),
        "features": list(model.features),
        "calibration": {"slope": calibration["slope"], "intercept": calibration["intercept"]},
        "base_value": calibration["intercept"] + calibration["slope"] * float(bias),
        "level": level.to_json(),
        "linear": model.linear.to_json() if model.linear is not None else {},
        "linear_share": model.linear_share,
        "cpi_yoy": cpi_table(),
        "reference_margins": np.sort(margins)[places.astype(np.int64)].tolist(),
        "rates": rate_table(frame),
    }


def golden_rows(frame: pd.DataFrame, margins: FloatArray, contributions: FloatArray) -> dict[str, Any]:
    """Return 200 evenly spaced training rows with margins and contributions, as JSON values: loading repeats them."""
    rows = np.linspace(0, len(frame) - 1, GOLDEN_ROWS).astype(np.int64)
    leads = frame.iloc[rows][list(LEAD_COLUMNS)].astype(object)
    return {
        "rows": leads.where(leads.notna(), None).to_numpy().tolist(),
        "margins": margins[rows].tolist(),
        "contributions": contributions[rows].tolist(),
    }


def golden_leads(golden: Mapping[str, Any]) -> pd.DataFrame:
    """Return the leads that `golden_rows` wrote, columns as `LEAD_COLUMNS`."""
    return pd.DataFrame(golden["rows"], columns=list(LEAD_COLUMNS))


def reference_parquet(codes: Codes, converted: npt.NDArray[np.bool_], period: npt.NDArray[np.object_]) -> bytes:
    """Return Parquet bytes of the training rows: codes of `LEAD_COLUMNS` (null is unknown), `y` and `period`."""
    columns = {
        name: pa.array(np.nan_to_num(codes[:, i]), mask=np.isnan(codes[:, i])).cast(pa.int16())
        for i, name in enumerate(LEAD_COLUMNS)
    }
    table = pa.table(columns | {CONVERTED: pa.array(converted), PERIOD: pa.array(period.tolist()).dictionary_encode()})
    sink = io.BytesIO()
    pq.write_table(table, sink, compression="zstd", compression_level=19)
    return sink.getvalue()
