"""What is predicted of the leads of a request, on the ground in force or in a market of their own."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any

import numpy as np

from smartbank.core.asked_leads import AskedLead
from smartbank.core.fields import CUSTOMER_ID
from smartbank.core.grounds import GIVEN, ScoringGround
from smartbank.core.lead_rows import LeadRow
from smartbank.core.market.given import given_market
from smartbank.core.market.indicators import MARKET_FEATURES, Indicator
from smartbank.core.market.observations import Observation
from smartbank.core.market.points import MarketPoint
from smartbank.core.moments import to_milliseconds
from smartbank.core.ports import ObservationRepository, Scorer
from smartbank.core.ranking import ranked_leads
from smartbank.services.asked_levels import asked_levels
from smartbank.services.keeping_scores import named_by, prediction_document


def own_markets(
    named: Sequence[AskedLead], ground: ScoringGround, *, scorer: Scorer, observations: ObservationRepository
) -> dict[str, MarketPoint]:
    """Return the market of each lead that brings one of its own, by customer.

    Raises
    ------
    MarketGivenError
        A lead brings a market nobody believes.
    """

    @cache
    def history() -> list[Observation]:
        return observations.history(Indicator.CPI)

    def year_on_year(level: float) -> float | None:
        found = float(scorer.cpi_year_on_year(np.array([level]))[0])
        return None if np.isnan(found) else found

    return {
        lead.customer_id: given_market(lead.market, ground.snapshot, year_on_year=year_on_year, observations=history)
        for lead in named
        if lead.market
    }


def predictions_of(
    leads: Sequence[LeadRow],
    markets: Mapping[str, MarketPoint],
    request_id: str,
    ground: ScoringGround,
    *,
    scorer: Scorer,
    now: datetime,
) -> list[dict[str, Any]]:
    """Return the predictions of leads as they are kept, each by itself whoever else is asked for."""
    if not leads:
        return []
    rules = ground.rules
    margins, contributions = scorer.explained_margins(leads)
    ranked = ranked_leads(
        leads,
        margins=margins,
        contributions=contributions,
        levels=asked_levels([markets.get(lead[CUSTOMER_ID]) for lead in leads], ground, scorer),
        rules=rules,
    )
    common = named_by(request_id, level=ground.level, rules=rules, scored_at=to_milliseconds(now))
    common["ground_id"] = ground.ground_id
    return [prediction_document(each, common) | _own_market(markets.get(each.lead[CUSTOMER_ID])) for each in ranked]


def _own_market(market: MarketPoint | None) -> dict[str, Any]:
    if market is None:
        return {}
    return {"snapshot_id": GIVEN, "market": dict(zip(MARKET_FEATURES, market, strict=True))}
