"""A model card with round figures, and a scorer and training rows that go with it."""

from typing import Any

import numpy as np
import pandas as pd

from smartbank.bootstrap import Services
from tests.services import memory_services
from tests.stubs import NothingTrainedOn, StubScorer, stub_leads

DECILES = [
    {
        "decile": place,
        "leads": 100,
        "conversions": 40 - 4 * (place - 1),
        "conversion_rate": 0.4 - 0.04 * (place - 1),
        "mean_propensity": 0.38 - 0.035 * (place - 1),
        "lift": 2.0 - 0.2 * (place - 1),
        "gain": gain,
    }
    for place, gain in enumerate((0.18, 0.34, 0.49, 0.62, 0.73, 0.82, 0.89, 0.94, 0.98, 1.0), start=1)
]


def interval(value: float, width: float) -> dict[str, float]:
    return {"value": value, "low": value - width, "high": value + width}


def model_card(**of_c: Any) -> dict[str, Any]:
    """Return a card; figures of protocol C may be replaced."""
    months = [
        {"period": "2009-03", "auc": 0.6, "leads": 400, "lift": 0.9, "rate": 0.2},
        {"period": "2009-04", "auc": 0.7, "leads": 600, "lift": 1.8, "rate": 0.3},
    ]
    months[1] |= {"base_rate_before": 0.2, "mean_propensity": 0.21}
    c = {
        "lift_20": interval(1.7, 0.1),
        "lift_20_month_mean": interval(1.5, 0.1),
        "auc_month_mean": interval(0.65, 0.02),
        "auc_within_month": interval(0.63, 0.01),
        "base_rate": 0.24,
        "rows": 1_000,
        "largest_month_share": 0.6,
        "level": {"base_rate_before": 0.6, "with_market": 0.5},
        "months": months,
        "deciles": DECILES,
    }
    ahead = {"auc_month_mean": interval(0.01, 0.02), "lift_20": interval(0.2, 0.1)}
    ahead["lift_20_month_mean"] = interval(0.05, 0.1)
    logistic = {
        "A": {"auc": 0.72},
        "C": {"auc_month_mean": 0.64, "lift_20": 1.5, "lift_20_month_mean": 1.45},
        "ahead_by": ahead,
    }
    return {
        "version": "stub-1",
        "base_rate": 0.11,
        "data": {
            "rows": 1_000,
            "conversions": 110,
            "first_period": "2008-05",
            "last_period": "2010-11",
            "sha256": "ab",
        },
        "features": ["age", "job"],
        "fields_not_used": ["housing", "loan"],
        "training_ranges": {
            "age": [17.0, 98.0],
            "job": ["admin.", "student"],
            "education": ["basic.4y", "high.school"],
            "cpi_yoy": [-1.67, 3.35],
        },
        "parameters": {"n_trees": 200, "monotone": {"attempt": -1}, "features": ["age"]},
        "libraries": {"xgboost": "3.2.0"},
        "limits": ["One bank only."],
        "attribution": ["UCI, CC BY 4.0."],
        "metrics": {
            "A": {"auc": 0.76, "auc_within_month": 0.55, "base_rate": 0.113},
            "C": c | of_c,
            "baselines": {"logistic": logistic},
        },
    }


PAST_GROUP = {
    "group": "under 30",
    "leads": 2650,
    "share_listed": 0.424,
    "ratio": 2.12,
    "conversion_listed": None,
    "mean_propensity": 0.301,
    "rate": 0.283,
    "small": False,
}
PRICE = {
    "A": {"auc_with": 0.7614, "auc_without": 0.7605, "oldest_listed": {"with": 0.75, "without": 0.7}},
    "C": {
        "auc_month_mean_difference": {"value": 0.0035, "low": -0.005, "high": 0.0127},
        "oldest_listed": {"with": 0.392, "without": 0.278},
        "sales": {"with": 1026, "without": 1003},
        "expected_sales": {"with": 991.5, "without": 983.9},
    },
}
"""Of `metrics.fairness`: a group, and the price of leaving age and marital status out."""


class CardScorer(StubScorer):
    """The stub with a card."""

    def __init__(self, card: dict[str, Any] | None = None) -> None:
        self._card = card or model_card()

    @property
    def card(self) -> dict[str, Any]:
        return self._card


class FewRows(NothingTrainedOn):
    """Training rows of two months: those aged 70 buy, those aged 20 do not."""

    def rows(self) -> pd.DataFrame:
        ages = [20, 70] * 40
        bought = np.array(ages) == 70
        return stub_leads(ages).assign(y=bought, period=pd.Series(["2009-03"] * 40 + ["2009-04"] * 40, dtype="str"))


def services_with_card(**instead: Any) -> Services:
    """Return services in memory whose model has a card, training rows and no backtest; `instead` replaces some."""
    return memory_services(**({"scorer": CardScorer(), "training_rows": FewRows()} | instead))


def said(page: Any) -> str:
    """Return what a page says beside its tables and charts."""
    texts = (*page.title, *page.subheader, *page.markdown, *page.caption, *page.info, *page.warning)
    return " ".join(text.value for text in texts).replace("\u00a0", " ")


def tables(page: Any) -> list[pd.DataFrame]:
    """Return the tables of a page, in order."""
    return [table.value for table in page.dataframe]
