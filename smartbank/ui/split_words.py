"""Sentences on market and customer; pure: numbers are written in the format they are given."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from smartbank.core.grounds import GIVEN
from smartbank.core.market.flags import Flag
from smartbank.core.market.indicators import FACTS, Indicator
from smartbank.core.market.points import point_of, point_words
from smartbank.core.market.scale import Standing
from smartbank.core.market.snapshot import MarketSnapshot
from smartbank.core.number_format import NumberFormat
from smartbank.core.split import ListSplit, Parts
from smartbank.core.wording import nouns
from smartbank.services.leveling import REPLAY

NAMES: Final = {Indicator.EURIBOR: "Euribor", Indicator.EMPLOYMENT: "employment", Indicator.CPI: "consumer prices"}
ALL_ALIKE: Final = "The market moves all leads alike; it explains none of the order."
_UNLIKE: Final = {
    Standing.OUTSIDE: ("outside what the model has seen", "outside it"),
    Standing.HOLE: ("in a gap of what the model has seen", "in a gap of it"),
    Standing.EDGE: ("at the edge of what the model has seen", "at its edge"),
}
"""How a sentence says it first, and after that."""
_NOT_OWN: Final = {
    "euribor3m": (Indicator.EURIBOR, "no Euribor"),
    "cpi": (Indicator.CPI, "no consumer prices"),
    "emp_var_rate": (Indicator.EMPLOYMENT, "no employment"),
    "unknown cpi": (Indicator.CPI, "consumer prices of no month the model knows"),
}
"""How a sentence says what a file did not bring or is of no use, and what stood in for it."""
_NONE: Final = 0.005
"""Below this share of the differences between leads the market explains none of them."""


def market_name(snapshot: MarketSnapshot | None) -> str:
    """Return a market as a sentence names it: "the market of September 2026"."""
    return f"the market of {snapshot.as_of:%B %Y}" if snapshot else "the market"


def market_of(prediction: Mapping[str, Any], markets: Mapping[str, MarketSnapshot], numbers: NumberFormat) -> str:
    """Return the market a prediction was made in, with its figures; its name alone where it is not kept."""
    if prediction["snapshot_id"] == REPLAY:
        own = prediction.get("market")
        return "its file's own (a replay)" + (f": {point_words(point_of(own), numbers=numbers)}" if own else "")
    if prediction["snapshot_id"] == GIVEN:
        return f"brought by the program: {point_words(point_of(prediction['market']), numbers=numbers)}"
    snapshot = markets.get(prediction["snapshot_id"])
    if snapshot is None:
        return str(prediction["snapshot_id"])
    return f"{snapshot.as_of:%B %Y} ({point_words(point_of(snapshot), numbers=numbers)})"


def customer_sentence(points: Parts, snapshot: MarketSnapshot | None, numbers: NumberFormat) -> str:
    """Return of what a customer's propensity is made; `points` as `prediction_parts` returns them."""
    shown = points.rounded(1)
    return (
        f"How {share(shown.total, numbers)} comes about: the model's average lead stands at "
        f"{share(shown.base, numbers)} at this bank, {market_name(snapshot)} {moves(shown.market, numbers)}, "
        f"what is known of the customer {moves(shown.customer, numbers)}."
    )


def list_sentence(whole: ListSplit, chosen: ListSplit | None, numbers: NumberFormat, *, replay: bool) -> str:
    """Return of what the mean propensity of the chosen leads is made, else of all; and what orders the list."""
    shown = (chosen or whole).mean.rounded(1)
    who, market = "These leads" if chosen else "All leads", "the market of its own row" if replay else "the market"
    return (
        f"{who} on average {share(shown.total, numbers)}: the model's average lead would stand at "
        f"{share(shown.base, numbers)} here, {market} {moves(shown.market, numbers)}, what is known of the customers "
        f"{moves(shown.customer, numbers)}. {order_sentence(whole.share_of_market, numbers)}"
    )


def order_sentence(share_of_market: float, numbers: NumberFormat) -> str:
    """Return how much of the differences between the leads of a list is the market's."""
    if share_of_market == 0:
        return ALL_ALIKE
    if share_of_market <= -_NONE:
        return "The market differs from lead to lead, and evens out part of what the customers differ in."
    if share_of_market < _NONE:
        return "The market differs from lead to lead, but explains none of the differences between them."
    return f"The market explains {share(100 * share_of_market, numbers, digits=0)} of the differences between leads."


def unlike_sentence(flags: Sequence[Flag]) -> str:
    """Return in a line in which respects a market is unlike what the model has seen; empty if in none."""
    said: list[str] = []
    for standing, words in _UNLIKE.items():
        names = [NAMES[each.indicator] for each in flags if each.standing is standing and each.indicator is not None]
        said += [f"{' and '.join(names)} {words[bool(said)]}"] if names else []
    if not said:
        return flags[0].sentence if flags else ""
    line = ", ".join(said)
    return f"{line[0].upper()}{line[1:]}."


def stand_in_sentence(not_own: Mapping[str, int], snapshot: MarketSnapshot, numbers: NumberFormat) -> str:
    """Return for how many leads of a replay the market in force stood in for the file's; empty if for none.

    Parameters
    ----------
    not_own : mapping of str to int
        As the result of a run has it.
    """
    said = []
    for name, n_leads in not_own.items():
        indicator, words = _NOT_OWN[name]
        used = share(snapshot.reading(indicator).value, numbers, digits=FACTS[indicator].decimals)
        leads = f"{numbers.number(n_leads)} {nouns(n_leads, 'lead')}"
        said.append(f"For {leads} the file has {words}: {used}, the figure in force, stood in.")
    return f"{' '.join(said)} These leads may stand in the wrong place." if said else ""


def share(percent: float, numbers: NumberFormat, *, digits: int = 1) -> str:
    """Return percent as "9.1 %"."""
    return f"{numbers.number(percent, digits=digits)} %"


def moves(points: float, numbers: NumberFormat) -> str:
    """Return what a part does to a propensity: "adds 9.1 points", "takes 1.0 points away", "changes nothing"."""
    said = numbers.number(abs(points), digits=1)
    if not round(points, 1):
        return "changes nothing"
    return f"adds {said} points" if points > 0 else f"takes {said} points away"
