"""Use case: score the leads a program asks for at once, and keep everything needed to make the scores again."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, NamedTuple

from smartbank.core.asked_leads import AT_ONCE, MAX_ASKED, AskedLead, asked_row, stored_row
from smartbank.core.audit import AuditAction
from smartbank.core.fields import CUSTOMER_ID
from smartbank.core.lead_rows import LeadRow
from smartbank.core.market.snapshot import MarketSnapshot
from smartbank.core.people import Actor, Right
from smartbank.core.ports import (
    AuditLog,
    CustomerCorrections,
    CustomerRepository,
    ErasedCustomers,
    ObservationRepository,
    OutcomeRepository,
    PredictionRepository,
    ScoredCustomers,
    Scorer,
)
from smartbank.core.work_ids import new_request_id
from smartbank.errors import LeadValidationError
from smartbank.services.asked_left_out import LeftOut, left_out
from smartbank.services.asked_predictions import own_markets, predictions_of
from smartbank.services.auditing import audited
from smartbank.services.erased import refuse_erased, take_erased_out
from smartbank.services.ground_in_force import GroundInForce
from smartbank.services.rules_in_force import RulesInForce
from smartbank.services.settings_in_force import SettingsInForce


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
    scored: ScoredCustomers
    outcomes: OutcomeRepository
    rules: RulesInForce
    observations: ObservationRepository
    audit: AuditLog


@dataclass(frozen=True, eq=False)
class AskedScore:
    """What came of one lead of a request: a prediction as it is stored, or why there is none.

    Attributes
    ----------
    market : MarketSnapshot
        The market in force then, also where the lead brought one of its own.
    lead : mapping or None
        The customer as stored, in the version that was scored; None for one who was deleted in the same moment.
    """

    customer_id: str
    market: MarketSnapshot
    lead: LeadRow | None = None
    prediction: Mapping[str, Any] | None = None
    left_out: LeftOut | None = None


class _Judged(NamedTuple):
    """Leads as they are stored, who of them is left out and why, and the predictions of the others."""

    leads: Sequence[LeadRow]
    out: dict[str, LeftOut]
    predictions: list[dict[str, Any]]


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
        markets = own_markets(named, ground, scorer=ports.scorer, observations=ports.observations)
        refuse_erased(ids, erased=ports.erased)

        def judge(leads: Sequence[LeadRow]) -> _Judged:
            out = left_out(leads, rules=ports.rules, outcomes=ports.outcomes, settings=ports.settings, now=now)
            scored = [lead for lead in leads if lead[CUSTOMER_ID] not in out]
            return _Judged(
                leads, out, predictions_of(scored, markets, request_id, ground, scorer=ports.scorer, now=now)
            )

        leads, out, predictions = _kept(named, request_id, judge, by=by, ports=ports, now=now)
        _refuse_erased_meanwhile(ids, request_id, ports)
        said.details |= {"scored": len(predictions), "left_out": dict(Counter(each.rule for each in out.values()))}
        said.details |= {"model_version": ground.model_version, "ground": ground.ground_id}
    made = {each[CUSTOMER_ID]: each for each in predictions}
    rows = {str(row[CUSTOMER_ID]): row for row in leads}
    return [AskedScore(each, ground.snapshot, rows.get(each), made.get(each), out.get(each)) for each in ids]


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


def _kept(
    named: Sequence[AskedLead],
    request_id: str,
    judge: Callable[[Sequence[LeadRow]], _Judged],
    *,
    by: Actor,
    ports: AskedPorts,
    now: datetime,
) -> _Judged:
    """Save what is new of the customers, and the predictions of all as they are stored then: of new ones at once."""
    stored, rows = _rows(named, ports, now)
    source = {"kind": "api", "name": by.username, "upload_id": request_id}
    if not stored and len(rows) <= AT_ONCE:
        new = [row for row, _ in rows]
        judged = judge([stored_row(row, source_name=by.username, at=now) for row in new])
        if ports.scored.add_new(new, judged.predictions, source=source | {"synthetic": False}, saved_at=now):
            return judged
        stored, rows = _rows(named, ports, now)  # somebody may have brought one in: what is not said here is theirs
    judged = judge(_saved(rows, stored, source, ports, now))
    ports.predictions.save_many(judged.predictions)
    return judged


def _rows(
    named: Sequence[AskedLead], ports: AskedPorts, now: datetime
) -> tuple[dict[str, LeadRow], list[tuple[dict[str, Any], bool]]]:
    """Return who of a request is stored, by id, and the row of each lead with whether it is new."""
    found = ports.customers.load_rows([lead.customer_id for lead in named])
    stored: dict[str, LeadRow] = {str(row[CUSTOMER_ID]): row for row in found}
    _require_known([lead for lead in named if not lead.said and lead.customer_id not in stored])
    return stored, [asked_row(lead, stored.get(lead.customer_id), now=now) for lead in named]


def _saved(
    rows: Sequence[tuple[dict[str, Any], bool]],
    stored: Mapping[str, LeadRow],
    source: Mapping[str, Any],
    ports: AskedPorts,
    now: datetime,
) -> list[LeadRow]:
    """Save the rows that are new, and return all customers as they are stored then."""
    new = [row for row, is_new in rows if is_new]
    kept: dict[str, LeadRow] = {name: stored[name] for name in stored.keys() - {row[CUSTOMER_ID] for row in new}}
    for synthetic in (False, True):
        part = [row for row in new if _is_synthetic(stored.get(row[CUSTOMER_ID])) is synthetic]
        if part:
            origin = {**source, "synthetic": synthetic}
            saved = ports.customers.save_rows(part, source=origin, saved_at=now)
            kept |= {str(row[CUSTOMER_ID]): row for row in saved}
    return [kept[row[CUSTOMER_ID]] for row, _ in rows if row[CUSTOMER_ID] in kept]


def _require_known(unknown: Sequence[AskedLead]) -> None:
    if unknown:
        raise LeadValidationError(
            f"The customer {unknown[0].customer_id} is not stored. Say what is known of them, or correct the id."
        )


def _is_synthetic(stored: LeadRow | None) -> bool:
    return stored is not None and bool(stored["synthetic"])
