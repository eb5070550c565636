"""Who of a list is held out: the shares of control and exploration, and draws that anybody can make again."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np
import numpy.typing as npt

from smartbank.errors import ListConstraintError

FloatArray = npt.NDArray[np.float64]

MOST_HELD_OUT: Final = 0.5
"""Largest share of a list that may be control, and that may be exploration."""
_BITS: Final = 53
"""Of a draw: as many as a float holds exactly, so that none is rounded up to 1."""
_SEED_DIGITS: Final = 16


class Role(StrEnum):
    """What a lead is on a list for.

    Best: listed for its propensity and called. Exploration: called though drawn at random from all others. Control:
    listed for its propensity and, drawn at random, not called.
    """

    BEST = "best"
    EXPLORATION = "exploration"
    CONTROL = "control"


@dataclass(frozen=True)
class HoldOut:
    """How much of a list is left to chance.

    Attributes
    ----------
    control : float
        Share of the leads listed for their propensity that is not called, in [0, 0.5].
    exploration : float
        Share of the calls that goes to leads drawn from all others, in [0, 0.5].

    Raises
    ------
    ListConstraintError
        A share lies outside its range, or is not a number.
    """

    control: float = 0.05
    exploration: float = 0.02

    def __post_init__(self) -> None:
        for name, share in (("control", self.control), ("exploration", self.exploration)):
            if not 0 <= share <= MOST_HELD_OUT:
                raise ListConstraintError(
                    f"The {name} share must lie between 0 and {100 * MOST_HELD_OUT:.0f} %. Enter one in that range."
                )


def draws(customer_ids: Iterable[str], *, seed: str) -> FloatArray:
    """Return one draw in [0, 1) a customer, which depends on the seed and the customer's id alone.

    The SHA-256 of `seed:customer_id` in UTF-8, of which the first 8 bytes are read as a whole number, the highest byte
    first; its highest 53 bits over 2 to the 53rd are the draw. `printf %s seed:customer_id | sha256sum` makes it again.
    Hash and partition keeps draws under different seeds independent where the hash is a cryptographic one (R. Kohavi
    et al., "Controlled experiments on the web: survey and practical guide", Data Mining and Knowledge Discovery 18,
    2009).

    Parameters
    ----------
    customer_ids : iterable of str, n_leads of them
        In any order, and with anybody else among them.
    seed : str
        One a purpose: the same seed draws the same customers.

    Returns
    -------
    array of shape (n_leads,)
    """
    digests = (hashlib.sha256(f"{seed}:{customer_id}".encode()).digest() for customer_id in customer_ids)
    whole = (int.from_bytes(digest[:8]) >> (64 - _BITS) for digest in digests)
    drawn: FloatArray = np.fromiter(whole, dtype=np.float64) / 2**_BITS
    return drawn


def seed_after(newest_list: str) -> str:
    """Return what the next list is drawn by: 16 hex digits, the same for everybody until another list is released.

    Parameters
    ----------
    newest_list : str
        Id of the newest list that was released, which nobody knew before it was; empty where there is none.
    """
    return hashlib.sha256(f"list after {newest_list}".encode()).hexdigest()[:_SEED_DIGITS]
