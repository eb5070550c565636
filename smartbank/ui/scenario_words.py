"""Sentences on a scenario and what it does to a run; numbers in the bank's format."""

from typing import Final

from smartbank.core.level import Level, level_rate
from smartbank.core.market.effects import ScenarioEffect, ScenarioShift
from smartbank.core.market.indicators import FACTS, MARKET_FEATURES, Indicator
from smartbank.core.market.points import MarketPoint
from smartbank.core.wording import agreeing, listed
from smartbank.ui.text import count, decimal, percent, plural

ASSOCIATION: Final = (
    "This is association in the calls of 2008 to 2010, not cause: those months differed in more than these three "
    "figures, and no bank changes Euribor."
)
_NAMES: Final = {Indicator.EURIBOR: "Euribor", Indicator.EMPLOYMENT: "employment", Indicator.CPI: "consumer prices"}
_FEW: Final = 10


def effect_sentence(effect: ScenarioEffect, market: MarketPoint, *, scored_in: MarketPoint | None, best: int) -> str:
    """Return what a market does to a run.

    Parameters
    ----------
    scored_in : MarketPoint or None
        The market of the run; None where each lead had its own.
    best : int
        How many of the best leads are asked about; 0 are all.
    """
    moved = _moved(market, scored_in)
    n_leads = effect.before.leads
    among = f"among the best {count(n_leads)}" if best else f"among all {plural(n_leads, 'lead')}"
    before, after = effect.before.expected_sales, effect.after.expected_sales
    rate, rate_after = percent(effect.run_before.conversion), percent(effect.run_after.conversion)
    if not moved:
        return f"In the market this run was scored in, {rate} would say yes: {_sales(before)} expected {among}."
    if effect.before == effect.after and effect.run_before == effect.run_after:
        return f"With {moved}, nothing changes: {rate} would say yes, and {_sales(before)} are expected {among}."
    return (
        f"With {moved}, {rate_after} instead of {rate} would say yes: "
        f"{_sales(after)} expected instead of {_number(before)} {among}."
    )


def shift_sentence(shift: ScenarioShift, level: Level, *, is_replay: bool) -> str:
    """Return what holds the level model back from the level of a run, or that nothing does; empty if there is nothing.

    Parameters
    ----------
    level : Level
        That of the run.
    """
    if is_replay:
        return (
            "In a replay each lead was scored in the market of its own row. Here all of them are put in one market, "
            "as far as the level model says: a replay has no guard."
        )
    if not shift.is_held_back:
        return ""
    start, alone = (percent(level_rate(level.base_rate, level.correction + moved)) for moved in (0.0, shift.says))
    way = "down" if shift.says < 0 else "up"
    return (
        f"From a level of {start} the model alone would go {way} to {alone}. "
        "No scoring trusts a market that far; the guard that stops it there stops it here too."
    )


def crossing_sentence(effect: ScenarioEffect) -> str:
    """Return how many leads cross the threshold, and how many change band."""
    crossing = effect.crossing
    begins = int(crossing["call_after"].sum())
    bands = len(effect.changing_band)
    return (
        f"{plural(begins, 'lead')} would become worth a call, {count(len(crossing) - begins)} would no longer be. "
        f"{plural(bands, 'lead')} {agreeing(bands, 'changes', 'change')} band."
    )


def rank_sentence(effect: ScenarioEffect, *, is_replay: bool, best: int) -> str:
    """Return how many leads change rank, and why."""
    moved, n_leads = len(effect.rank_changes), plural(effect.before.leads, "lead")
    if not is_replay:
        return (
            f"Leads that change rank: {count(moved)} of {n_leads}. All were scored in one market, and another one "
            "moves every lead alike, so whom to call first stays the same."
        )
    said = (
        f"Leads that change rank: {count(moved)} of {n_leads}. In one market only the customer and the contact history "
        "decide who comes first."
    )
    if not best:
        return said
    out = int((effect.rank_changes["rank_after"] > best).sum())
    return f"{said} {count(out)} of the best {count(best)} would give their place to others."


def _moved(market: MarketPoint, scored_in: MarketPoint | None) -> str:
    """Return the figures that are others than the run's: "Euribor at 1.00 % and employment at -1.8 %"."""
    said = []
    for at, name in enumerate(MARKET_FEATURES):
        indicator = Indicator(name)
        if scored_in is None or market[at] != scored_in[at]:
            value = decimal(market[at], digits=FACTS[indicator].decimals)
            said.append(f"{_NAMES[indicator]} at {value} %")
    if not said:
        return ""
    together = listed(said)
    return f"{together} for everybody" if scored_in is None else together


def _number(sales: float) -> str:
    return count(sales) if sales >= _FEW else decimal(sales, digits=1)


def _sales(sales: float) -> str:
    return plural(round(sales), "sale") if sales >= _FEW else f"{_number(sales)} sales"
