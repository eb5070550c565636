"""Splits UCI's file for a comparison: four fifths fit everybody's model, one fifth is what everybody scores.

`python -m benchmarks._same_leads FILE FOLDER ROWS` writes SmartBank's artifact to `FOLDER/models`, unless `--theirs` is
said; for the others, trees of the same number and depth on the same fields and rows (`trees.json`, `levels.json`); and
the leads: `leads.csv`, and `upload.csv` as a bank brings them. SmartBank's card takes calibration and figures of the
model in force: judging a model takes minutes and changes nothing of what scoring costs.
"""

import json
import sys
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd
from sklearn.preprocessing import OrdinalEncoder
from xgboost import XGBClassifier

from smartbank.adapters.uci import read_uci
from smartbank.core.fields import CUSTOMER_ID, FIELD, LEAD_COLUMNS, NEVER_CONTACTED
from smartbank.core.training_data import CONVERTED, TrainingData
from smartbank.ml.artifact import load_scorer
from smartbank.ml.artifact_files import put_in_force, save_artifact
from smartbank.ml.artifact_training import Judged, artifact_of
from smartbank.ml.protocols import MIN_MONTH_ROWS
from smartbank.ml.ranking import RankingSettings
from smartbank.ml.training import Training

MODELS: Final = Path(__file__).resolve().parents[1] / "models"
UNKNOWN: Final = "unknown"
_SEED: Final = 0


def main() -> None:
    """Write everything."""
    file, folder, rows = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
    data = read_uci(file)
    scored = np.sort(np.random.default_rng(_SEED).permutation(len(data.frame))[:rows])
    rest = np.setdiff1d(np.arange(len(data.frame)), scored)
    fitted, leads = (data.frame.iloc[at].reset_index(drop=True) for at in (rest, scored))
    if "--theirs" not in sys.argv:
        fit_ours(fitted, data.sha256, folder / "models")
    fit_theirs(fitted, folder)
    ids = [f"C-{number:07d}" for number in range(rows)]
    known = text_frame(leads).assign(converted=leads[CONVERTED].astype(int))
    known.insert(0, CUSTOMER_ID, ids)
    known.to_csv(folder / "leads.csv", index=False)
    whole = leads[list(LEAD_COLUMNS)]
    whole.assign(**{CUSTOMER_ID: ids}).to_csv(folder / "upload.csv", index=False)


def fit_ours(frame: pd.DataFrame, sha256: str, models: Path) -> None:
    """Fit SmartBank's model and save it as the one in force in a folder."""
    card = load_scorer(MODELS).card
    training = Training(frame, RankingSettings(), seed=_SEED, n_threads=1, min_month_rows=MIN_MONTH_ROWS)
    judged = Judged(card["metrics"], card["calibration"])
    artifact = artifact_of(TrainingData(frame, sha256), training, training, judged, seed=_SEED)
    models.mkdir()
    save_artifact(models, artifact.version, artifact.content)
    put_in_force(models, artifact.version)


def fit_theirs(frame: pd.DataFrame, folder: Path) -> None:
    """Fit trees of the same number and depth on fields coded as whole numbers."""
    settings, texts = RankingSettings(), text_frame(frame)
    levels = {name: [*FIELD[name].levels, UNKNOWN] for name in settings.features if FIELD[name].levels}
    coder = OrdinalEncoder(categories=list(levels.values()))
    codes = pd.DataFrame(coder.fit_transform(texts[list(levels)]), columns=list(levels))
    coded = pd.concat([codes, texts.drop(columns=list(levels))], axis=1)
    model = XGBClassifier(
        n_estimators=settings.n_trees,
        max_depth=settings.max_depth,
        learning_rate=settings.learning_rate,
        min_child_weight=settings.min_child_weight,
        reg_lambda=settings.reg_lambda,
        random_state=_SEED,
    )
    model.fit(coded, frame[CONVERTED])
    model.save_model(folder / "trees.json")
    (folder / "levels.json").write_text(json.dumps(levels), encoding="utf-8")


def text_frame(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the fields the model looks at, as UCI writes what is not known."""
    known = frame[list(RankingSettings().features)].copy()
    known["days_since_contact"] = known["days_since_contact"].fillna(NEVER_CONTACTED)
    texts = [name for name in known.columns if FIELD[name].levels]
    return known.fillna(dict.fromkeys(texts, UNKNOWN))


if __name__ == "__main__":
    main()
