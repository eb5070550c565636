"""mlflow: saves the same trees as two models to serve, one of propensities and one that says SHAP values too.

`python -m benchmarks.peers.mlflow FOLDER` reads `FOLDER/asked` and writes `FOLDER/alone` and `FOLDER/explained`.
"""

from pathlib import Path
from typing import Any

import mlflow.pyfunc
import pandas as pd
import shap

from benchmarks.peers._asked import Asked, folder_asked


class Alone(mlflow.pyfunc.PythonModel):  # type: ignore[misc]  # mlflow has types only where it is installed
    """Propensities of leads."""

    def load_context(self, context: Any) -> None:  # noqa: ANN401
        """Read trees and levels once, when the server starts."""
        self.asked = Asked(Path(context.artifacts["folder"]))
        self.encoder = self.asked.encoder()

    def predict(self, _context: Any, model_input: pd.DataFrame, params: Any = None) -> pd.DataFrame:  # noqa: ANN401, ARG002
        """Return a row for each lead."""
        return pd.DataFrame({"propensity": self.asked.model.predict_proba(self.encoder.transform(model_input))[:, 1]})


class Explained(Alone):
    """Propensities and SHAP values of leads."""

    def load_context(self, context: Any) -> None:  # noqa: ANN401
        """Make the explainer once too."""
        super().load_context(context)
        self.explainer = shap.TreeExplainer(self.asked.model)

    def predict(self, _context: Any, model_input: pd.DataFrame, params: Any = None) -> pd.DataFrame:  # noqa: ANN401, ARG002
        """Return a row for each lead."""
        coded = self.encoder.transform(model_input)
        found = pd.DataFrame(self.explainer.shap_values(coded), columns=coded.columns)
        return found.assign(propensity=self.asked.model.predict_proba(coded)[:, 1])


if __name__ == "__main__":
    folder = folder_asked()
    for name, model in {"alone": Alone(), "explained": Explained()}.items():
        mlflow.pyfunc.save_model(
            folder / name,
            python_model=model,
            artifacts={"folder": str(folder / "asked")},
            pip_requirements=["mlflow", "shap", "xgboost-cpu"],
        )
