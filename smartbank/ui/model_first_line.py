"""The first line of the model page: how much better than chance the best of next month's leads are."""

from collections.abc import Mapping
from typing import Any, Final

import streamlit as st

from smartbank.core.card_figures import card_interval, card_number, card_rows
from smartbank.core.evaluation import Interval
from smartbank.core.market.periods import Period
from smartbank.core.number_format import NO_BREAK_SPACE
from smartbank.ui.resources import services
from smartbank.ui.text import count, decimal, percent, plain

HEADLINE: Final = ("metrics", "C", "lift_20_month_mean")
"""Where the card has the headline: the plain mean of the months, as one month alone has two fifths of the leads."""


def show_first_line() -> None:
    """Show what the best 20 % of next month's leads do, and on what that rests."""
    card, version = services().scorer.card, services().scorer.version
    best = card_interval(card, *HEADLINE)
    if best is None:
        st.title(f"Nothing is known yet of how good model {plain(version)} is.")
        st.info(
            "Its card holds no figures of months it had not seen. Train it again to have them measured.",
            icon=":material/science:",
        )
        return
    st.title(
        f"Among next month's leads, the best 20{NO_BREAK_SPACE}% convert {figure_with_span(best)[0]} as often as "
        f"average ({figure_with_span(best)[1]})."
    )
    st.caption(rests_on(card).replace(" %", f"{NO_BREAK_SPACE}%"))


def rests_on(card: Mapping[str, Any]) -> str:
    """Return on how many months and leads the first line rests, and what it is where months count by their leads."""
    months = card_rows(card, "metrics", "C", "months")
    rows = card_number(card, "metrics", "C", "rows")
    said = []
    if months and rows is not None:
        first, last = (month_words(str(months[place].get("period"))) for place in (0, -1))
        said.append(
            f"Judged on {count(len(months))} months the model had not seen: {first} to {last}, {count(rows)} leads."
        )
    by_leads = card_interval(card, "metrics", "C", "lift_20")
    if by_leads is not None:
        heaviest = _heaviest(card, months)
        figure, ends = figure_with_span(by_leads, like=card_interval(card, *HEADLINE))
        said.append(f"Weighted by leads it is {figure} ({ends}){heaviest}.")
    return " ".join(said)


def times(figure: float, *, digits: int = 1) -> str:
    """Return a figure as "1.7 times"."""
    return f"{decimal(figure, digits=digits)} times"


def figure_with_span(figure: Interval, *, like: Interval | None = None) -> tuple[str, str]:
    """Return a figure as "1.7 times" and its ends as "1.6 to 1.8", with so many digits that no end looks like it.

    Parameters
    ----------
    like : Interval or None
        Another figure beside it, which has to have as many digits.
    """
    digits = max(_digits(each) for each in (figure, like or figure))
    return times(figure.value, digits=digits), span(figure, digits=digits)


def _digits(figure: Interval) -> int:
    return 2 if round(figure.value, 1) in {round(figure.low, 1), round(figure.high, 1)} else 1


def span(figure: Interval, *, digits: int = 1) -> str:
    """Return an interval as "1.6 to 1.8"."""
    return f"{decimal(figure.low, digits=digits)} to {decimal(figure.high, digits=digits)}"


def month_words(period: str) -> str:
    """Return a month as "March 2009", and as it is written where it is none."""
    try:
        return Period.parse(period).words
    except ValueError:
        return plain(period)


def _heaviest(card: Mapping[str, Any], months: list[Mapping[str, Any]]) -> str:
    share = card_number(card, "metrics", "C", "largest_month_share")
    if share is None or not months:
        return ""
    largest = max(months, key=lambda month: float(month.get("leads", 0)))
    return f": {month_words(str(largest.get('period')))} alone has {percent(share)} of them"
