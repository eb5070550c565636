"""Use case: past calls like a customer, by what the model looks at."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from smartbank.core.fields import LEAD_COLUMNS
from smartbank.core.people import Actor, Right
from smartbank.core.ports import Scorer, TrainingRows
from smartbank.core.similar import SimilarCalls, similar_calls


@dataclass(frozen=True, eq=False)
class ExplainedRows:
    """Training rows of a model with their contributions, float32 of shape (n_rows, 12), in log-odds."""

    rows: pd.DataFrame
    contributions: npt.NDArray[np.float32]


def explained_rows(*, by: Actor, scorer: Scorer, training_rows: TrainingRows) -> ExplainedRows:
    """Return every training row of a model explained; seconds for tens of thousands, so it is worth keeping.

    Raises
    ------
    ModelArtifactError
        The rows are missing or altered.
    """
    by.require(Right.SEE_CUSTOMER)
    rows = training_rows.rows()
    return ExplainedRows(rows, scorer.contributions(rows[list(LEAD_COLUMNS)]).astype(np.float32))


def similar_to(
    lead: pd.Series, prediction: Mapping[str, Any], *, by: Actor, explained: ExplainedRows
) -> SimilarCalls | None:
    """Return the past calls most like a scored lead; None where the model was trained on nothing that is kept.

    Parameters
    ----------
    lead : Series
        `LEAD_COLUMNS` as they were scored.
    prediction : mapping
        With the `contributions` of the model whose rows are explained.
    """
    by.require(Right.SEE_CUSTOMER)
    if explained.rows.empty:
        return None
    return similar_calls(lead, np.array(prediction["contributions"]), explained.rows, explained.contributions)
