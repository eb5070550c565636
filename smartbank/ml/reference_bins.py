"""The training rows kept beside a model, counted by the groups of each field."""

import io
import json
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from smartbank.core.drift import FieldBins, count_numbers
from smartbank.core.fields import LEAD_COLUMNS
from smartbank.ml.words import RANGE_WORDS


def reference_bins(files: Mapping[str, bytes]) -> tuple[FieldBins, ...]:
    """Return the groups of `LEAD_COLUMNS` and their training rows: levels, or the ranges the reasons speak of.

    Parameters
    ----------
    files : mapping of str to bytes
        The content of an artifact.
    """
    levels = json.loads(files["tables.json"])["levels"]
    rows = pd.read_parquet(io.BytesIO(files["reference.parquet"]), columns=list(LEAD_COLUMNS))
    return tuple(_bins(name, rows[name], levels.get(name, ())) for name in LEAD_COLUMNS)


def _bins(name: str, codes: pd.Series, levels: Sequence[str]) -> FieldBins:
    values = codes.to_numpy(dtype=np.float64, na_value=np.nan)
    if not levels:
        ends = tuple(end for end, _words in RANGE_WORDS[name])
        return FieldBins(name, ends=ends, counts=tuple(count_numbers(values, ends)))
    known = count_numbers(values, [code + 1 for code in range(len(levels))])
    return FieldBins(name, levels=tuple(levels), counts=tuple(known))
