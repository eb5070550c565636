"""Which models a backtest compares: their names, what each is made of, and the fits behind them."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Final

import numpy as np
import numpy.typing as npt

from smartbank.core.backtest import ANY_DAY, CALENDAR, OWN, TEN_FIELDS, WITHOUT_MARKET
from smartbank.core.training_data import CONVERTED, PERIOD, TrainingData
from smartbank.errors import SettingsError
from smartbank.ml.backtest.columns import all_columns, lead_columns
from smartbank.ml.backtest.own import own_fits
from smartbank.ml.backtest.plan import BacktestSettings, Protocol
from smartbank.ml.backtest.rivals import Ground, WeightedFit, month_nuisance_fit, standard_fits
from smartbank.ml.months import month_numbers, recency_weights
from smartbank.ml.protocols import FitAndScore

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.intp]

NUISANCE: Final = "logistic_month_nuisance"
STANDARD: Final = ("logistic", "forest", "xgboost", "lightgbm", "catboost", "hist_gradient_boosting")
NAMES: Final = (OWN, ANY_DAY, TEN_FIELDS, CALENDAR, *STANDARD, NUISANCE)
_DEVELOPERS_ONLY: Final = ("lightgbm", "catboost")
HALF_LIFE_MONTHS: Final = 6.0
"""In protocol C a row weighs half as much in a standard model as one six months newer; in A and B all weigh alike."""

Fits = Mapping[tuple[Protocol, str], FitAndScore]


@dataclass(frozen=True)
class Term:
    """A share of one output of a fit; a model's log-odds are the sum of its terms."""

    fit: str
    output: int = 0
    share: float = 1.0


def chosen_models(only: Collection[str]) -> tuple[list[str], list[str]]:
    """Return the models to compare, and those left out because their library is not installed.

    Parameters
    ----------
    only : collection of str
        Some of `NAMES`; empty means all.

    Raises
    ------
    SettingsError
        A name is unknown, or nothing is left to compare.
    """
    unknown = [name for name in only if name not in NAMES]
    if unknown:
        raise SettingsError(f"There is no model called {', '.join(unknown)}. Choose from {', '.join(NAMES)}.")
    wanted = [name for name in NAMES if name in only or not only]
    absent = [name for name in wanted if name in _DEVELOPERS_ONLY and find_spec(name) is None]
    left = [name for name in wanted if name not in absent]
    if not left:
        raise SettingsError(f"{' and '.join(absent)} cannot be compared: install them from requirements-dev.txt.")
    return left, absent


def terms_of(models: Collection[str], protocol: Protocol) -> dict[str, tuple[Term, ...]]:
    """Return what each model of a protocol is made of, in the order of `NAMES`.

    Protocol C has SmartBank's margins alone, each standard model a second time, without the market and the calendar,
    and the one that takes the month out as a nuisance.
    """
    made = {
        OWN: (Term(OWN),),
        TEN_FIELDS: (Term(OWN, output=1),),
        CALENDAR: (Term(OWN, share=0.5), Term("xgboost", share=0.5)),
    }
    made |= {name: (Term(name),) for name in STANDARD}
    found = {name: made[name] for name in models if name in made}
    if protocol == "C":
        found |= {name: (Term(OWN, output=2),) for name in models if name == ANY_DAY}
        found |= {name: (Term(name),) for name in models if name == NUISANCE}
        found |= {name + WITHOUT_MARKET: (Term(name + WITHOUT_MARKET),) for name in STANDARD if name in models}
    return found


def build_fits(data: TrainingData, settings: BacktestSettings) -> Fits:
    """Return every fit of every protocol by name; nothing is fitted yet."""
    converted = data.frame[CONVERTED].to_numpy(dtype=bool)
    month = month_numbers(data.frame[PERIOD])
    everything, leads = (
        Ground(columns, converted, settings.seed, settings.catboost_iterations)
        for columns in (all_columns(data), lead_columns(data))
    )
    with_market = standard_fits(everything)
    without = {name + WITHOUT_MARKET: fit for name, fit in standard_fits(leads).items()}
    nuisance = {NUISANCE: month_nuisance_fit(leads, month)}

    fits: dict[tuple[Protocol, str], FitAndScore] = {
        (protocol, OWN): fit for protocol, fit in own_fits(data, settings).items()
    }
    for name, fit in with_market.items():
        fits["A", name] = fits["B", name] = _fit_with(fit, lambda fitted: np.ones(len(fitted)))
    for name, fit in (with_market | without | nuisance).items():
        fits["C", name] = _fit_with(fit, lambda fitted: recency_weights(month[fitted], half_life=HALF_LIFE_MONTHS))
    return fits


def _fit_with(fit: WeightedFit, weights: Callable[[IntArray], FloatArray]) -> FitAndScore:
    return lambda fitted, scored: fit(fitted, scored, weights(fitted))[:, None]
