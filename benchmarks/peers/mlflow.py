"""mlflow: saves the same trees as two models to serve, a pipeline alone and one that says SHAP values too.

`python -m benchmarks.peers.mlflow FOLDER` writes `FOLDER/alone` and `FOLDER/explained`.
"""

from pathlib import Path
from typing import Any

import mlflow.pyfunc
import mlflow.sklearn
import pandas as pd
import shap
from sklearn.pipeline import Pipeline

from benchmarks.peers._asked import Asked, folder_asked


class Explained(mlflow.pyfunc.PythonModel):  # type: ignore[misc]  # mlflow has types only where it is installed
    """Propensity and SHAP values of leads."""

    def load_context(self, context: Any) -> None:  # noqa: ANN401
        """Read trees and levels once, when the server starts."""
        self._asked = Asked(Path(context.artifacts["folder"]))
        self._encoder = self._asked.encoder()
        self._explainer = shap.TreeExplainer(self._asked.model)

    def predict(self, _context: Any, model_input: pd.DataFrame, params: Any = None) -> pd.DataFrame:  # noqa: ANN401, ARG002
        """Return a row for each lead."""
        coded = self._encoder.transform(model_input)
        found = pd.DataFrame(self._explainer.shap_values(coded), columns=coded.columns)
        return found.assign(propensity=self._asked.model.predict_proba(coded)[:, 1])


if __name__ == "__main__":
    folder = folder_asked()
    asked = Asked(folder)
    pipeline = Pipeline([("coded", asked.encoder()), ("trees", asked.model)])
    mlflow.sklearn.save_model(pipeline, folder / "alone", pyfunc_predict_fn="predict_proba")
    mlflow.pyfunc.save_model(
        folder / "explained",
        python_model=Explained(),
        artifacts={"folder": str(folder)},
        pip_requirements=["mlflow", "shap", "xgboost-cpu"],
    )
