"""One training: the rows, how the model is fitted, and what the protocols and the card ask of it."""

from collections.abc import Callable, Mapping
from copy import copy
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from smartbank.core.training_data import CONVERTED, DAY, PERIOD
from smartbank.ml.baselines import baseline_fits
from smartbank.ml.calibration import anchor, within_month_slope
from smartbank.ml.encoding import Codes, Encoder, without_contact_history
from smartbank.ml.fairness_price import without_age_and_marital
from smartbank.ml.judge import (
    baseline_metrics,
    calibration_metrics,
    protocol_a_metrics,
    protocol_c_metrics,
    within_month_metrics,
)
from smartbank.ml.level_model import fit_level_model
from smartbank.ml.months import market_of, month_numbers
from smartbank.ml.protocols import VALIDATION_FROM, FitAndScore, next_months, random_folds
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
        self.day = pd.factorize(frame[DAY])[0]
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
            self.day[rows],
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
