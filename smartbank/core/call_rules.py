"""Rules on whom to call, beside consent: each has an id, can be switched off, and says whom it left out."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from smartbank.core.calling_hours import CallingHours, hours_from
from smartbank.core.wording import listed
from smartbank.errors import ConflictError


class RuleKind(StrEnum):
    """What a rule looks at; all but segments are there once, under the name of their kind."""

    SUBSCRIBED = "subscribed"
    WRONG_NUMBER = "wrong_number"
    CALL_BACK = "call_back"
    COOL_DOWN = "cool_down"
    ATTEMPTS = "attempts"
    SEGMENT = "segment"


@dataclass(frozen=True)
class CallRule:
    """A rule that leaves customers out before they are scored, and before they come on a list.

    Attributes
    ----------
    rule_id : str
        Stays the same as long as there is the rule: "cool_down", or "segment-3".
    name : str
        What a segment is called; empty for the others, whose kind says it.
    on : bool
        Whether it is applied.
    days : int
        Of `SUBSCRIBED` and `ATTEMPTS`, how long a sale and a call count; of `COOL_DOWN`, how long nobody calls again.
    limit : int
        Of `ATTEMPTS`, how many calls a customer may have had.
    segment_field : str
        Of `SEGMENT`, the category it looks at, or "age".
    values : tuple of str
        Of `SEGMENT` by category, whom it leaves out.
    low, high : int
        Of `SEGMENT` by age, whom it leaves out, both ends included.
    """

    rule_id: str
    kind: RuleKind
    name: str = ""
    on: bool = True
    days: int = 0
    limit: int = 0
    segment_field: str = ""
    values: tuple[str, ...] = ()
    low: int = 0
    high: int = 0


DEFAULT_RULES: Final = (
    CallRule("subscribed", RuleKind.SUBSCRIBED, days=365),
    CallRule("wrong_number", RuleKind.WRONG_NUMBER),
    CallRule("call_back", RuleKind.CALL_BACK),
    CallRule("cool_down", RuleKind.COOL_DOWN, days=3),
    CallRule("attempts", RuleKind.ATTEMPTS, limit=10, days=90),
)
"""In the order they are applied: who falls under several is counted under the first one."""


@dataclass(frozen=True)
class RuleBook:
    """All rules on calling, in one version.

    Attributes
    ----------
    version : int
        Number of the rule book; 0 are the defaults. A rule book to be saved carries the one it was changed from.
    rules : tuple of CallRule
        In the order they are applied.
    hours : CallingHours
        When the bank may call.
    """

    version: int = 0
    rules: tuple[CallRule, ...] = DEFAULT_RULES
    hours: CallingHours = field(default_factory=CallingHours)

    @property
    def in_force(self) -> tuple[CallRule, ...]:
        """The rules that are on."""
        return tuple(rule for rule in self.rules if rule.on)

    def rule(self, rule_id: str) -> CallRule | None:
        """Return a rule by its id; None where there is none."""
        return next((rule for rule in self.rules if rule.rule_id == rule_id), None)

    def with_rule(self, rule: CallRule) -> "RuleBook":
        """Return the rule book with a rule changed or, where its id is new, added."""
        if self.rule(rule.rule_id) is None:
            return replace(self, rules=(*self.rules, rule))
        return replace(self, rules=tuple(rule if each.rule_id == rule.rule_id else each for each in self.rules))

    def without(self, rule_id: str) -> "RuleBook":
        """Return the rule book without a rule."""
        return replace(self, rules=tuple(each for each in self.rules if each.rule_id != rule_id))

    def to_json(self) -> dict[str, Any]:
        """Return plain values, as they are kept."""
        rules = [asdict(rule) | {"kind": str(rule.kind), "values": list(rule.values)} for rule in self.rules]
        return {"version": self.version, "rules": rules, "hours": self.hours.to_json()}


@dataclass(frozen=True)
class RuleChange:
    """A saved version of the rule book: what it says, who saved it and when."""

    book: RuleBook
    by: str
    at: datetime


def book_from(values: Mapping[str, Any]) -> RuleBook:
    """Return the rule book that `RuleBook.to_json` wrote; what an earlier version did not know is as by default."""
    known = {field.name for field in fields(CallRule)}
    rules = [{name: value for name, value in rule.items() if name in known} for rule in values["rules"]]
    return RuleBook(
        int(values["version"]),
        tuple(
            CallRule(**rule | {"kind": RuleKind(rule["kind"]), "values": tuple(rule.get("values", ()))})
            for rule in rules
        ),
        hours_from(values.get("hours", {})),
    )


def new_segment_id(book: RuleBook) -> str:
    """Return the id of the next segment: one higher than any there is."""
    numbers = [int(rule.rule_id.partition("-")[2]) for rule in book.rules if rule.kind is RuleKind.SEGMENT]
    return f"segment-{max(numbers, default=0) + 1}"


def changed_rules(before: RuleBook, after: RuleBook) -> list[str]:
    """Return the ids of the rules that differ, those added and removed included, and "hours" where these do."""
    ids = dict.fromkeys(rule.rule_id for rule in (*before.rules, *after.rules))
    changed = [rule_id for rule_id in ids if before.rule(rule_id) != after.rule(rule_id)]
    return changed + (["hours"] if before.hours != after.hours else [])


def rules_conflict(seen: int, changes: list[RuleChange]) -> ConflictError:
    """Return the error for rules that were changed from version `seen`, by the history of versions, newest first."""
    who = listed(list(dict.fromkeys(change.by for change in changes if change.book.version > seen))) or "Somebody else"
    return ConflictError(
        f"{who} changed the rules meanwhile. Nothing of yours was saved. Look at them, then save again."
    )
