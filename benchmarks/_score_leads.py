"""SmartBank as a library: rank a file of leads, say the three strongest reasons of every one, and write it all.

`python -m benchmarks._score_leads FOLDER`: `benchmarks.beside_peers` measures it as a whole process.
"""

import json
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd

from smartbank.core.fields import CUSTOMER_ID, FIELD, LEAD_COLUMNS
from smartbank.core.level import anchored_intercept
from smartbank.core.ranking import CONTRIBUTION_COLUMNS, ranked_frame
from smartbank.core.reasons import ReasonWriter
from smartbank.core.rules import ScoringRules
from smartbank.ml.artifact import load_scorer


def main() -> None:
    """Read, score, explain, rank, write."""
    print(json.dumps({"imported_s": time.process_time()}), flush=True)
    folder = Path(sys.argv[1])
    texts = {name: "str" for name in (CUSTOMER_ID, *LEAD_COLUMNS) if name not in FIELD or FIELD[name].levels}
    leads = pd.read_csv(folder / "upload.csv", dtype=texts)
    scorer, rules = load_scorer(folder / "models"), ScoringRules()
    margins = scorer.margins(leads)
    ranked = ranked_frame(
        leads,
        margins=margins,
        contributions=scorer.contributions(leads),
        levels=np.full(len(leads), anchored_intercept(margins, rules.base_rate)),
        rules=rules,
    )
    writer = ReasonWriter(scorer.rate, scorer.card["base_rate"])
    reasons = writer.top_sentences(ranked, ranked[list(CONTRIBUTION_COLUMNS)].to_numpy(np.float64))
    pd.concat([ranked, reasons], axis=1).to_csv(folder / "smartbank.csv", index=False)


if __name__ == "__main__":
    main()
