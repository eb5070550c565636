"""The backtest on the model page: every model by every protocol, as a chart and as a table."""

from typing import Final

import pandas as pd
import streamlit as st

from smartbank.core.backtest import ANY_DAY, CALENDAR, FULL_STEP, OWN, TEN_FIELDS, WITHOUT_MARKET
from smartbank.core.backtest_report import METRICS, BacktestReport
from smartbank.core.people import Actor, Right
from smartbank.ui.charts import WITHOUT_BUTTONS
from smartbank.ui.model_charts import interval_chart
from smartbank.ui.model_table import show_table
from smartbank.ui.resources import bank_settings
from smartbank.ui.text import count, decimal, plain

_MODELS: Final = {
    OWN: "SmartBank",
    ANY_DAY: "SmartBank, whatever the weekday",
    TEN_FIELDS: "SmartBank, customer fields alone",
    CALENDAR: "SmartBank with the calendar, not used",
    "logistic_month_nuisance": "Logistic regression, months apart",
    "logistic": "Logistic regression",
    "forest": "Random forest",
    "xgboost": "XGBoost",
    "lightgbm": "LightGBM",
    "catboost": "CatBoost",
    "hist_gradient_boosting": "Histogram boosting",
    "trees_with_market": "Trees with market fields",
}
METRIC_NAMES: Final = {
    ("C", "auc_month_mean"): "C: next month, mean of months, AUC",
    ("C", "auc_within_month"): "C: next month, by leads, AUC",
    ("C", "auc_2010"): "C: next month, 2010 alone, AUC",
    ("C", "lift_20"): "C: lift of the best 20 %, by leads",
    ("C", "auc_same_market"): "C: next month, leads of one day, AUC",
    ("B", "auc_last_20"): "B: rolling window, last 20 % of rows, AUC",
    ("B", "auc_last_1293"): "B: rolling window, last 1,293 rows, AUC",
    ("A", "auc"): "A: random folds, AUC",
}


def model_name(name: str) -> str:
    """Return what the screen calls a model of a backtest or of the card."""
    bare = name.removesuffix(WITHOUT_MARKET)
    said = _MODELS.get(bare, plain(bare))
    return f"{said}, no market" if name.endswith(WITHOUT_MARKET) else said


def show_backtest(backtest: BacktestReport, actor: Actor) -> None:
    """Show a figure of all models with intervals, and all figures as a table."""
    if backtest.is_quick:
        st.info(
            f"A quick backtest: protocol B went {count(backtest.step or 0)} rows at a time instead of "
            f"{count(FULL_STEP)}, and CatBoost grew 200 trees. Its figures are coarser than those of a full one.",
            icon=":material/speed:",
        )
    offered = {METRIC_NAMES[key]: key for key in METRIC_NAMES if backtest.of(*key)}
    if not offered:
        st.info("The backtest holds none of the figures shown here.", icon=":material/science:")
        return
    chosen = st.selectbox("Figure", list(offered), key="metric", bind="query-params", width=420)
    protocol, metric = offered[chosen]
    rows = backtest_rows(backtest, protocol, metric)
    st.plotly_chart(
        interval_chart(
            rows,
            title="Lift" if metric == "lift_20" else "AUC",
            base=1.0 if metric == "lift_20" else 0.5,
            numbers=bank_settings().numbers,
        ),
        key="backtest_chart",
        alt=f"{chosen}, by model with intervals; best: {rows['label'].iloc[0]}",
        config=WITHOUT_BUTTONS,
    )
    st.caption(
        "The bar through each mark is its 95 % interval; the dotted line is chance."
        + (" The file of the table holds every figure of every protocol." if actor.may(Right.EXPORT) else "")
    )
    show_table(
        rows.assign(
            value=[decimal(value, digits=3) for value in rows["value"]],
            interval=[_interval(low, high) for low, high in zip(rows["low"], rows["high"], strict=True)],
        )[["label", "value", "interval"]].set_axis(["Model", chosen, "95 % interval"], axis=1),
        name="backtest",
        folded=True,
        alt=f"{chosen} of every model with its interval",
        taken=all_figures(backtest),
        actor=actor,
    )


def backtest_rows(backtest: BacktestReport, protocol: str, metric: str) -> pd.DataFrame:
    """Return a metric of every model as `label`, `value`, `low`, `high` and `own`, best first."""
    found = backtest.of(protocol, metric)
    rows = [(model_name(model), figure.value, figure.low, figure.high, model == OWN) for model, figure in found.items()]
    table = pd.DataFrame(rows, columns=["label", "value", "low", "high", "own"])
    table = table.astype({"value": float, "low": float, "high": float})
    return table.sort_values("value", ascending=False, kind="stable", ignore_index=True)


def all_figures(backtest: BacktestReport) -> pd.DataFrame:
    """Return every figure as a row: protocol, model, metric, value, low, high."""
    rows = [
        (protocol, model, metric, figure.value, figure.low, figure.high)
        for protocol, metrics in METRICS.items()
        for metric in metrics
        for model, figure in backtest.of(protocol, metric).items()
    ]
    return pd.DataFrame(rows, columns=["protocol", "model", "metric", "value", "low", "high"])


def _interval(low: float, high: float) -> str:
    if pd.isna(low) or pd.isna(high):
        return "none given"
    return f"{decimal(low, digits=3)} to {decimal(high, digits=3)}"
