"""The backtest: SmartBank's model and the standard models on the same rows, by protocols A, B and C, in one run."""
