"""Train on UCI's file and the bank's own calls."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from smartbank.adapters.uci import read_uci
from smartbank.core.own_calls import OwnCalls
from smartbank.core.ports import Retrained


class OwnTrainer:
    """Reads UCI's file anew for each training. Meets `core.ports.ModelTrainer`."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def train(self, own: OwnCalls, *, champion: Mapping[str, Any], report: Callable[[str], None]) -> Retrained:
        """Train; see `core.ports.ModelTrainer`."""
        from smartbank.ml.retraining import retrain  # noqa: PLC0415  scikit-learn, only where a model is trained

        report("Reading the training file")
        return retrain(read_uci(self._path), own, champion=champion, report=report)
