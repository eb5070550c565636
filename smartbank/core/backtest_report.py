"""What a backtest found: every model by every protocol, as the file of `python -m smartbank backtest --json` says."""

from collections.abc import Mapping
from dataclasses import dataclass
from sys import float_info
from typing import Any, Final

from smartbank.core.backtest import FULL_STEP
from smartbank.errors import BacktestError

PROTOCOLS: Final = ("A", "B", "C")
METRICS: Final = {
    "A": ("auc",),
    "B": ("auc_last_20", "auc_last_1293"),
    "C": ("auc_month_mean", "auc_within_month", "auc_2010", "lift_20", "auc_same_market"),
}
"""The figures of each protocol that are shown, in order; the file may hold more."""
STEP: Final = "step"
BASE_RATE: Final = "base_rate"
"""Of the rows that were judged; of protocol B with the ending of the metric, such as `_last_20`."""
_LARGEST: Final = float_info.max
"""A whole number in a JSON file may be larger than any float."""


@dataclass(frozen=True)
class Figure:
    """A figure of a backtest; without an interval where the file has none."""

    value: float
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class BacktestReport:
    """The figures by protocol, model and metric, and the step of protocol B where the file says it."""

    figures: Mapping[str, Mapping[str, Mapping[str, Figure]]]
    step: int | None = None

    @property
    def is_quick(self) -> bool:
        """Whether protocol B was thinned."""
        return self.step is not None and self.step != FULL_STEP

    def of(self, protocol: str, metric: str) -> dict[str, Figure]:
        """Return a metric by model, for the models that have it, in the order of the file."""
        models = self.figures.get(protocol, {})
        return {model: figures[metric] for model, figures in models.items() if metric in figures}

    def find(self, protocol: str, model: str, metric: str) -> Figure | None:
        """Return one figure; None where the backtest has none."""
        return self.figures.get(protocol, {}).get(model, {}).get(metric)


def backtest_report(values: Any) -> BacktestReport:  # noqa: ANN401  whatever a JSON file holds
    """Return the backtest that a JSON file holds; what it holds beside the three protocols is left alone.

    Raises
    ------
    BacktestError
        It is not protocols of models of figures, or a figure is not a number that can be.
    """
    found = {name: _models(values[name], name) for name in PROTOCOLS if name in values} if _is_mapping(values) else {}
    if not any(figures for models in found.values() for figures in models.values()):
        raise BacktestError(f"it holds no figures of the protocols {', '.join(PROTOCOLS)}")
    steps = [figures[STEP].value for figures in found.get("B", {}).values() if STEP in figures]
    return BacktestReport(found, int(steps[0]) if steps else None)


def _models(values: Any, protocol: str) -> dict[str, dict[str, Figure]]:  # noqa: ANN401
    if not _is_mapping(values) or not all(_is_mapping(figures) for figures in values.values()):
        raise BacktestError(f"protocol {protocol} does not hold figures by model")
    return {
        str(model): {
            str(metric): _figure(value, f"{protocol}.{model}.{metric}")
            for metric, value in figures.items()
            if metric == STEP or metric.startswith(BASE_RATE) or metric in METRICS[protocol]
        }
        for model, figures in values.items()
    }


def _figure(value: Any, where: str) -> Figure:  # noqa: ANN401
    parts = value if _is_mapping(value) else {"value": value}
    numbers = [parts.get(name) for name in ("value", "low", "high")]
    if not _is_number(numbers[0]) or not all(number is None or _is_number(number) for number in numbers):
        raise BacktestError(f"{where[:80]} is not a number")
    figure = Figure(*(None if number is None else float(number) for number in numbers))  # type: ignore[arg-type]
    ends = [end for end in (figure.value, figure.low, figure.high) if end is not None]
    if min(ends) < 0 or (".auc" in where and max(ends) > 1):
        raise BacktestError(f"{where[:80]} is outside what such a figure can be")
    if figure.low is not None and figure.high is not None and figure.low > figure.high:
        raise BacktestError(f"the interval of {where[:80]} is upside down")
    return figure


def _is_mapping(value: object) -> bool:
    return isinstance(value, Mapping)


def _is_number(value: object) -> bool:
    if not isinstance(value, int | float) or isinstance(value, bool):
        return False
    return -_LARGEST <= value <= _LARGEST
