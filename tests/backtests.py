"""A backtest as its command writes it."""

MODELS = ("smartbank", "smartbank_without_market", "logistic", "xgboost")


def figure(value, width=0.02):
    return {"value": value, "low": value - width, "high": value + width}


def backtest_values(*, step=50):
    """Return the figures of four models by three protocols, each model 0.01 below the one before."""
    c = {"auc_month_mean": 0.66, "auc_within_month": 0.65, "auc_2010": 0.73, "lift_20": 1.66}
    b = {"auc_last_20": 0.78, "auc_last_1293": 0.76}
    return {
        "A": {model: {"auc": figure(0.8 - place / 100)} for place, model in enumerate(MODELS)},
        "B": {
            model: {name: figure(value - place / 100) for name, value in b.items()}
            | {"step": {"value": step}, "base_rate_last_20": figure(0.308), "base_rate_last_1293": figure(0.5)}
            for place, model in enumerate(MODELS)
        },
        "C": {
            model: {name: figure(value - place / 100) for name, value in c.items()}
            for place, model in enumerate(MODELS)
        },
    }
