"""What is said of a file that is scored with the database."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class FileOptions:
    """How a file is to be read and ranked.

    Attributes
    ----------
    market : {"snapshot", "file"}
        Today's market, or the one each row brings.
    picked : bool
        Whether the file holds customers picked from a larger number, where it does not say so; see `RunSource`.
    whole : bool
        Whether they are a whole, however unlike those ranked before.
    without_shared : bool
        Whether phone numbers that stand in many rows are left out.
    anyway : bool
        Whether what is not ready is scored, too.
    """

    market: Literal["snapshot", "file"]
    picked: bool
    whole: bool
    without_shared: bool
    anyway: bool
