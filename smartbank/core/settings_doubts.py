"""What is allowed in the settings and yet hardly meant: asked back before it is saved."""

from typing import Final

from smartbank.core.bank_settings import BankSettings
from smartbank.core.number_format import NumberFormat
from smartbank.core.settings_text import money_text

LEAST: Final = 0.001
MOST: Final = 0.6
"""Base rates of cold and warm calls lie between these."""
_DIGITS: Final = 8


def doubts(before: BankSettings, after: BankSettings) -> list[str]:
    """Return what to ask back before settings are saved in place of others, a sentence or two each."""
    found = []
    if after.base_rate != before.base_rate and (doubt := base_rate_doubt(after.base_rate, numbers=after.numbers)):
        found.append(doubt)
    money, money_before = ((one.cost_of_call, one.value_of_sale) for one in (after, before))
    if money != money_before and after.cost_of_call >= after.value_of_sale:
        cost, value = (money_text(amount, settings=after) for amount in money)
        found.append(f"A call costs {cost} and a sale brings {value}? Then every call that does not sell loses money.")
    if before.keep_backups and not after.keep_backups:
        found.append("SmartBank makes no backups any more? Then something else has to back up the database.")
    return found


def base_rate_doubt(base_rate: float, *, numbers: NumberFormat) -> str:
    """Return the question about a base rate in (0, 1) that is hardly meant; an empty text for others."""
    if LEAST <= base_rate <= MOST or not 0 < base_rate < 1:
        return ""
    sold = numbers.rewritten(f"{100 * base_rate:.{_DIGITS}f}".rstrip("0").rstrip("."))
    if base_rate > MOST:
        return f"Of 100 calls {sold} sold? More than {numbers.number(100 * MOST)} is rare."
    return f"Of 100 calls {sold} sold? That is one sale in {numbers.number(round(1 / base_rate))} calls."
