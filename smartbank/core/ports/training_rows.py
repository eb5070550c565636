"""The rows a model was trained on."""

from collections.abc import Sequence
from typing import Protocol

import pandas as pd

from smartbank.core.drift import FieldBins
from smartbank.core.training_rows import RowMatches


class TrainingRows(Protocol):
    """The rows a version of the model was trained on, coded."""

    def matches(self, leads: pd.DataFrame, fields: Sequence[str]) -> RowMatches:
        """Return how many leads are equal to a training row in some fields, and in the month where they have a market.

        Rows of the bank's own calls are not compared: its customers may come in again.

        Parameters
        ----------
        leads : DataFrame
            `LEAD_COLUMNS`, and `MARKET_COLUMNS` where the file brings them.
        fields : sequence of str
            Those of `LEAD_COLUMNS` the file has.
        """
        ...

    def bins(self) -> Sequence[FieldBins]:
        """Return the training rows by groups of each of `LEAD_COLUMNS`, counted once. Raises `ModelArtifactError`."""
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
