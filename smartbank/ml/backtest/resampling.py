"""AUC and lift of many bootstrap draws at once: a draw is a count of how often each lead was drawn."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from smartbank.core.evaluation import BEST_SHARE, Interval

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]
IntArray = npt.NDArray[np.intp]

_CELLS_A_BLOCK = 1_000_000


@dataclass(frozen=True)
class Ranked:
    """Leads in the order of a model, best first, ready to be judged on any draw of them.

    Attributes
    ----------
    order : int array of shape (n_leads,)
        Ties keep the input order.
    starts : int array of shape (n_ties,)
        Where in that order each run of equal scores begins.
    converted : float array of shape (n_leads,)
        In that order.
    """

    order: IntArray
    starts: IntArray
    converted: FloatArray

    @classmethod
    def of(cls, converted: BoolArray, scores: FloatArray) -> "Ranked":
        """Return the ranking of leads, at least one, by scores; higher is better."""
        order = np.argsort(-scores, kind="stable")
        ordered = scores[order]
        starts = np.flatnonzero(np.concatenate([[True], ordered[1:] != ordered[:-1]]))
        return cls(order, starts, converted[order].astype(np.float64))

    def auc_and_lift(self, draws: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return AUC, and lift of the best 20 %, of each draw, each of shape (n_draws,).

        As `core.evaluation.auc` and `lift` on the leads repeated; NaN where all that were drawn converted, or none.

        Parameters
        ----------
        draws : array of shape (n_draws, n_leads)
            How often each lead was drawn, in the input order.
        """
        drawn = draws[:, self.order]
        sales, total = (drawn * self.converted).sum(axis=1), drawn.sum(axis=1)
        right, pairs = self._pairs(drawn)
        best = np.maximum(1, np.rint(total * BEST_SHARE))[:, None]
        taken = np.clip(best - (np.cumsum(drawn, axis=1) - drawn), 0, drawn)
        with np.errstate(invalid="ignore", divide="ignore"):
            auc = right / pairs
            lift = (taken * self.converted).sum(axis=1) / best[:, 0] / (sales / total)
        return auc, np.where(np.isnan(auc), np.nan, lift)

    def pairs(self, draws: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return how many pairs of a sale and none are in the right order, and of how many, each of shape (n_draws,).

        A tie counts half.

        Parameters
        ----------
        draws : array of shape (n_draws, n_leads)
            As in `auc_and_lift`.
        """
        return self._pairs(draws[:, self.order])

    def _pairs(self, drawn: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return the same of draws whose leads stand in this order already."""
        sold = drawn * self.converted
        sales = sold.sum(axis=1)
        others = drawn.sum(axis=1) - sales
        sold_in_tie = np.add.reduceat(sold, self.starts, axis=1)
        other_in_tie = np.add.reduceat(drawn, self.starts, axis=1) - sold_in_tie
        below = others[:, None] - np.cumsum(other_in_tie, axis=1)
        return (sold_in_tie * (below + other_in_tie / 2)).sum(axis=1), sales * others


def draws_in_blocks(groups: Sequence[IntArray], n_draws: int, *, seed: Sequence[int]) -> Iterator[FloatArray]:
    """Yield counts of shape (n_in_block, n_leads): first the leads as they are, then draws within each group.

    Parameters
    ----------
    groups : sequence of int arrays
        Positions of the leads of each group; together each lead once.
    n_draws : int
        The same seed gives the same draws.
    """
    n_leads = sum(len(group) for group in groups)
    rng = np.random.default_rng(list(seed))
    size = max(1, _CELLS_A_BLOCK // max(1, n_leads))
    yield np.ones((1, n_leads))
    for start in range(0, n_draws, size):
        block = np.zeros((min(size, n_draws - start), n_leads))
        for counts in block:
            for group in groups:
                counts[group] = np.bincount(rng.integers(len(group), size=len(group)), minlength=len(group))
        yield block


def interval(figures: FloatArray) -> Interval:
    """Return the first figure, that of the leads as they are, and the middle 95 % of the others, those of draws."""
    low, high = np.nanquantile(figures[1:], [0.025, 0.975]) if len(figures) > 1 else (figures[0], figures[0])
    return Interval(float(figures[0]), float(low), float(high))
