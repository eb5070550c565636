"""Rows of a file compared with the training rows kept beside the model."""

import io
import json
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from smartbank.core.drift import FieldBins
from smartbank.core.fields import FIELD, LEAD_COLUMNS
from smartbank.core.training_data import CONVERTED, PERIOD
from smartbank.core.training_rows import RowMatches
from smartbank.ml.encoding import Codes, Encoder
from smartbank.ml.months import cpi_key, training_months
from smartbank.ml.reference_bins import reference_bins

Keys = npt.NDArray[np.int64]
Months = npt.NDArray[np.int64]

_SHUFFLES: Final = 4
_MOST_KNOWN: Final = 0.5
"""Share of leads with the consumer prices of a training month from which the month is compared as well."""
_SIZE: Final = {
    name: len(FIELD[name].levels) + 1 if FIELD[name].levels else int(FIELD[name].high) + 2 for name in LEAD_COLUMNS
}
"""How many codes each field has, unknown included; their product is below 2 to the 62."""


class ReferenceRows:
    """The training rows of a version; read when they are first asked for. Meets `core.ports.TrainingRows`.

    Parameters
    ----------
    content_of : callable
        Returns the files of a version's artifact, or raises `ModelArtifactError`.
    """

    def __init__(self, content_of: Callable[[str], Mapping[str, bytes]], version: str) -> None:
        self._content_of = content_of
        self._version = version
        self._known: dict[tuple[tuple[str, ...], bool], Keys] = {}

    def matches(self, leads: pd.DataFrame, fields: Sequence[str]) -> RowMatches:
        names = tuple(name for name in LEAD_COLUMNS if name in fields)
        if not len(leads) or not names:
            return RowMatches()
        codes, months = self._encoder.codes(leads), _months(leads)
        known = self._keys(names, with_month=months is not None)
        shuffled, random = codes.copy(), np.random.default_rng(0)
        by_chance = []
        for _ in range(_SHUFFLES):
            shuffled[:, 0] = random.permutation(codes[:, 0])
            by_chance.append(int(np.isin(_keys(shuffled, names, months), known).sum()))
        found = int(np.isin(_keys(codes, names, months), known).sum())
        return RowMatches(len(leads), found, sum(by_chance) / _SHUFFLES)

    def bins(self) -> Sequence[FieldBins]:
        return self._bins

    def rows(self) -> pd.DataFrame:
        codes = self._rows[list(LEAD_COLUMNS)].to_numpy(np.float32, na_value=np.nan)
        outcomes = {CONVERTED: self._rows[CONVERTED].to_numpy(), PERIOD: self._rows[PERIOD].astype("str").to_numpy()}
        return self._encoder.leads(codes).assign(**outcomes)

    @cached_property
    def _files(self) -> Mapping[str, bytes]:
        return self._content_of(self._version)

    @cached_property
    def _bins(self) -> tuple[FieldBins, ...]:
        return reference_bins(self._files)

    @cached_property
    def _encoder(self) -> Encoder:
        return Encoder.from_json(json.loads(self._files["tables.json"])["levels"])

    @cached_property
    def _rows(self) -> pd.DataFrame:
        return pd.read_parquet(io.BytesIO(self._files["reference.parquet"]))

    def _keys(self, names: tuple[str, ...], *, with_month: bool) -> Keys:
        if (names, with_month) not in self._known:
            codes = self._rows[list(LEAD_COLUMNS)].to_numpy(np.float32, na_value=np.nan)
            places = {period: place for place, period in enumerate(training_months()["period"])}
            months = self._rows[PERIOD].astype(str).map(places).fillna(-1).to_numpy(np.int64)
            others = months >= 0  # the bank's own customers may come in again: that is no replay of training rows
            keys = _keys(codes[others], names, months[others] if with_month else None)
            self._known[names, with_month] = np.unique(keys)
        return self._known[names, with_month]


def _keys(codes: Codes, names: tuple[str, ...], months: Months | None) -> Keys:
    """Return one number a row that is equal for equal codes of some fields, and of the month if it is given."""
    keys = np.zeros(len(codes), dtype=np.int64)
    for name in names:
        keys = keys * _SIZE[name] + np.nan_to_num(codes[:, LEAD_COLUMNS.index(name)], nan=-1).astype(np.int64) + 1
    return keys if months is None else keys * (len(training_months()) + 1) + months + 1


def _months(leads: pd.DataFrame) -> Months | None:
    """Return the place of each lead's training month, -1 for another; None where most are of other months."""
    if "cpi" not in leads:
        return None
    places = {cpi_key(float(level)): place for place, level in enumerate(training_months()["cpi"])}
    months = np.array([places.get(cpi_key(level), -1) for level in leads["cpi"]], dtype=np.int64)
    return months if (months >= 0).mean() >= _MOST_KNOWN else None
