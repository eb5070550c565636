"""Use cases: change the rules on calling, see them, and find whom they leave out now."""

from collections.abc import Sequence
from datetime import datetime

import pandas as pd

from smartbank.core.audit import AuditAction
from smartbank.core.call_rules import CallRule, RuleBook, RuleChange, changed_rules
from smartbank.core.exclusion import contacts_since, excluded, excluded_rows
from smartbank.core.fields import CUSTOMER_ID
from smartbank.core.lead_rows import LeadRow
from smartbank.core.people import Actor, Right
from smartbank.core.ports import AuditLog, CustomerRepository, OutcomeRepository, RuleBookRepository
from smartbank.core.rule_checks import validate_rules
from smartbank.services.auditing import audited


def rules_in_force(*, by: Actor, rules: RuleBookRepository) -> RuleBook:
    """Return the rules on calling as they are now."""
    by.require(Right.SEE_LEADS)
    return rules.current()


def change_rules(
    changed: RuleBook, *, by: Actor, rules: RuleBookRepository, audit: AuditLog, now: datetime
) -> RuleBook:
    """Save a changed rule book, which carries the version it was changed from, and return it with its new version.

    One that says what is in force already is not saved again.

    Raises
    ------
    ForbiddenError
        The role may not change settings.
    SettingsError
        A rule is not allowed; says which.
    ConflictError
        Somebody else changed the rules since; says who. Nothing is saved.
    """
    with audited(AuditAction.CHANGE_RULES, "rules", by=by, audit=audit, now=now) as said:
        by.require(Right.CHANGE_SETTINGS)
        validate_rules(changed)
        before = rules.current()
        ids = changed_rules(before, changed)
        said.details |= {"changed": ids}
        saved = rules.save(changed, by=by.username, at=now) if ids or changed.version != before.version else before
        said.object_id = str(saved.version)
        said.details |= {"before": _kept(before, ids), "after": _kept(saved, ids)}
        return saved


def rules_history(limit: int, *, by: Actor, rules: RuleBookRepository) -> list[RuleChange]:
    """Return the newest versions of the rules with who saved them and when, newest first."""
    by.require(Right.SEE_ADMIN)
    return rules.history(limit)


class Exclusion:
    """The rules as they stand at one moment, with the bank's own calls they look at, for many leads."""

    def __init__(self, *, rules: RuleBookRepository, outcomes: OutcomeRepository, now: datetime) -> None:
        self.book = rules.current()
        self._now = now
        self._contacts = outcomes.contacts(contacts_since(self.book, now))

    def of(self, leads: pd.DataFrame) -> "pd.Series[str]":
        """Return the id of the rule that leaves each lead out, empty text for none; see `core.exclusion.excluded`."""
        return excluded(leads, self._contacts, book=self.book, now=self._now)


def ruled_out_rows(
    leads: Sequence[LeadRow], *, book: RuleBook, outcomes: OutcomeRepository, now: datetime
) -> list[str]:
    """Return the id of the rule that leaves each of a few leads out, empty text for none, in their order."""
    calls = outcomes.contact_rows(contacts_since(book, now), of=[str(lead[CUSTOMER_ID]) for lead in leads])
    return excluded_rows(leads, calls, book=book, now=now)


def rule_against(
    customer_id: str,
    *,
    by: Actor,
    customers: CustomerRepository,
    rules: RuleBookRepository,
    outcomes: OutcomeRepository,
    now: datetime,
) -> CallRule | None:
    """Return the rule on calling that keeps a call from a customer now; None for none, and for who is not stored."""
    by.require(Right.SEE_CUSTOMER)
    book, lead = rules.current(), customers.load_rows([customer_id])
    (found,) = ruled_out_rows(lead, book=book, outcomes=outcomes, now=now) or [""]
    return next((rule for rule in book.rules if rule.rule_id == found), None)


def _kept(book: RuleBook, ids: list[str]) -> list[dict[str, object]]:
    values = book.to_json()
    kept = [rule for rule in values["rules"] if rule["rule_id"] in ids]
    return kept + ([values["hours"]] if "hours" in ids else [])
