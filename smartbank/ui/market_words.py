"""Sentences on the market for the screens; pure: numbers are written in the format they are given."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

from smartbank.core.market.choice import sources_in_order
from smartbank.core.market.indicators import FACTS, MARKET_FEATURES, Indicator
from smartbank.core.market.observations import SOURCE_NAMES, Source
from smartbank.core.market.periods import Period
from smartbank.core.market.scale import JointPlace, Place, Standing
from smartbank.core.market.snapshot import MarketSnapshot, Origin, Reading
from smartbank.core.number_format import NO_BREAK_SPACE, NumberFormat
from smartbank.core.ports import MarketSource
from smartbank.ui.text import plain

SHORT: Final = {
    Indicator.EURIBOR: "Euribor",
    Indicator.EMPLOYMENT: "Employment",
    Indicator.CPI: "Consumer prices",
    Indicator.CONFIDENCE: "Consumer confidence",
}
"""How sentences call the indicators."""
_STANDINGS: Final = {
    Standing.INSIDE: "Inside the training range",
    Standing.EDGE: "At the edge",
    Standing.HOLE: "In a gap",
    Standing.OUTSIDE: "Outside",
}
SAME_ORDER: Final = "A market moves all propensities alike; the order of leads does not change."
_ORIGINS: Final = {
    Origin.FIRST: "From the first source",
    Origin.SECOND: "From a second source, as the first had nothing newer",
    Origin.PROXY: "A proxy: another series stands in for the one the model was trained on",
    Origin.BUNDLED: "Came with SmartBank: no source gave a newer one",
}

_SERIES_NUMBERS: Final = {
    Indicator.EURIBOR: "SMARTBANK_BPSTAT_EURIBOR_ID",
    Indicator.EMPLOYMENT: "SMARTBANK_BPSTAT_EMPLOYMENT_ID",
    Indicator.CPI: "SMARTBANK_BPSTAT_CPI_ID",
    Indicator.CONFIDENCE: "SMARTBANK_BPSTAT_CONFIDENCE_ID",
}
"""Where the numbers of the series at the Banco de Portugal are set; docs/operations.md has them."""


def value_text(value: float, indicator: Indicator, numbers: NumberFormat) -> str:
    """Return a value with its unit: "2.64 %", or a balance such as "-21.9"."""
    said = numbers.number(value, digits=FACTS[indicator].decimals)
    return said if indicator is Indicator.CONFIDENCE else f"{said} %"


def headline(snapshot: MarketSnapshot, places: Mapping[Indicator, Place], numbers: NumberFormat) -> str:
    """Return which market leads are scored in: Euribor with its source, consumer prices, and what the model knows."""
    euribor, prices = snapshot.reading(Indicator.EURIBOR), snapshot.cpi_yoy
    by_hand = "set by hand by " if euribor.origin is Origin.OVERRIDE else ""
    moved = f"{'down' if prices < 0 else 'up'} {numbers.number(abs(prices), digits=1)} %"
    said = (
        f"Euribor {value_text(euribor.value, Indicator.EURIBOR, numbers)} ({by_hand}{plain(euribor.source)}, "
        f"{euribor.period.words}). Consumer prices {moved}. {known_sentence(places)}"
    )
    return said.replace(" %", f"{NO_BREAK_SPACE}%")


def known_sentence(places: Mapping[Indicator, Place]) -> str:
    """Return whether the model has seen such figures."""
    for standing, said in ((Standing.OUTSIDE, "outside what"), (Standing.HOLE, "in a gap of what")):
        found = [SHORT[each] for each, place in places.items() if place.standing is standing]
        if found:
            return f"{listed(found)} {_is(found)} {said} the model has seen."
    return "The model has seen such figures."


def old_sentence(snapshot: MarketSnapshot, *, today: date) -> str:
    """Return in a sentence which scored figures are old; empty if none is."""
    scored = (snapshot.reading(Indicator(name)) for name in MARKET_FEATURES)
    old = [each for each in scored if each.is_stale(today=today)]
    if not old:
        return ""
    names = listed([f"{SHORT[each.indicator]} of {of_period(each.period)}" for each in old])
    return f"{names} {'are' if len(old) > 1 or old[0].indicator is Indicator.CPI else 'is'} old."


def age_sentence(reading: Reading, *, today: date) -> str:
    """Return how old a figure is by its publisher's calendar."""
    facts, following = FACTS[reading.indicator], of_period(reading.period.later(1))
    due = facts.due_on(reading.period)
    if reading.is_stale(today=today):
        return f"The figure of {following} was due on {day_words(due, today=today)}."
    if today > due:
        old_from = day_words(facts.stale_from(reading.period), today=today)
        return f"The figure of {following} is due since {day_words(due, today=today)}; this one is old from {old_from}."
    return f"The figure of {following} is due by {day_words(due, today=today)}."


