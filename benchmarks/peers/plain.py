"""A scikit-learn pipeline and `shap.TreeExplainer`, as a notebook has them; runs in SmartBank's own environment."""

import shap
from sklearn.pipeline import Pipeline

from benchmarks.peers._asked import Asked, folder_asked

if __name__ == "__main__":
    folder = folder_asked()
    asked = Asked(folder)
    pipeline = Pipeline([("coded", asked.encoder()), ("trees", asked.model)])
    propensities = pipeline.predict_proba(asked.leads)[:, 1]
    coded = asked.coded()
    found = coded.assign(propensity=propensities)
    found[[f"contribution_{name}" for name in coded.columns]] = shap.TreeExplainer(asked.model).shap_values(coded)
    found.to_csv(folder / "plain.csv")
