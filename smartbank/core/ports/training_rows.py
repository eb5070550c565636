"""The rows a model was trained on."""

from collections.abc import Sequence
from typing import Protocol

import pandas as pd

from smartbank.core.drift import FieldBins
from smartbank.core.training_rows import RowMatches


class TrainingRows(Protocol):
    """The rows the model in force, or another version of it, was trained on, coded."""

    def matches(self, leads: pd.DataFrame, fields: Sequence[str]) -> RowMatches:
        """Return how many leads are equal to a training row in some fields, and in the month where they have a market.

        Parameters
        ----------
        leads : DataFrame
            `LEAD_COLUMNS`, and `MARKET_COLUMNS` where the file brings them.
        fields : sequence of str
            Those of `LEAD_COLUMNS` the file has.
        """
        ...

    def bins(self, version: str) -> Sequence[FieldBins]:
        """Return the training rows of a version of the model by groups of each of `LEAD_COLUMNS`, counted once.

        Raises
        ------
        ModelArtifactError
            The version is missing or altered.
        """
        ...

    def rows(self) -> pd.DataFrame:
        """Return every training row as a lead, with what came of it.

        Returns
        -------
        DataFrame
            `LEAD_COLUMNS` (texts are `str`, numbers float64, NaN for unknown), `y` bool and `period` as "2008-05",
            in the order of the calls. A new frame each time.
        """
        ...