def origin_sentence(reading: Reading) -> str:
    """Return how a reading came to be the one in force."""
    if reading.origin is Origin.OVERRIDE:
        return f"Set by hand by {plain(reading.source)}."
    return f"{_ORIGINS[reading.origin]}."


def asked_sentence(indicator: Indicator, sources: Sequence[MarketSource], *, daily_euribor: bool) -> str:
    """Return who of the configured sources is asked for an indicator, in order; empty if none is."""
    order = sources_in_order(indicator, daily_euribor=daily_euribor)
    mine = [one for one in sources if one.indicator is indicator and one.source in order]
    mine.sort(key=lambda one: (order.index(one.source), one.is_proxy))
    names = [f"{SOURCE_NAMES[one.source]}{' (proxy)' if one.is_proxy else ''}" for one in mine]
    return f"Asked in this order: {', '.join(names)}." if names else ""


def left_out_sentence(indicator: Indicator, sources: Sequence[MarketSource], *, for_administrator: bool) -> str:
    """Return that the Banco de Portugal is not asked for an indicator, and where that is set; empty if it is.

    Empty too where no source may be asked at all: the page says that once.
    """
    mine = {one.source for one in sources if one.indicator is indicator}
    if not mine or Source.BPSTAT in mine:
        return ""
    said = f"{SOURCE_NAMES[Source.BPSTAT]} is not asked: no series number is set for it."
    if not for_administrator:
        return f"{said} An administrator can set one."
    return f"{said} Set {_SERIES_NUMBERS[indicator]} in the environment or in .env, and start SmartBank again."


def range_sentence(place: Place, indicator: Indicator, numbers: NumberFormat) -> str:
    """Return what a value ran over in training."""
    low, high = (value_text(end, indicator, numbers) for end in (place.low, place.high))
    return f"In training it ran from {low} to {high}."


def used_sentence(place: Place, indicator: Indicator, numbers: NumberFormat) -> str:
    """Return which value the model is given."""
    used = value_text(place.used, indicator, numbers)
    if place.standing is not Standing.OUTSIDE:
        return f"Scored as {used}."
    return f"Scored as {used}, the {'highest' if place.used == place.high else 'lowest'} seen."


def joint_sentence(joint: JointPlace) -> str:
    """Return how near the three figures together are to a training month."""
    nearest = joint.nearest.period.words
    if joint.is_far:
        return f"No training month was like this market as a whole; {nearest} comes nearest."
    return f"As a whole this market is most like {nearest}, a training month."


def of_period(period: Period) -> str:
    """Return a period as it stands after "of"."""
    return f"the {period.words}" if period.is_quarter else period.words


def day_words(day: date, *, today: date) -> str:
    """Return a day in words: "5 November", with its year if that is another one than today's."""
    return f"{day:%-d %B}" if day.year == today.year else f"{day:%-d %B %Y}"


def standing_words(standing: Standing) -> str:
    """Return where a value lies, in two words or three."""
    return _STANDINGS[standing]


def listed(names: Sequence[str]) -> str:
    """Return names as a sentence has them: "Euribor, employment and consumer prices"."""
    first, *rest = names
    small = [name[0].lower() + name[1:] for name in rest]
    return first if not rest else f"{', '.join([first, *small[:-1]])} and {small[-1]}"


def _is(names: Sequence[str]) -> str:
    return "are" if len(names) > 1 or names[0] == SHORT[Indicator.CPI] else "is"
