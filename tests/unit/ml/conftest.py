import hashlib
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from smartbank.core.fields import FIELD
from smartbank.core.training_data import TRAINING_COLUMNS, TrainingData
from smartbank.ml.artifact import load_scorer
from smartbank.ml.artifact_training import train_artifact
from smartbank.ml.months import training_months
from smartbank.ml.ranking import RankingSettings

ROOT = Path(__file__).parents[3]
UCI_FILE = ROOT.parent / "shared" / "data" / "uci" / "bank-additional-full.csv"
ROWS_A_MONTH = 60
SMALL = RankingSettings(n_trees=20, month_ridges=(100.0,))


def made_up_rows(seed=0):
    """26 months of made-up calls: those who bought before, and those on a mobile, buy more often."""
    rng = np.random.default_rng(seed)
    months = training_months()
    n = len(months) * ROWS_A_MONTH

    def drawn(name, *, unknown=0.05):
        levels = [*FIELD[name].levels, None]
        shares = [(1 - unknown) / (len(levels) - 1)] * (len(levels) - 1) + [unknown]
        return pd.Series(rng.choice(np.array(levels, dtype=object), n, p=shares)).astype("str")

    market = months.loc[months.index.repeat(ROWS_A_MONTH)].reset_index(drop=True)
    frame = pd.DataFrame({name: drawn(name) for name in ("job", "marital", "education", "default", "housing", "loan")})
    frame["age"] = rng.integers(18, 80, n).astype(float)
    frame["contact"] = drawn("contact", unknown=0)
    frame["poutcome"] = drawn("poutcome", unknown=0)
    frame["attempt"] = rng.integers(1, 8, n).astype(float)
    frame["previous"] = (frame["poutcome"] != "nonexistent").astype(float)
    frame["days_since_contact"] = np.where(frame["poutcome"] == "success", rng.integers(1, 15, n), np.nan)
    log_odds = -2 + 2 * (frame["poutcome"] == "success") + (frame["contact"] == "cellular") - 0.2 * frame["attempt"]
    frame["y"] = rng.random(n) < 1 / (1 + np.exp(-log_odds))
    frame[["euribor3m", "cpi", "emp_var_rate"]] = market[["euribor3m", "cpi", "emp_var_rate"]]
    frame["period"] = market["period"].astype("str")
    frame["year"] = frame["period"].str[:4].astype("int64")
    frame["weekday"] = np.resize(np.repeat(["mon", "tue", "wed", "thu", "fri"], 6), n)
    frame["day"] = [f"{period} {at // 6 % 10}" for at, period in enumerate(frame["period"])]
    frame[["weekday", "day"]] = frame[["weekday", "day"]].astype("str")
    frame["month"] = pd.to_datetime(frame["period"]).dt.strftime("%b").str.lower().astype("str")
    return frame[list(TRAINING_COLUMNS)]


@pytest.fixture(scope="session")
def training_data():
    return TrainingData(frame=made_up_rows(), sha256=hashlib.sha256(b"made up").hexdigest())


@pytest.fixture(scope="session")
def small_models(training_data, tmp_path_factory):
    """A models folder with an artifact of twenty trees on made-up rows."""
    models_dir = tmp_path_factory.mktemp("small_models")
    train_artifact(training_data, models_dir, settings=SMALL, min_month_rows=ROWS_A_MONTH, resamples=5)
    return models_dir


@pytest.fixture
def small_settings():
    return SMALL


@pytest.fixture
def scorer(small_models):
    return load_scorer(small_models, n_threads=1)


@pytest.fixture(scope="session")
def shipped_models():
    return ROOT / "models"


@pytest.fixture(scope="session")
def uci_file():
    if not UCI_FILE.exists():
        pytest.skip("needs bank-additional-full.csv beside the repository: ../shared/data/uci/")
    return UCI_FILE
