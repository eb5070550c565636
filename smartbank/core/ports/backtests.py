"""The backtests that were made."""

from typing import Protocol

from smartbank.core.backtest_report import BacktestReport


class BacktestShelf(Protocol):
    """The backtests of the models, one of a version at most."""

    def load(self, version: str) -> BacktestReport | None:
        """Return the backtest of a model; None where none was made.

        Raises
        ------
        BacktestError
            Its file cannot be read, or does not hold a backtest.
        """
        ...
