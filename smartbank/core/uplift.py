"""What calling brought: the sales of the called against those of customers held out at random, with an interval."""

from dataclasses import dataclass
from enum import StrEnum

import pandas as pd

from smartbank.core.calls_needed import MIN_HELD_OUT, MIN_SALES, calls_needed
from smartbank.core.evaluation import Interval
from smartbank.core.similar import share_interval
from smartbank.core.uplift_counts import HoldOutCounts, hold_out_counts
from smartbank.core.uplift_interval import WeightedShare, difference_interval, weighted_share


class UpliftVerdict(StrEnum):
    """What can be said of calling against not calling, of sales and not yet of money."""

    MORE_SALES = "calling brings more sales"
    TOO_EARLY = "no difference can be told yet"
    FEWER_SALES = "calling brings fewer sales"


@dataclass(frozen=True)
class Uplift:
    """What calling brought on the lists that held somebody out.

    Attributes
    ----------
    called, held_out : Interval
        Share of the customers that bought, in [0, 1]; lists count by their best entries in both.
    difference : Interval
        The one less the other.
    extra_sales : Interval
        The difference times the best entries: sales there would not have been without calling.
    n_called, n_held_out, called_sales, held_out_sales : int
        Best and control entries, and who bought of them.
    calls : int
        Calls made to the best entries.
    left_out : tuple of str
        Lists with best entries that held nobody out, of which nothing is known.
    verdict : UpliftVerdict
    calls_needed : int or None
        How many more customers have to be called before it can be told, where it cannot; None where that cannot be
        said either.
    """

    called: Interval
    held_out: Interval
    difference: Interval
    extra_sales: Interval
    n_called: int
    n_held_out: int
    called_sales: int
    held_out_sales: int
    calls: int
    left_out: tuple[str, ...]
    verdict: UpliftVerdict
    calls_needed: int | None


def uplift(results: pd.DataFrame) -> Uplift | None:
    """Return what calling brought; None where no list has both best and control entries.

    Best and control entries of a list were drawn from one pool, so before the first call they differ by chance alone.
    That holds for all of them as they were drawn, and for no part chosen by what happened later. So whoever was drawn
    to be called counts as called, reached or not (by intention to treat), and both sides are divided by all their
    customers: the sales so far over everybody, on the same day. Each side is then unbiased for the share that bought
    by that day, had all of the pool been treated like it, and so is their difference for what calling brought by that
    day. It still grows while calls are open, and shrinks again where calling only hastened a sale.

    To divide by decided calls would not be fair: a yes is decided at once and a no only when somebody answered, so the
    share is too high as long as a list runs; those who answer are other people than those who do not; and in the
    control nobody decides anything but to buy. For the same reason an assumed no changes nothing here.

    The lists' differences are added up, each times its best entries. The interval is Newcombe's for all lists together
    (`core.uplift_interval`). It is one of the sales calling can be expected to have brought to customers like those of
    the pool, and holds those it did bring to the very customers that were called at least as often. It is meant for
    one look: of lists whose calls change nothing one in twenty says otherwise on a given day, but looked at on each of
    twenty days one in five does at some time (`python -m benchmarks.lift`).

    Sales of both sides must come from the same source up to the same day. Were the bank's own data behind the agents'
    notes, sales of the control would be missing, and calling would look better than it is.

    Parameters
    ----------
    results : DataFrame of shape (n_entries, 9)
        `RESULT_COLUMNS`. Lists are taken as independent of each other: a customer should not be on two at a time.
    """
    return uplift_of(hold_out_counts(results))


def uplift_of(counts: HoldOutCounts) -> Uplift | None:
    """Return what `uplift` does, from counts."""
    judged = counts.of((counts.called > 0) & (counts.held_out > 0))
    if not judged.list_ids:
        return None
    n_called, called_sales = int(judged.called.sum()), int(judged.called_sold.sum())
    share = share_interval(called_sales, n_called)
    uncalled = weighted_share(judged.held_out_sold, judged.held_out, judged.called)
    difference = difference_interval(share, uncalled.share)
    held_out_sales = int(judged.held_out_sold.sum())
    verdict = _verdict(difference, held_out=uncalled.size, sales=called_sales + held_out_sales)
    return Uplift(
        called=share,
        held_out=uncalled.share,
        difference=difference,
        extra_sales=_times(difference, n_called),
        n_called=n_called,
        n_held_out=int(judged.held_out.sum()),
        called_sales=called_sales,
        held_out_sales=held_out_sales,
        calls=int(judged.calls.sum()),
        left_out=counts.of((counts.called > 0) & (counts.held_out == 0)).list_ids,
        verdict=verdict,
        calls_needed=_more_calls(verdict, share, n_called, uncalled),
    )


def extra_profit(found: Uplift, *, value_of_sale: float, cost_of_call: float) -> Interval:
    """Return the value of the extra sales less the cost of the calls made for them, with the interval of the sales.

    Calls of lists that held nobody out, and those of exploration, are not in it: what they brought is not known.

    Parameters
    ----------
    value_of_sale, cost_of_call : float
        In the currency of the settings, as is the answer.
    """
    worth, cost = _times(found.extra_sales, value_of_sale), found.calls * cost_of_call
    return Interval(worth.value - cost, worth.low - cost, worth.high - cost)


def _verdict(difference: Interval, *, held_out: float, sales: int) -> UpliftVerdict:
    if held_out < MIN_HELD_OUT or sales < MIN_SALES or difference.low <= 0 <= difference.high:
        return UpliftVerdict.TOO_EARLY
    return UpliftVerdict.MORE_SALES if difference.low > 0 else UpliftVerdict.FEWER_SALES


def _more_calls(verdict: UpliftVerdict, called: Interval, n_called: int, held_out: WeightedShare) -> int | None:
    if verdict is not UpliftVerdict.TOO_EARLY:
        return None
    return calls_needed(called.value, n_called, held_out.share.value, held_out.size)


def _times(figure: Interval, factor: float) -> Interval:
    return Interval(factor * figure.value, factor * figure.low, factor * figure.high)
