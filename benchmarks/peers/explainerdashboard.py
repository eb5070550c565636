"""explainerdashboard, asked for propensities and SHAP values of every lead, or to be ready to show its page."""

import sys

from explainerdashboard import ClassifierExplainer, ExplainerDashboard

from benchmarks.peers._asked import Asked, folder_asked

if __name__ == "__main__":
    folder = folder_asked()
    asked = Asked(folder)
    explainer = ClassifierExplainer(asked.model, asked.coded(), asked.converted)
    if sys.argv[2:] == ["page"]:
        ExplainerDashboard(explainer)
    else:
        found = explainer.get_shap_values_df().copy()
        found["propensity"] = explainer.pred_probas()
        found.to_csv(folder / "explainerdashboard.csv", index=False)
