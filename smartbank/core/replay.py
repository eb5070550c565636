"""A prediction made again: its parts as stored and as made again, compared bit for bit."""

import math
import struct
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import pandas as pd

from smartbank.core.fields import LEAD_COLUMNS
from smartbank.core.fingerprint import fingerprint
from smartbank.core.lead_rows import LeadRow

_HASH_DIGITS: Final = 16


@dataclass(frozen=True)
class Part:
    """One part of a prediction, as it is stored and as it was made again."""

    name: str
    stored: Any
    again: Any

    @property
    def is_equal(self) -> bool:
        """Whether both are the same to the last bit."""
        return same_bits(self.stored, self.again)


@dataclass(frozen=True)
class Replayed:
    """What came of making a prediction again.

    Attributes
    ----------
    parts : tuple of Part
        In the order they are made; empty where the prediction cannot be made again.
    obstacle : str
        Why it cannot be made again, as a sentence; empty where it was.
    """

    prediction_id: str
    parts: tuple[Part, ...] = ()
    obstacle: str = ""

    @property
    def differences(self) -> list[Part]:
        """The parts that are not the same."""
        return [part for part in self.parts if not part.is_equal]

    @property
    def is_equal(self) -> bool:
        """Whether it was made again, and every part is the same to the last bit."""
        return not self.obstacle and not self.differences


@dataclass(frozen=True)
class RunReplay:
    """What came of making the predictions of a run again.

    Attributes
    ----------
    leads, tried, equal : int
        Leads the run ranked, predictions made again or tried to, and those of them that are equal bit for bit.
    different : list of Replayed
        The first ones that differ; `n_different` counts all.
    obstacles : dict of str to int
        Why predictions could not be made again, with how many.
    faults : list of str
        What is wrong with the run as a whole, one sentence each.
    """

    run_id: str
    leads: int
    tried: int
    equal: int
    n_different: int
    different: list[Replayed] = field(default_factory=list)
    obstacles: dict[str, int] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)

    @property
    def is_intact(self) -> bool:
        """Whether nothing differs and nothing is wrong; what cannot be made again says nothing either way."""
        return not self.n_different and not self.faults


def same_bits(one: Any, other: Any) -> bool:  # noqa: ANN401  any stored value
    """Whether two plain values are the same to the last bit: 0.0 is not -0.0, and a missing number is itself."""
    if isinstance(one, float) and isinstance(other, float):
        return struct.pack(">d", one) == struct.pack(">d", other)
    if isinstance(one, list | tuple) and isinstance(other, list | tuple):
        return len(one) == len(other) and all(map(same_bits, one, other))
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return set(one) == set(other) and all(same_bits(value, other[name]) for name, value in one.items())
    return type(one) is type(other) and bool(one == other)


def lead_hashes(leads: pd.DataFrame) -> list[str]:
    """Return 16 hex digits for what is known of each lead: the twelve fields a model may see, unknown ones included.

    Parameters
    ----------
    leads : DataFrame
        `LEAD_COLUMNS` and others; a whole number gives the same digits however it is kept.
    """
    columns = [leads[name].tolist() for name in LEAD_COLUMNS]
    return [_hash(row) for row in zip(*columns, strict=True)]


def lead_hash(lead: LeadRow) -> str:
    """Return what `lead_hashes` does of one lead."""
    return _hash(lead[name] for name in LEAD_COLUMNS)


def _hash(values: Iterable[Any]) -> str:
    return fingerprint([_plain(value) for value in values], length=_HASH_DIGITS)


def _plain(value: Any) -> Any:  # noqa: ANN401  any cell of a frame of leads
    if value is None or value is pd.NA or (isinstance(value, float) and math.isnan(value)):
        return None
    return int(value) if isinstance(value, float) and value.is_integer() else value
