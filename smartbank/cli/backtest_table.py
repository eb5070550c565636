"""The figures of a backtest as lines of text: a table a protocol, best model first."""

from collections.abc import Mapping
from typing import Final

from smartbank.core.backtest import AHEAD, ANY_DAY, CALENDAR, FULL_STEP, OWN, TEN_FIELDS, Backtest, Metrics
from smartbank.core.evaluation import Interval

_WHY: Final = (
    "A mixes all months, so a model that knows which month it is looks good; B looks ahead but still mixes months; C"
    " orders the leads of one month nobody has seen, which is what a list of calls is for."
)
_LEAK: Final = (
    "An AUC above .82 in random folds is a leak until shown otherwise: the length of the call alone has .818."
)
_OTHER_DATA: Final = "Other data, not comparable: the paper's rolling AUC of .794 is of 2012-13, never published."
_NOTE: Final = {
    OWN: "  <- SmartBank",
    CALENDAR: "  (not used)",
    TEN_FIELDS: "  (no contact history)",
    ANY_DAY: "  (one list)",
}
_TITLES: Final = {
    "A": "Protocol A: five random folds, all months together",
    "B": "Protocol B: fitted on the window before, all months together",
    "C": "Protocol C: the next month, order within the month",
}
_AHEAD: Final = "SmartBank ahead"
_DECIMALS: Final = {"lift_20": 2}


def backtest_lines(found: Backtest) -> list[str]:
    """Return the tables, and what to know when reading them."""
    lines = []
    for protocol, models in found.figures.items():
        columns = _columns(protocol, models)
        lines += [_heading(protocol, models), *_table(models, columns), *_read(protocol, found), ""]
    return [*lines, _WHY, _LEAK, *_quick(found), *_left_out(found)]


def _columns(protocol: str, models: Mapping[str, Metrics]) -> dict[str, str]:
    """Return the metrics of a protocol's table with their titles; the first one orders it."""
    known = {metric for metrics in models.values() for metric in metrics}
    if protocol == "A":
        titles = {"auc": "AUC", "brier": "Brier", f"{AHEAD}auc": _AHEAD}
    elif protocol == "B":
        ends = sorted((name for name in known if name.startswith("auc_last_")), key=lambda name: name != "auc_last_20")
        titles = {}
        for name in ends:
            titles |= {name: "AUC, " + _stretch(name), f"{AHEAD}{name}": _AHEAD}
    else:
        titles = {
            "auc_month_mean": "mean of months",
            "auc_within_month": "by leads",
            "auc_2010": "from 2010-03",
            "lift_20": "lift, best 20 %",
            "auc_same_market": "one day's leads",
            f"{AHEAD}auc_month_mean": _AHEAD,
        }
    return {name: title for name, title in titles.items() if name in known}


def _stretch(metric: str) -> str:
    number = int(metric.rpartition("_")[2])
    return "last 20 %" if number == 20 else f"last {number:,}"


def _heading(protocol: str, models: Mapping[str, Metrics]) -> str:
    metrics = next(iter(models.values()))
    rates = {name: figure for name, figure in metrics.items() if name.startswith("base_rate")}
    said = [
        f"{100 * figure.value:.1f} %" + (f" in the {_stretch(name)}" if name != "base_rate" else "")
        for name, figure in rates.items()
    ]
    return f"{_TITLES[protocol]}. Base rate {', '.join(said)}."


def _table(models: Mapping[str, Metrics], columns: Mapping[str, str]) -> list[str]:
    first = next(iter(columns))
    width = max(len(name) for name in models)
    lines = ["  " + "model".ljust(width) + "".join(f"  {title:<17}" for title in columns.values())]
    for name in sorted(models, key=lambda name: -models[name][first].value):
        cells = "".join(f"  {_cell(models[name].get(metric), metric):<17}" for metric in columns)
        lines.append(("> " if name == OWN else "  ") + name.ljust(width) + cells + _NOTE.get(name, ""))
    return [line.rstrip() for line in lines]


def _cell(figure: Interval | None, metric: str) -> str:
    if figure is None:
        return ""
    digits = _DECIMALS.get(metric, 3)
    value, low, high = (_short(number, digits) for number in (figure.value, figure.low, figure.high))
    return f"{value} ({low} to {high})" if digits < 3 else f"{value} {low} to {high}"


def _short(number: float, digits: int) -> str:
    """Return a figure without the 0 before the point: `.651`; `-.000` keeps its sign, as it is no lead."""
    return f"{number:.{digits}f}".replace("0.", ".", 1) if abs(number) < 1 else f"{number:.{digits}f}"


def _read(protocol: str, found: Backtest) -> list[str]:
    """Return what SmartBank's level is in a protocol, and what to compare its figures with."""
    if protocol == "A":
        return [
            "  SmartBank's level is what the other folds say of calls of the same month, week and day. As in the"
            " standard models, all rows weigh alike."
        ]
    if protocol == "B":
        return [
            f"  Fitted again every {found.step:,} rows. SmartBank's level follows the outcomes of the window, half-life"
            f" {found.half_life_calls:,} calls: of all calls, as the setting Follow own outcomes does, and beyond it of"
            " one channel and earlier end, one week and one day; and it knows what weekdays went with.",
            f"  {_OTHER_DATA}",
        ]
    return [
        "  Only the order within a month counts: of the level, what weekdays went with in earlier months. It orders"
        " nothing within a day, so a list is ordered by the margins alone. Standard models: half-life of 6 months."
    ]


def _quick(found: Backtest) -> list[str]:
    if not found.quick:
        return []
    return [
        f"This was a quick run: protocol B in steps of {found.step:,} rows instead of {FULL_STEP}, CatBoost with"
        f" {found.catboost_iterations:,} trees instead of 1,000."
    ]


def _left_out(found: Backtest) -> list[str]:
    if not found.left_out:
        return []
    names = " and ".join(found.left_out)
    return [
        f"Left out, as not installed: {names}. They come with `pip install --require-hashes -r requirements-dev.txt`."
    ]
