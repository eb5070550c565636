"""What calling brought, in the words of the results page."""

from math import floor, log10

from smartbank.core.bank_settings import BankSettings
from smartbank.core.number_format import NumberFormat
from smartbank.core.settings_text import money_text
from smartbank.core.uplift import Uplift, UpliftVerdict, extra_profit
from smartbank.core.wording import agreeing, nouns


def uplift_sentence(found: Uplift | None, *, days: int, settings: BankSettings) -> str:
    """Return the first line of the results.

    "Calling brought 61 more sales than not calling (38 to 84); 3,220 EUR a day after costs." An amount is said only
    where it is sure, 19 times out of 20, to be a profit, or to be a loss.

    Parameters
    ----------
    found : Uplift or None
        As `uplift` returns it.
    days : int
        Days on which calls were made, 1 at least.
    settings : BankSettings
        What a call costs and a sale is worth, and how numbers are written.
    """
    if found is None:
        return "What calling brought cannot be told: no list so far has customers held out to compare with."
    numbers, extra = settings.numbers, found.extra_sales
    if found.verdict is UpliftVerdict.TOO_EARLY:
        return _too_early(found, numbers)
    if found.verdict is UpliftVerdict.FEWER_SALES:
        brought = (
            f"{_sales(-extra.value, 'fewer', numbers)} than not calling ({_range(-extra.high, -extra.low, numbers)})"
        )
    else:
        brought = f"{_sales(extra.value, 'more', numbers)} than not calling ({_range(extra.low, extra.high, numbers)})"
    return f"Calling brought {brought}; {_a_day(found, days, settings)}."


def evidence_sentences(found: Uplift, *, settings: BankSettings) -> list[str]:
    """Return what the first line stands on: who bought on both sides, what that is in money, and what is not in it."""
    numbers = settings.numbers
    profit = extra_profit(found, value_of_sale=settings.value_of_sale, cost_of_call=settings.cost_of_call)
    said = [
        f"{numbers.number(found.called_sales)} of {_customers(found.n_called, numbers)} on the lists bought. Without a"
        f" call about {numbers.number(found.held_out.value * found.n_called)} would have: of"
        f" {numbers.number(found.n_held_out)} held out, {numbers.number(found.held_out_sales)} did.",
        f"What calling added, less its costs, is {_money(profit.value, settings)}, and between"
        f" {_money(profit.low, settings)} and {_money(profit.high, settings)} 19 times out of 20.",
    ]
    left_out = len(found.left_out)
    if left_out:
        said.append(
            f"{numbers.number(left_out)} {nouns(left_out, 'list')} held nobody out and"
            f" {agreeing(left_out, 'is', 'are')} not in these figures."
        )
    return said


def assumed_sentence(assumed: int, decided: int, *, numbers: NumberFormat) -> str:
    """Return how many decided calls are only assumed to be; empty where none is."""
    if not assumed:
        return ""
    return (
        f"{numbers.number(assumed)} of {numbers.number(decided)} decided {nouns(decided, 'call')}"
        f" {agreeing(assumed, 'has', 'have')} no outcome within the set time and"
        f" {agreeing(assumed, 'counts', 'count')} as declined."
    )


def _too_early(found: Uplift, numbers: NumberFormat) -> str:
    extra = found.extra_sales
    so_far = f"{_more_or_fewer(extra.value, numbers)} than without calls so far"
    start = f"Not enough calls yet to tell what calling brings: {so_far}, and anything from"
    ends = f"{_more_or_fewer(extra.low, numbers)} to {_more_or_fewer(extra.high, numbers)} is possible."
    if found.calls_needed is None:
        return f"{start} {ends}"
    more = _two_digits(found.calls_needed)
    return f"{start} {ends} About {numbers.number(more)} more {nouns(more, 'customer')} to call should tell."


def _a_day(found: Uplift, days: int, settings: BankSettings) -> str:
    profit = extra_profit(found, value_of_sale=settings.value_of_sale, cost_of_call=settings.cost_of_call)
    if profit.low <= 0 <= profit.high:
        return "whether that pays for the calls cannot be told yet"
    amount = _money(abs(profit.value) / max(1, days), settings)
    return f"{amount} a day after costs" if profit.low > 0 else f"{amount} a day lost after costs"


def _sales(number: float, word: str, numbers: NumberFormat) -> str:
    return f"{numbers.number(number)} {word} {nouns(round(number), 'sale')}"


def _more_or_fewer(number: float, numbers: NumberFormat) -> str:
    whole = round(number)
    return "no more sales" if not whole else _sales(abs(whole), "more" if whole > 0 else "fewer", numbers)


def _range(low: float, high: float, numbers: NumberFormat) -> str:
    return f"{numbers.number(low)} to {numbers.number(high)}"


def _customers(number: int, numbers: NumberFormat) -> str:
    return f"{numbers.number(number)} {nouns(number, 'customer')}"


def _money(amount: float, settings: BankSettings) -> str:
    return money_text(round(amount), settings=settings)


def _two_digits(number: int) -> int:
    """Return a number above 0 with its first two digits: a forecast has no more."""
    return round(number, 1 - floor(log10(number)))
