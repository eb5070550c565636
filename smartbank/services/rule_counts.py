"""Use case: how many stored customers the rules on calling would leave out now."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from smartbank.core.call_rules import RuleBook
from smartbank.core.consent import barred_states, consent_states
from smartbank.core.customers import CustomerQuery
from smartbank.core.exclusion import contacts_since, excluded
from smartbank.core.people import Actor, Right
from smartbank.core.ports import CustomerRepository, OutcomeRepository
from smartbank.core.rule_checks import validate_rules

_CHUNK_ROWS: Final = 10_000


@dataclass(frozen=True)
class RuleCounts:
    """How many stored customers may be called, and how many not.

    Attributes
    ----------
    stored : int
        All of them, synthetic ones included.
    barred : mapping of str to int
        Those who must not be called, by `ConsentState`.
    ruled_out : mapping of str to int
        Those a rule leaves out, by its id; who falls under several is counted under the first one.
    """

    stored: int
    barred: Mapping[str, int]
    ruled_out: Mapping[str, int]

    @property
    def left(self) -> int:
        """How many may be called."""
        return self.stored - sum(self.barred.values()) - sum(self.ruled_out.values())


def count_left_out(
    book: RuleBook,
    *,
    by: Actor,
    require_consent: bool,
    customers: CustomerRepository,
    outcomes: OutcomeRepository,
    now: datetime,
) -> RuleCounts:
    """Return how many stored customers rules would leave out now, whether or not these are saved.

    Reads every customer: some seconds for 40,000.

    Raises
    ------
    SettingsError
        A rule is not allowed; says which.
    """
    by.require(Right.SEE_ADMIN)
    validate_rules(book)
    contacts = outcomes.contacts(contacts_since(book, now))
    ids = customers.ids(CustomerQuery())
    stored, barred, ruled_out = 0, Counter[str](), Counter[str]()
    for start in range(0, len(ids), _CHUNK_ROWS):
        leads = customers.load(ids[start : start + _CHUNK_ROWS])
        states = consent_states(leads)
        is_barred = states.isin(barred_states(require_consent=require_consent))
        rule_ids = excluded(leads[~is_barred], contacts, book=book, now=now)
        stored += len(leads)
        barred.update(states[is_barred])
        ruled_out.update(rule_ids[rule_ids != ""])
    return RuleCounts(stored, barred, ruled_out)
