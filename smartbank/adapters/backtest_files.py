"""Backtests as JSON files in the folder of models."""

import json
from pathlib import Path
from typing import Final

from smartbank.core.backtest_report import BacktestReport, backtest_report
from smartbank.errors import BacktestError

_MOST_BYTES: Final = 5_000_000
_AGAIN: Final = "Make it again with `python -m smartbank backtest --data FILE --json {path}`."


class BacktestFiles:
    """Reads `backtests/<version>.json` beside the models."""

    def __init__(self, models_dir: Path) -> None:
        self._folder = models_dir / "backtests"

    def load(self, version: str) -> BacktestReport | None:
        path = self._folder / f"{version}.json"
        if Path(version).name != version:
            return None
        again = _AGAIN.format(path=path)
        try:
            if not path.exists():
                return None
            if path.stat().st_size > _MOST_BYTES:
                raise BacktestError("it is far too large")
            return backtest_report(json.loads(path.read_bytes()))
        except BacktestError as exc:
            raise BacktestError(f"The backtest {path.name} is not used: {exc}. {again}") from exc
        except OSError as exc:
            raise BacktestError(f"The backtest {path.name} cannot be read. Check the folder of models.") from exc
        except (ValueError, RecursionError) as exc:
            raise BacktestError(f"The backtest {path.name} is not readable JSON. {again}") from exc
