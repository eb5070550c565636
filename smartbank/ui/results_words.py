"""What the results page says beside its figures: how sure, how far they go, and what follows for the level."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from smartbank.core.level import level_rate
from smartbank.core.level_correction import MIN_CALLS, WINDOW
from smartbank.core.level_in_force import LevelInForce
from smartbank.core.list_results import Calibration
from smartbank.core.uplift import Uplift, UpliftVerdict
from smartbank.core.wording import agreeing
from smartbank.ui.text import count, day, decimal, percent, plural

ONE_LOOK: Final = (
    "Looked at every day, one in five campaigns without any effect looks like one at some time: decide when a list "
    "ends."
)
STILL_RUNNING: Final = (
    "While a list runs, this may be off: a yes is recorded at once, a no later, and who has not answered may still say "
    "either."
)
HOLD_SOMEBODY_OUT: Final = (
    "Plan the next list with a few customers who are not called, drawn at random. Only they show what would have been "
    "sold without a call."
)
FEW_DECIDED: Final = 30
"""Below so many decided calls nothing is said of the propensities: a yes is recorded sooner than a no."""
VERDICTS: Final = {
    UpliftVerdict.MORE_SALES: "Calling brings more sales: sure, 19 times out of 20.",
    UpliftVerdict.TOO_EARLY: "No difference can be told yet.",
    UpliftVerdict.FEWER_SALES: "Calling brings fewer sales: sure, 19 times out of 20.",
}


def sides_sentence(found: Uplift, *, apart: bool = False) -> str:
    """Return who is compared: everybody who was to be called, reached or not, with those who were not to be.

    Parameters
    ----------
    apart : bool, default=False
        Whether some were to be called who were drawn from all others; they are not among those compared.
    """
    but = " Those drawn from all others are on neither side." if apart else ""
    return (
        f"Compared are all {plural(found.n_called, 'customer')} that were to be called, reached or not, with "
        f"{count(found.n_held_out)} drawn at random from among the same leads and not called.{but}"
    )


def bank_data_sentence(until: Mapping[str, datetime | None]) -> str:
    """Return how far the bank's own sales data reaches; the list it is oldest for decides.

    Parameters
    ----------
    until : mapping of str to datetime or None
        As in `ListResults.bank_data`, known for one list at least.
    """
    oldest = min(moment for moment in until.values() if moment is not None)
    return (
        f"Who bought without a call is known up to {day(oldest)}; calls are counted up to now. Sales without a call "
        "after that day would be missing, and make calling look better than it is."
    )


def calibration_sentence(found: Calibration) -> str:
    """Return how many decided calls sold, how many were expected to, and whether chance alone explains it."""
    ratio = found.ratio
    span = f"{decimal(ratio.low, digits=2)} to {decimal(ratio.high, digits=2)}"
    if found.calls < FEW_DECIDED:
        verdict = f"That is too few to say more: from {FEW_DECIDED} decided calls on it is judged"
    elif ratio.low > 1:
        verdict = "More than chance explains: the propensities of these calls were too low"
    elif ratio.high < 1:
        verdict = "Fewer than chance explains: the propensities of these calls were too high"
    else:
        verdict = "Chance alone could explain that"
    return (
        f"Of {plural(found.calls, 'decided call')} **{count(found.sales)} sold where {expected_words(found.expected)} "
        f"{agreeing(found.calls, 'was', 'were')} expected**: {decimal(ratio.value, digits=2)} times as many ({span}). "
        f"{verdict}."
    )


def level_follows(level: LevelInForce, alone: float) -> str:
    """Return what outcomes do to the level of leads that are ranked from now on.

    Parameters
    ----------
    alone : float
        Log-odds by which these calls alone would move it, as in `Calibration`.
    """
    correction, before = level.correction, percent(level.market_rate)
    if not level.follows_outcomes:
        would = f"would move it to {percent(level_rate(level.rate, alone))}" if alone else "would leave it there"
        return (
            f"**The level does not follow**: Follow own outcomes is off among the settings. It stays at {before}; "
            f"these calls alone {would}."
        )
    if correction.calls < MIN_CALLS:
        return (
            f"**The level will stay** at {before} for now: it follows your outcomes from {MIN_CALLS} decided calls in "
            f"{WINDOW.days} days on, and by the base rate in force there {agreeing(correction.calls, 'is', 'are')} "
            f"{count(correction.calls)}."
        )
    if not correction.shift:
        return (
            f"**The level will stay** at {before}: decided calls of the last {WINDOW.days} days sold as often as it "
            "said."
        )
    limit = " That is as far as outcomes may move it: say the base rate anew." if level.is_at_its_limit else ""
    return (
        f"**The level will follow**: leads ranked from now on have {percent(level.rate)} on average, by "
        f"{plural(correction.calls, 'decided call')} of the last {WINDOW.days} days, instead of the {before} of base "
        f"rate and market alone. Released lists keep their propensities.{limit}"
    )


def expected_words(expected: float) -> str:
    """Return expected sales with one decimal."""
    return decimal(expected, digits=1)
