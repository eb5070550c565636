"""Contributions said as sentences with a number from the data."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from smartbank.core.fields import FIELD, LEAD_COLUMNS
from smartbank.core.lead_rows import LeadRow, is_unknown
from smartbank.core.level import propensity

FloatArray = npt.NDArray[np.float64]
Rate = Callable[[str, Any], tuple[str, float, int] | None]
"""`Scorer.rate`: the group a value belongs to in words, its conversion rate in training, its rows."""

NEGLIGIBLE: Final = 0.02
"""Contributions below this many log-odds (half a percent of a propensity of 30 %) are no reason."""
FEW: Final = 100
"""Rows in training below which a rate says little: half of them bought, give or take ten percentage points (95 %)."""
WORTH_TELLING: Final = 1.25
"""How many times as often as all customers a group has to have bought for that to be worth telling who calls."""


@dataclass(frozen=True)
class Reason:
    """One field's contribution to one lead's propensity.

    Attributes
    ----------
    value : str or float or None
        The lead's value; None is unknown.
    contribution : float
        SHAP value in log-odds; above zero speaks for a call.
    sentence : str
        For a sales manager, with the conversion rate of such customers in the training data.
    """

    field: str
    value: str | float | None
    contribution: float
    sentence: str

    @property
    def group(self) -> str:
        """The sentence without its figures: who such customers are."""
        return self.sentence.split(":", maxsplit=1)[0]

    @property
    def label(self) -> str:
        """What the screen calls the field."""
        return FIELD[self.field].label


class ReasonWriter:
    """Says contributions as sentences; a sentence is made once for a field and value.

    Parameters
    ----------
    rate : callable
        `Scorer.rate` of the model whose contributions are said.
    base_rate : float
        Conversion rate of all training rows, in [0, 1].
    """

    def __init__(self, rate: Rate, base_rate: float) -> None:
        self._rate = rate
        self._base_rate = base_rate
        self._sentences: dict[tuple[str, str | float | None, bool], str] = {}

    def reasons(self, values: LeadRow | pd.Series, contributions: FloatArray) -> list[Reason]:
        """Return a lead's reasons, strongest first, without the negligible ones.

        Parameters
        ----------
        values : mapping or Series
            `LEAD_COLUMNS` and others, by name.
        contributions : array of shape (12,)
            In log-odds, in the order of `LEAD_COLUMNS`.
        """
        order = np.argsort(-np.abs(contributions), kind="stable")
        return [
            self._reason(LEAD_COLUMNS[i], values[LEAD_COLUMNS[i]], float(contributions[i]))
            for i in order
            if abs(contributions[i]) >= NEGLIGIBLE
        ]

    def top_sentences(self, leads: pd.DataFrame, contributions: FloatArray, *, limit: int = 3) -> pd.DataFrame:
        """Return each lead's strongest reasons for a call, best first, as columns `reason_1` to `reason_<limit>`.

        What is not known of a lead is no reason to call it, whatever its contribution.

        Parameters
        ----------
        leads : DataFrame of shape (n_leads, >= 12)
        contributions : array of shape (n_leads, 12)

        Returns
        -------
        DataFrame of shape (n_leads, limit)
            On the index of `leads`; empty texts where fewer fields speak for a call.
        """
        known = leads[list(LEAD_COLUMNS)].notna().to_numpy()
        speaking = np.where(known, contributions, -np.inf)
        order = np.argsort(-speaking, axis=1, kind="stable")[:, :limit]
        columns = {name: leads[name].tolist() for name in LEAD_COLUMNS}
        rows = [
            [
                self.sentence(LEAD_COLUMNS[i], columns[LEAD_COLUMNS[i]][row], speaks_for=True)
                if speaking[row, i] >= NEGLIGIBLE
                else ""
                for i in order[row]
            ]
            for row in range(len(leads))
        ]
        return pd.DataFrame(rows, index=leads.index, columns=[f"reason_{i + 1}" for i in range(limit)], dtype="str")

    def background(self, values: pd.Series, contributions: FloatArray, *, limit: int) -> list[str]:
        """Return what speaks for a lead as facts with a plain comparison, strongest first: none that makes little odds.

        Parameters
        ----------
        values : Series with `LEAD_COLUMNS` in its index
        contributions : array of shape (12,)
            In log-odds, in the order of `LEAD_COLUMNS`.
        """
        rates = (self._rate(field, values[field]) for field in speaking_fields(values, contributions))
        of_all = f"of all customers, {100 * self._base_rate:.0f}"
        told = [
            f"{group[0].upper()}{group[1:]}: {100 * rate:.0f} of 100 bought; {of_all}"
            for group, rate, rows in filter(None, rates)
            if rate >= WORTH_TELLING * self._base_rate and rows >= FEW
        ]
        return told[:limit]

    def sentence(self, field: str, value: str | float | None, *, speaks_for: bool) -> str:
        """Return the sentence for a field's value; `speaks_for` is the sign of its contribution."""
        key = (field, None if is_unknown(value) else value, speaks_for)
        if key not in self._sentences:
            self._sentences[key] = self._write(field, key[1], speaks_for=speaks_for)
        return self._sentences[key]

    def _reason(self, field: str, value: str | float | None, contribution: float) -> Reason:
        known = None if is_unknown(value) else value
        return Reason(field, known, contribution, self.sentence(field, known, speaks_for=contribution > 0))

    def _write(self, field: str, value: str | float | None, *, speaks_for: bool) -> str:
        found = self._rate(field, value)
        if found is None:
            return (
                f"{FIELD[field].label} {'not known' if value is None else 'of a kind'}: no such customers in training"
            )
        group, rate, rows = found
        said = f"{group[0].upper()}{group[1:]}"
        if rows < FEW:
            return f"{said}: few such customers in training"
        sentence = f"{said}: {_percent(rate)} bought; all: {_percent(self._base_rate)}"
        if (rate > self._base_rate) != speaks_for:
            sentence += f"; among otherwise similar customers it speaks {'for' if speaks_for else 'against'} a call"
        return sentence


def speaking_fields(values: pd.Series, contributions: FloatArray) -> list[str]:
    """Return the fields that are known of a lead and speak for it, strongest first; see `ReasonWriter.reasons`."""
    order = np.argsort(-contributions, kind="stable")
    names = [LEAD_COLUMNS[i] for i in order if contributions[i] >= NEGLIGIBLE]
    return [name for name in names if not pd.isna(values[name])]


def percentage_points(start: float, contributions: Sequence[float]) -> list[float]:
    """Return by how many percentage points each contribution moves the propensity, added one after the other.

    Parameters
    ----------
    start : float
        Log-odds before the first contribution.
    contributions : sequence of float
        Log-odds, in the order in which they are added; their moves sum to the whole move.
    """
    ends = start + np.concatenate([[0.0], np.cumsum(contributions)])
    return [float(move) for move in 100 * np.diff(propensity(ends))]


def _percent(rate: float) -> str:
    return f"{100 * rate:.0f} %"


WriterOf = Callable[[str], ReasonWriter]
"""Returns what puts the reasons of a version of the model into words."""
