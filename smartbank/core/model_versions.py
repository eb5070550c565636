"""Versions of the model: those that were trained here, how they were compared, and which of them was put in force."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

MODEL_FILE: Final = "model:"
"""How the names of files begin that hold a model; they are kept until somebody deletes the model."""


_VERSION: Final = re.compile(r"\d{4}\.\d{1,3}-[0-9a-f]{8}")


def version_reference(text: str) -> str:
    """Return a version from an address as it may be put on record: what cannot be one may be a name."""
    return text if _VERSION.fullmatch(text) else "no version"


def model_file(version: str) -> str:
    """Return the name a model's file is kept under."""
    return f"{MODEL_FILE}{version}"


@dataclass(frozen=True)
class TrainedModel:
    """A model that was trained here, beside those SmartBank brings with it.

    Attributes
    ----------
    at, by
        When it was trained, in UTC, and who had it trained.
    own_calls, own_sales : int
        The bank's own decided calls among the rows it was trained on, and the sales among them.
    """

    version: str
    at: datetime
    by: str
    own_calls: int
    own_sales: int


@dataclass(frozen=True)
class Comparison:
    """What came of judging a challenger beside the champion on the bank's own outcomes.

    Attributes
    ----------
    evidence : mapping
        `Evidence` as plain values.
    """

    challenger: str
    champion: str
    at: datetime
    by: str
    evidence: Mapping[str, Any]


@dataclass(frozen=True)
class Promotion:
    """One change of the model in force.

    Attributes
    ----------
    number : int
        1 for the first; the one with the highest number is in force.
    before : str
        The version that was in force until then.
    evidence : mapping or None
        What it was promoted by; None where an earlier champion was taken back.
    is_switch : bool
        Whether it is the same model, with or without age and marital status: that is decided, and not compared.
    """

    number: int
    version: str
    before: str
    at: datetime
    by: str
    reason: str
    evidence: Mapping[str, Any] | None = None
    is_switch: bool = False

    @property
    def is_return(self) -> bool:
        """Whether an earlier champion was taken back."""
        return self.evidence is None
