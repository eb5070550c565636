"""Whom a program's request leaves out: who must not be called, and those the rules on calling keep from it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from smartbank.core.consent import STATE_NAMES, barred_states, consent_state_of_row
from smartbank.core.exclusion import rule_words
from smartbank.core.fields import CUSTOMER_ID
from smartbank.core.lead_rows import LeadRow
from smartbank.core.people import Actor, Right
from smartbank.core.ports import CustomerRepository, OutcomeRepository
from smartbank.services.call_rules import ruled_out_rows
from smartbank.services.rules_in_force import RulesInForce
from smartbank.services.settings_in_force import SettingsInForce

DO_NOT_CALL: Final = "consent"
"""The rule that leaves out who must not be called; the others are those of the rule book."""


@dataclass(frozen=True)
class LeftOut:
    """Why somebody was not scored: the id of the rule, and a sentence about the customer."""

    rule: str
    sentence: str


def left_out(
    leads: Sequence[LeadRow],
    *,
    rules: RulesInForce,
    outcomes: OutcomeRepository,
    settings: SettingsInForce,
    now: datetime,
) -> dict[str, LeftOut]:
    """Return by customer who is not scored, and why."""
    book = rules.current()
    words = {rule.rule_id: rule_words(rule) for rule in book.rules}
    ruled_out = zip(leads, ruled_out_rows(leads, book=book, outcomes=outcomes, now=now), strict=True)
    return {
        str(lead[CUSTOMER_ID]): LeftOut(rule, f"Left out by a rule on calling: {words[rule]}.")
        for lead, rule in ruled_out
        if rule
    } | _barred(leads, settings)


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
    return _barred(customers.load_rows(list(customer_ids)), settings)


def _barred(leads: Sequence[LeadRow], settings: SettingsInForce) -> dict[str, LeftOut]:
    """Return by customer who must not be called, and why."""
    barred = barred_states(require_consent=settings.current().require_consent)
    states = ((lead, consent_state_of_row(lead)) for lead in leads)
    return {
        str(lead[CUSTOMER_ID]): LeftOut(DO_NOT_CALL, f"This customer {STATE_NAMES[state]}, so there is no score.")
        for lead, state in states
        if state in barred
    }
