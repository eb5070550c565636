"""Use case: score the leads a program asks for at once, and keep everything needed to make the scores again."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

import numpy as np
import pandas as pd

from smartbank.core.asked_leads import MAX_ASKED, AskedLead, asked_frame, asked_row
from smartbank.core.audit import AuditAction
from smartbank.core.call_rules import RuleBook
from smartbank.core.consent import STATE_NAMES, ConsentState, barred_states, consent_states
from smartbank.core.exclusion import rule_words
from smartbank.core.fields import CONSENT_COLUMNS, CUSTOMER_ID
from smartbank.core.grounds import GIVEN, ScoringGround
from smartbank.core.market.given import given_market
from smartbank.core.market.indicators import MARKET_FEATURES, Indicator
from smartbank.core.market.points import MarketPoint
from smartbank.core.market.snapshot import MarketSnapshot
from smartbank.core.moments import to_milliseconds
from smartbank.core.people import Actor, Right
from smartbank.core.ports import (
    AuditLog,
    CustomerCorrections,
    CustomerRepository,
    ErasedCustomers,
    ObservationRepository,
    OutcomeRepository,
    PredictionRepository,
    RuleBookRepository,
    Scorer,
)
from smartbank.core.ranking import ranked_frame
from smartbank.core.work_ids import new_request_id
from smartbank.errors import LeadValidationError
from smartbank.services.asked_levels import asked_levels
from smartbank.services.auditing import audited
from smartbank.services.call_rules import Exclusion
from smartbank.services.erased import refuse_erased, take_erased_out
from smartbank.services.ground_in_force import GroundInForce
from smartbank.services.keeping_scores import named_by, prediction_documents
from smartbank.services.settings_in_force import SettingsInForce

DO_NOT_CALL: Final = "consent"
"""The rule that leaves out who must not be called; the others are those of the rule book."""


@dataclass(frozen=True)
class AskedPorts:
    """What scoring a request needs from the outside."""

    scorer: Scorer
    grounds: GroundInForce
    settings: SettingsInForce
    customers: CustomerRepository
    corrections: CustomerCorrections
    erased: ErasedCustomers
    predictions: PredictionRepository
    outcomes: OutcomeRepository
    rules: RuleBookRepository
    observations: ObservationRepository
    audit: AuditLog


@dataclass(frozen=True)
class LeftOut:
    """Why somebody was not scored: the id of the rule, and a sentence about the customer."""

    rule: str
    sentence: str


@dataclass(frozen=True, eq=False)
class AskedScore:
    """What came of one lead of a request: a prediction as it is stored, or why there is none.

    Attributes
    ----------
    market : MarketSnapshot
        The market in force then, also where the lead brought one of its own.
    lead : Series or None
        The customer as stored, in the version that was scored; None for one who was deleted in the same moment.
    """

    customer_id: str
    market: MarketSnapshot
    lead: "pd.Series[Any] | None" = None
    prediction: Mapping[str, Any] | None = None
    left_out: LeftOut | None = None


def score_asked(asked: Sequence[AskedLead], *, by: Actor, ports: AskedPorts, now: datetime) -> list[AskedScore]:
    """Score leads, keep them as customers with their predictions, and return what came of each, in their order.

    Customers who must not be called, and those the rules on calling leave out, are kept too, and not scored.

    Raises
    ------
    ForbiddenError
        The role may not bring customers in.
    LeadValidationError
        There is no lead, there are too many, two are of one customer, nothing is known of one, or one
        was erased. Nothing is kept; where one was erased only meanwhile, the other customers are, without scores.
    MarketGivenError
        A lead brings a market nobody believes. Nothing is kept.
    """
    request_id = new_request_id(now)
    with audited(AuditAction.RUN, "request", request_id, by=by, audit=ports.audit, now=now) as said:
        by.require(Right.BRING_IN)
        named = _named(asked, request_id)
        said.details |= {"leads": len(named)}
        ids = [lead.customer_id for lead in named]
        ground = ports.grounds.take(ports.scorer, now=now)
        markets = _markets(named, ground, ports)
        refuse_erased(ids, erased=ports.erased)
        leads = _kept_customers(named, request_id, by, ports, now)
        out = _left_out(leads, ports, now)
        scored = leads[~leads[CUSTOMER_ID].isin(out)].reset_index(drop=True)
        predictions = _predictions(scored, markets, request_id, ground, ports=ports, now=now)
        _refuse_erased_meanwhile(ids, request_id, ports)
        said.details |= {"scored": len(predictions), "left_out": dict(Counter(each.rule for each in out.values()))}
        said.details |= {"model_version": ground.model_version, "ground": ground.ground_id}
    made = {each[CUSTOMER_ID]: each for each in predictions}
    rows = {str(row[CUSTOMER_ID]): row for _, row in leads.iterrows()}
    return [AskedScore(each, ground.snapshot, rows.get(each), made.get(each), out.get(each)) for each in ids]


def barred_since(
    customer_ids: Sequence[str], *, by: Actor, customers: CustomerRepository, settings: SettingsInForce
) -> dict[str, LeftOut]:
    """Return by customer who of those scored before must not be called any more: their scores are not told again.

    Raises
    ------
    ForbiddenError
        The role may not bring customers in.
    """
    by.require(Right.BRING_IN)
    return _barred(customers.load(list(customer_ids)), settings)


def _named(asked: Sequence[AskedLead], request_id: str) -> list[AskedLead]:
    if not 1 <= len(asked) <= MAX_ASKED:
        raise LeadValidationError(f"Ask for 1 to {MAX_ASKED:,} leads at a time.")
    named = [
        lead if lead.customer_id else replace(lead, customer_id=f"{request_id}-{place}")
        for place, lead in enumerate(asked, 1)
    ]
    twice = [name for name, times in Counter(lead.customer_id for lead in named).items() if times > 1]
    if twice:
        raise LeadValidationError(f"The customer {twice[0]} is asked for twice. Ask for each customer once.")
    return named


def _refuse_erased_meanwhile(ids: Sequence[str], request_id: str, ports: AskedPorts) -> None:
    """Take everything of a request back in which somebody was erased while it was done."""
    try:
        take_erased_out(ids, erased=ports.erased, corrections=ports.corrections)
    except LeadValidationError:
        ports.predictions.delete_run(request_id)
        raise


def _markets(named: Sequence[AskedLead], ground: ScoringGround, ports: AskedPorts) -> dict[str, MarketPoint]:
    """Return the market of each lead that brings one of its own, by customer."""
    own = [lead for lead in named if lead.market]
    observations = ports.observations.history(Indicator.CPI) if any("cpi" in lead.market for lead in own) else []

    def year_on_year(level: float) -> float | None:
        found = float(ports.scorer.cpi_year_on_year(np.array([level]))[0])
        return None if np.isnan(found) else found

    return {
        lead.customer_id: given_market(
            lead.market, ground.snapshot, year_on_year=year_on_year, observations=observations
        )
        for lead in own
    }


def _kept_customers(
    named: Sequence[AskedLead], request_id: str, by: Actor, ports: AskedPorts, now: datetime
) -> pd.DataFrame:
    """Save what is new of the customers, and return all of them as they are stored then."""
    ids = [lead.customer_id for lead in named]
    stored = ports.customers.load(ids)
    known = {str(row[CUSTOMER_ID]): row for _, row in stored.iterrows()}
    _require_known([lead for lead in named if not lead.said and lead.customer_id not in known])
    rows = [asked_row(lead, known.get(lead.customer_id), now=now) for lead in named]
    new = [row for row, is_new in rows if is_new]
    if not new:
        return stored
    for synthetic in (False, True):
        part = [row for row in new if _is_synthetic(known.get(row[CUSTOMER_ID])) is synthetic]
        if part:
            source = {"kind": "api", "name": by.username, "upload_id": request_id, "synthetic": synthetic}
            ports.customers.save_many(_without_marks(asked_frame(part)), source=source, saved_at=now)
    return ports.customers.load(ids)


def _require_known(unknown: Sequence[AskedLead]) -> None:
    if unknown:
        raise LeadValidationError(
            f"The customer {unknown[0].customer_id} is not stored. Say what is known of them, or correct the id."
        )


def _is_synthetic(stored: "pd.Series[Any] | None") -> bool:
    return stored is not None and bool(stored["synthetic"])


def _without_marks(frame: pd.DataFrame) -> pd.DataFrame:
    """Return customers to save without what is stored of their consent: a mark set meanwhile stays."""
    return frame.assign(**{name: pd.Series(np.nan, index=frame.index, dtype="str") for name in CONSENT_COLUMNS})


def _left_out(leads: pd.DataFrame, ports: AskedPorts, now: datetime) -> dict[str, LeftOut]:
    """Return by customer who is not scored, and why."""
    out = _barred(leads, ports.settings)
    exclusion = Exclusion(rules=ports.rules, outcomes=ports.outcomes, now=now, of=leads[CUSTOMER_ID].tolist())
    rules = exclusion.of(leads)
    words = _words(exclusion.book)
    ruled_out = zip(leads.loc[rules != "", CUSTOMER_ID], rules[rules != ""], strict=True)
    return {
        str(name): LeftOut(str(rule), f"Left out by a rule on calling: {words[rule]}.") for name, rule in ruled_out
    } | out


def _barred(leads: pd.DataFrame, settings: SettingsInForce) -> dict[str, LeftOut]:
    """Return by customer who must not be called, and why."""
    barred = barred_states(require_consent=settings.current().require_consent)
    return {
        str(customer_id): LeftOut(
            DO_NOT_CALL, f"This customer {STATE_NAMES[ConsentState(state)]}, so there is no score."
        )
        for customer_id, state in zip(leads[CUSTOMER_ID], consent_states(leads), strict=True)
        if state in barred
    }


def _words(book: RuleBook) -> dict[str, str]:
    return {rule.rule_id: rule_words(rule) for rule in book.rules}


def _predictions(
    leads: pd.DataFrame,
    markets: Mapping[str, MarketPoint],
    request_id: str,
    ground: ScoringGround,
    *,
    ports: AskedPorts,
    now: datetime,
) -> list[dict[str, Any]]:
    if leads.empty:
        return []
    rules = ground.rules
    ranked = ranked_frame(
        leads,
        margins=ports.scorer.margins(leads),
        contributions=ports.scorer.contributions(leads),
        levels=asked_levels([markets.get(each) for each in leads[CUSTOMER_ID]], ground, ports.scorer),
        rules=rules,
    )
    scored_at = to_milliseconds(now)
    common = named_by(request_id, level=ground.level, rules=rules, scored_at=scored_at)
    common["ground_id"] = ground.ground_id
    documents = [
        document | _own_market(markets.get(document[CUSTOMER_ID])) for document in prediction_documents(ranked, common)
    ]
    ports.predictions.save_many(documents)
    return documents


def _own_market(market: MarketPoint | None) -> dict[str, Any]:
    if market is None:
        return {}
    return {"snapshot_id": GIVEN, "market": dict(zip(MARKET_FEATURES, market, strict=True))}
