"""Whether the rows of a file are among those the model was trained on."""

from dataclasses import dataclass
from math import sqrt
from typing import Final

MIN_ROWS: Final = 50
"""Fewer rows than this are no evidence."""
TELLING: Final = 0.25
"""Share of a file, beyond what unrelated customers reach by chance, from which it holds training rows."""
_DOUBT: Final = 3.0
"""Standard errors by which the share has to be ahead."""
_ROOM: Final = 0.15
"""Where chance alone finds nearly every row, as with two columns, nothing can be told."""


@dataclass(frozen=True)
class RowMatches:
    """How many rows of a file are equal to a training row.

    Attributes
    ----------
    rows, found : int
        Rows compared, and rows equal to one of the training rows in every field the file has.
    by_chance : float
        How many would be found if the file's ages belonged to others of its rows: what unrelated people reach.
    """

    rows: int = 0
    found: int = 0
    by_chance: float = 0.0

    def __add__(self, other: "RowMatches") -> "RowMatches":
        """Return the matches of both parts of a file."""
        return RowMatches(self.rows + other.rows, self.found + other.found, self.by_chance + other.by_chance)

    @property
    def tell_training_rows(self) -> bool:
        """Whether the file holds training rows: more of it is found than chance explains, beyond doubt."""
        if self.rows < MIN_ROWS:
            return False
        share, chance = self.found / self.rows, self.by_chance / self.rows
        ahead = share - _DOUBT * sqrt(share * (1 - share) / self.rows) - chance
        return 1 - chance > _ROOM and ahead >= TELLING * (1 - chance)


def trained_on(matches: RowMatches, *, whole: bool) -> str:
    """Return what the report says of a file the model was trained on, or of training rows in it; else nothing.

    Parameters
    ----------
    whole : bool
        Whether the file is the training file itself, by its header and number of rows.
    """
    better = "scores look better than they will be on new customers."
    if whole:
        return f"This is the file the model was trained on: its {better}"
    if matches.tell_training_rows:
        return f"{matches.found:,} of {matches.rows:,} rows are among those the model was trained on: their {better}"
    return ""
