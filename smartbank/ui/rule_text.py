"""The rules on calling in words: their names, whom they leave out, and what somebody changed in them."""

from collections.abc import Sequence
from datetime import date
from typing import Final

from smartbank.core.call_rules import CallRule, RuleBook, RuleChange, RuleKind, changed_rules
from smartbank.core.calling_hours import WEEKDAYS, CallingHours
from smartbank.core.consent import STATE_NAMES, barred_states
from smartbank.core.fields import FIELD
from smartbank.core.wording import listed
from smartbank.ui.text import field_value, plural, when

HOURS: Final = "hours"
"""What `changed_rules` calls the calling hours."""
_NAMES: Final = {
    RuleKind.SUBSCRIBED: "Bought lately",
    RuleKind.WRONG_NUMBER: "Wrong number",
    RuleKind.CALL_BACK: "Waiting for a call-back",
    RuleKind.COOL_DOWN: "Called lately",
    RuleKind.ATTEMPTS: "Called often",
}
_RANGE: Final = 3
"""From so many days in a row on the first and the last are enough: "Monday to Friday"."""


def rule_name(rule: CallRule) -> str:
    """Return what a rule is called on the screen."""
    return _NAMES.get(rule.kind) or f"Segment {rule.name or 'without a name'}"


def rule_effect(rule: CallRule) -> str:
    """Return whom a rule leaves out while it is on, as a sentence with its numbers."""
    if rule.kind is RuleKind.SUBSCRIBED:
        return f"Whoever bought within the last {plural(rule.days, 'day')} is not called."
    if rule.kind is RuleKind.WRONG_NUMBER:
        return "Whoever has a wrong number is not called, until another number is brought in."
    if rule.kind is RuleKind.CALL_BACK:
        return "Whoever waits for a call-back gets that call, and none beside it."
    if rule.kind is RuleKind.COOL_DOWN:
        days = plural(rule.days, "day")
        return f"Whoever was called within the last {days}, by your bank or by what a file says, is not called."
    if rule.kind is RuleKind.ATTEMPTS:
        calls = f"{plural(rule.limit, 'time')} within {plural(rule.days, 'day')}"
        return f"Whoever was called {calls}, or as often in this campaign by what a file says, is not called again."
    return f"Not called: {segment_words(rule)}."


def segment_words(rule: CallRule) -> str:
    """Return whom a segment means: "Age 18 to 24", "Job: student, retired"."""
    label = FIELD[rule.segment_field].label
    if rule.segment_field == "age":
        return f"{label} {rule.low} to {rule.high}"
    levels = [field_value(rule.segment_field, value) for value in rule.values]
    return f"{label}: {', '.join(levels) or 'nobody yet'}"


def hours_words(hours: CallingHours) -> str:
    """Return when calls are made: "Monday to Friday, 09:00 to 20:00, not on public holidays"."""
    also = "also on public holidays" if hours.on_holidays else "not on public holidays"
    return f"{_days(hours.weekdays)}, {clock(hours.opens)} to {clock(hours.closes)}, {also}"


def clock(minutes: int) -> str:
    """Return minutes after midnight as "09:00"; the end of a day is "24:00"."""
    return f"{minutes // 60:02}:{minutes % 60:02}"


def short_day(day: date) -> str:
    """Return a day as "Tue 1 Dec"."""
    return f"{day:%a %-d %b}"


def fixed_rules(*, require_consent: bool) -> list[str]:
    """Return whom nobody may ever call, whatever the rules say, a phrase each: "whoever objected to calls"."""
    return [f"whoever {STATE_NAMES[state]}" for state in barred_states(require_consent=require_consent)]


def value_words(book: RuleBook, rule_id: str) -> str:
    """Return what a rule book says of a rule, or of the calling hours: "on, 3 days"; "none" for no such rule."""
    if rule_id == HOURS:
        return hours_words(book.hours)
    rule = book.rule(rule_id)
    if rule is None:
        return "none"
    said = {
        RuleKind.SUBSCRIBED: plural(rule.days, "day"),
        RuleKind.COOL_DOWN: plural(rule.days, "day"),
        RuleKind.ATTEMPTS: f"{plural(rule.limit, 'call')} within {plural(rule.days, 'day')}",
        RuleKind.SEGMENT: f"{rule.name}, {segment_words(rule)}" if rule.kind is RuleKind.SEGMENT else "",
    }.get(rule.kind, "")
    return ", ".join(filter(None, ["on" if rule.on else "off", said]))


def name_in(books: Sequence[RuleBook], rule_id: str) -> str:
    """Return what a rule is called in the first of some rule books that has it."""
    rules = [rule for rule in (book.rule(rule_id) for book in books) if rule is not None]
    return rule_name(rules[0]) if rules else "Calling hours"


def who_changed_what(seen: int, changes: Sequence[RuleChange]) -> str:
    """Return who changed which rules from version `seen` on, and when, by a history that is newest first."""
    said = [
        f"{change.by} changed {listed(_changed_names(before, change.book)) or 'the rules'} on {when(change.at)}"
        for change, before in _with_before(changes)
        if change.book.version > seen
    ]
    return f"{'; '.join(said) or 'Somebody else changed the rules'}. Nothing of yours was saved."


def change_words(changes: Sequence[RuleChange]) -> list[str]:
    """Return what each change of a history, newest first, did: "Called lately: on, 3 days → on, 5 days"."""
    return [
        "An earlier version is not shown"
        if before is None
        else "; ".join(
            f"{name_in((change.book, before), rule_id)}: "
            f"{value_words(before, rule_id)} → {value_words(change.book, rule_id)}"
            for rule_id in changed_rules(before, change.book)
        )
        for change, before in _with_before(changes)
    ]


def _with_before(changes: Sequence[RuleChange]) -> list[tuple[RuleChange, RuleBook | None]]:
    rest: list[RuleBook | None] = [change.book for change in changes[1:]]
    oldest = RuleBook() if changes and changes[-1].book.version == 1 else None
    return list(zip(changes, [*rest, oldest], strict=False))


def _changed_names(before: RuleBook | None, after: RuleBook) -> list[str]:
    if before is None:
        return []
    return [name_in((after, before), rule_id) for rule_id in changed_rules(before, after)]


def _days(weekdays: Sequence[int]) -> str:
    days = sorted(set(weekdays))
    names = [WEEKDAYS[day] for day in days]
    if len(names) == len(WEEKDAYS):
        return "Every day"
    in_a_row = len(days) >= _RANGE and days[-1] - days[0] == len(days) - 1
    return f"{names[0]} to {names[-1]}" if in_a_row else listed(names) or "On no day"
