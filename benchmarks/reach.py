"""How much better the next month could be ranked: blends that see the calendar, and models that know the month.

`python -m benchmarks.reach --data bank-additional-full.csv` takes some minutes; decisions 0120 and 0166 read its table.
"""

import argparse
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
from sklearn.model_selection import StratifiedKFold

from benchmarks._rows import report
from benchmarks._uci import UCI, not_here
from smartbank.adapters.uci import read_uci
from smartbank.core.backtest import AHEAD, ANY_DAY, OWN, Metrics
from smartbank.core.evaluation import Interval
from smartbank.core.training_data import CONVERTED, PERIOD, WEEKDAY, TrainingData
from smartbank.ml.backtest.figures import monthly_figures
from smartbank.ml.backtest.models import build_fits
from smartbank.ml.backtest.plan import BacktestSettings
from smartbank.ml.backtest.times import call_times
from smartbank.ml.encoding import Encoder
from smartbank.ml.linear_fit import fit_linear
from smartbank.ml.months import month_numbers, recency_weights
from smartbank.ml.protocols import FOLDS, MIN_MONTH_ROWS, next_months
from smartbank.ml.ranking import RankingSettings
from smartbank.ml.weekday_effects import effects_of, weekday_effects

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.intp]

CALENDAR: Final = "logistic"
"""The standard model that is level with ours in the mean of months: it sees market, month and weekday."""
SHARES: Final = (0.2, 0.3, 0.5)
RIDGES: Final = (10.0, 100.0)
_COLUMNS: Final = {
    "auc_month_mean": "mean of months",
    "auc_within_month": "by leads",
    "auc_2010": "from 2010-03",
    "lift_20": "lift",
    "auc_same_market": "a day's leads",
}


def main() -> None:
    """Print the table; without the data there is nothing to print, which is no failure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=UCI, help="bank-additional-full.csv")
    parser.add_argument("--min-rows", type=int, default=MIN_MONTH_ROWS, help="rows a month needs to be judged")
    arguments = parser.parse_args()
    path = arguments.data
    if not path.is_file():
        report([not_here("ranking the next month", path)])
        return
    data = read_uci(path)
    found = reach(data, BacktestSettings(min_month_rows=arguments.min_rows))
    print(f"{'':36}" + "".join(f"{title:>28}" for title in _COLUMNS.values()))
    for name, metrics in found.items():
        print(f"{name:36}" + "".join(f"{_cell(metrics.get(metric)):>28}" for metric in _COLUMNS))
    print(f"\n{'SmartBank ahead of':36}" + "".join(f"{title:>28}" for title in _COLUMNS.values()))
    for name, metrics in found.items():
        if name != OWN:
            print(f"{name:36}" + "".join(f"{_cell(metrics.get(f'{AHEAD}{metric}')):>28}" for metric in _COLUMNS))


def reach(data: TrainingData, settings: BacktestSettings) -> Mapping[str, Metrics]:
    """Return the figures of SmartBank's model, of blends that sort days too, and of a model that knows the month."""
    converted, period = data.frame[CONVERTED].to_numpy(dtype=bool), data.frame[PERIOD].to_numpy(dtype=object)
    fits = build_fits(data, settings)
    ours, theirs = (next_months(period, fits["C", name], min_rows=settings.min_month_rows) for name in (OWN, CALENDAR))
    own, calendar = ours[:, 0], theirs[:, 0]
    scores = {OWN: own, ANY_DAY: ours[:, 2], CALENDAR: calendar}
    scores |= {
        f"{1 - share:.0%} SmartBank, {share:.0%} {CALENDAR}": (1 - share) * own + share * calendar for share in SHARES
    }
    for ridge in RIDGES:
        fit = knowing_the_month(data, RankingSettings(), month_ridge=ridge)
        knows = next_months(period, fit, min_rows=settings.min_month_rows)
        scores[f"linear, knows the month (ridge {ridge:g})"] = knows[:, 0]
        scores[f"and its weekdays (ridge {ridge:g})"] = knows[:, 1]
    judged = ~np.isnan(own)
    return monthly_figures(
        converted[judged],
        {name: values[judged] for name, values in scores.items()},
        period[judged],
        call_times(data).day[judged],
        n_draws=settings.resamples,
        seed=(settings.seed,),
    )


def knowing_the_month(
    data: TrainingData, ranking: RankingSettings, *, month_ridge: float
) -> Callable[[IntArray, IntArray], FloatArray]:
    """Return a fit of our linear part that, beside all earlier months, sees four fifths of the month it scores.

    The second column has, beside the margin, what it has seen of weekdays. Nobody can have it on the first day of a
    month: it says how much there is to know.
    """
    converted, month = data.frame[CONVERTED].to_numpy(dtype=bool), month_numbers(data.frame[PERIOD])
    day, weekday = call_times(data).day, data.frame[WEEKDAY].to_numpy(dtype=object)

    def fit(before: IntArray, inside: IntArray) -> FloatArray:
        found = np.full((len(inside), 2), np.nan)
        folds = StratifiedKFold(FOLDS, shuffle=True, random_state=0)
        for seen, scored in folds.split(np.zeros(len(inside)), converted[inside]):
            rows = np.concatenate([before, inside[seen]])
            encoder = Encoder.fitted(data.frame.iloc[rows])
            codes = encoder.codes(data.frame.iloc[rows])
            fitted = fit_linear(
                codes,
                converted[rows],
                month[rows],
                day[rows],
                recency_weights(month[rows], half_life=ranking.half_life_months),
                features=ranking.features,
                encoder=encoder,
                ridge=ranking.linear_ridge,
                month_ridge=month_ridge,
                day_ridge=ranking.day_ridge,
            )
            margins = fitted.model.margins(encoder.codes(data.frame.iloc[inside[scored]]))
            effects = weekday_effects(fitted.model.margins(codes), converted[rows], month[rows], weekday[rows])
            found[scored] = np.column_stack([margins, margins + effects_of(weekday[inside[scored]], effects)])
        return found

    return fit


def _cell(figure: Interval | None) -> str:
    """Return a figure as it is printed; empty where no month has rows enough for it."""
    return f"{figure.value:.4f} ({figure.low:.4f} to {figure.high:.4f})" if figure else ""


if __name__ == "__main__":
    main()
