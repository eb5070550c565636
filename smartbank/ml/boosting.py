"""XGBoost, imported without scikit-learn: half a second of the processor and 65 MB less for each process that scores.

XGBoost imports scikit-learn wherever it is installed, for wrappers nobody here uses, and with it all of SciPy's
statistics. For the moment of the import it is told that there is none. `python -X importtime -c "import xgboost"` shows
what that spares.
"""

import sys
from typing import Any, Final

_WRAPPED: Final = "sklearn"


def _without_wrappers() -> None:
    """Import XGBoost; where scikit-learn is there already, nothing is spared and nothing hidden."""
    if _WRAPPED in sys.modules:
        return
    modules: dict[str, Any] = sys.modules  # None says that a module cannot be imported
    modules[_WRAPPED] = None
    try:
        import xgboost  # noqa: F401, PLC0415
    finally:
        del modules[_WRAPPED]


_without_wrappers()

import xgboost as xgb  # noqa: E402

__all__ = ["xgb"]
