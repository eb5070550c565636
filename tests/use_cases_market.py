"""Use cases around the market, for the walks over roles."""

from dataclasses import replace

from smartbank.core.market.indicators import Indicator
from smartbank.core.people import Right
from smartbank.core.work import WorkKind
from smartbank.services import market_overrides, market_refresh, market_view, market_work
from tests.market_stubs import market_ports
from tests.use_cases import UseCase, cancel, find, see


def refreshing(world, actor):
    """Return the arguments of a refresh in which no source is asked."""
    about = world.about(actor)
    return {"forced": False, "ports": replace(market_ports(), audit=about.pop("audit")), **about}


REASON = "the source is late"


def set_by_hand(world, actor, indicator=Indicator.CPI):
    return market_overrides.set_override(
        indicator, 2.9, reason=REASON, days=10, seen="", **world.ports("overrides"), **world.about(actor)
    )


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
    UseCase(market_work.queue_market_refresh, Right.REFRESH_MARKET, lambda w, a: w.queue(WorkKind.MARKET, a)),
    find(WorkKind.MARKET, Right.SEE_LEADS),
    cancel(WorkKind.MARKET, Right.REFRESH_MARKET),
    UseCase(
        market_refresh.refresh_market,
        Right.REFRESH_MARKET,
        lambda w, a: market_refresh.refresh_market([Indicator.EURIBOR], **refreshing(w, a)),
    ),
    UseCase(market_overrides.set_override, Right.SET_MARKET, set_by_hand),
    UseCase(
        market_overrides.end_override,
        Right.SET_MARKET,
        lambda w, a: market_overrides.end_override(w.override.override_id, **w.ports("overrides"), **w.about(a)),
    ),
    see(
        market_overrides.list_overrides,
        Right.SEE_LEADS,
        lambda w, a: market_overrides.list_overrides(by=a, **w.ports("overrides")),
    ),
    see(
        market_view.view_indicators,
        Right.SEE_LEADS,
        lambda w, a: market_view.view_indicators(
            w.services.market.look(), by=a, training=w.services.scorer.training_market, **w.ports("observations")
        ),
    ),
    see(
        market_view.refused_observations,
        Right.SEE_LEADS,
        lambda w, a: market_view.refused_observations(by=a, **w.ports("observations")),
    ),
]
