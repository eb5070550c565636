"""What every peer is given: the leads as CSV, fitted trees as XGBoost saves them, and the levels that code the fields.

Fields are coded as whole numbers, one column a field: the narrowest table, and so the quickest for all of them.
"""

import json
import sys
import time
from pathlib import Path
from typing import Any

import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.preprocessing import OrdinalEncoder
from xgboost import XGBClassifier


class Asked:
    """A folder's leads and model.

    Attributes
    ----------
    leads : DataFrame of shape (n_leads, 10)
        As the file has them, by `customer_id`.
    converted : Series of shape (n_leads,)
        What came of each; explainers of some programs want it.
    """

    def __init__(self, folder: Path) -> None:
        rows = pd.read_csv(folder / "leads.csv", keep_default_na=False).set_index("customer_id")
        self.leads, self.converted = rows.drop(columns="converted"), rows["converted"]
        self.model = XGBClassifier()
        self.model.load_model(folder / "trees.json")
        self._levels: dict[str, list[str]] = json.loads((folder / "levels.json").read_text(encoding="utf-8"))

    def encoder(self) -> Any:  # noqa: ANN401  scikit-learn has no types
        """Return a fitted encoder of the leads' texts; numbers pass."""
        one = pd.DataFrame({name: [self.leads[name].iloc[0]] for name in self.leads.columns})
        coder = OrdinalEncoder(
            categories=list(self._levels.values()), handle_unknown="use_encoded_value", unknown_value=-1
        )
        coded = ColumnTransformer(
            [("coded", coder, list(self._levels))], remainder="passthrough", verbose_feature_names_out=False
        )
        return coded.set_output(transform="pandas").fit(one)

    def coded(self) -> pd.DataFrame:
        """Return the leads in numbers, in the order of columns the trees were grown on."""
        frame: pd.DataFrame = self.encoder().transform(self.leads)
        return frame


def folder_asked() -> Path:
    """Return the folder named on the command line, and print what starting and importing took so far."""
    print(json.dumps({"imported_s": time.process_time()}), flush=True)
    return Path(sys.argv[1])
