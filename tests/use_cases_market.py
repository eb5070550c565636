"""Use cases around the market, for the walks over roles."""

from dataclasses import replace

from smartbank.core.market.indicators import Indicator
from smartbank.core.people import Right
from smartbank.services import market_refresh
from tests.market_stubs import market_ports
from tests.use_cases import UseCase, see


def refreshing(world, actor):
    """Return the arguments of a refresh in which no source is asked."""
    about = world.about(actor)
    return {"forced": False, "ports": replace(market_ports(), audit=about.pop("audit")), **about}


MARKET = [
    see(
        market_refresh.last_refreshes,
        Right.SEE_LEADS,
        lambda w, a: market_refresh.last_refreshes(by=a, **w.ports("jobs")),
    ),
    see(
        market_refresh.refresh_indicator,
        Right.REFRESH_MARKET,
        lambda w, a: market_refresh.refresh_indicator(Indicator.EURIBOR, **refreshing(w, a)),
    ),
    see(
        market_refresh.refresh_each,
        Right.REFRESH_MARKET,
        lambda w, a: market_refresh.refresh_each([Indicator.EURIBOR], **refreshing(w, a)),
    ),
    UseCase(
        market_refresh.refresh_market,
        Right.REFRESH_MARKET,
        lambda w, a: market_refresh.refresh_market([Indicator.EURIBOR], **refreshing(w, a)),
    ),
]
