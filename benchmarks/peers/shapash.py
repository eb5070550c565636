"""Shapash, asked for propensities and the three strongest contributions of every lead."""

import pandas as pd
from shapash import SmartExplainer

from benchmarks.peers._asked import Asked, folder_asked

if __name__ == "__main__":
    folder = folder_asked()
    asked = Asked(folder)
    coded = asked.coded()
    explainer = SmartExplainer(model=asked.model)
    explainer.compile(x=coded, y_pred=pd.Series(asked.model.predict(coded), index=coded.index, name="y"))
    explainer.to_pandas(max_contrib=3, proba=True).to_csv(folder / "shapash.csv")
