"""The check of a rule book before it is saved: every value in its range, every segment one that can be."""

from typing import Final

from smartbank.core.call_rules import CallRule, RuleBook, RuleKind
from smartbank.core.fields import FIELD, LEAD_FIELDS
from smartbank.errors import SettingsError

MOST_DAYS: Final = 3_650
MOST_CALLS: Final = 100
MOST_SEGMENTS: Final = 50
NAME_CHARACTERS: Final = 60
SEGMENT_FIELDS: Final = ("age", *(field.name for field in LEAD_FIELDS if field.kind == "category"))
"""What a segment may look at."""
_MINUTES: Final = 24 * 60
_STEP: Final = 15
"""Minutes the calling hours may begin and end at."""


def validate_rules(book: RuleBook) -> RuleBook:
    """Return the rule book if every rule is allowed.

    Raises
    ------
    SettingsError
        Says in a sentence for each bad value what it may be.
    """
    faults = [fault for rule in book.rules for fault in _faults(rule)] + _hours_faults(book)
    names = [rule.name.casefold() for rule in book.rules if rule.kind is RuleKind.SEGMENT]
    if len(names) > len(set(names)):
        faults.append("Two segments have the same name: give each one of its own.")
    if len(names) > MOST_SEGMENTS:
        faults.append(f"There may be {MOST_SEGMENTS} segments at most: remove one first.")
    if faults:
        raise SettingsError(" ".join(faults))
    return book


def _faults(rule: CallRule) -> list[str]:
    faults = []
    if rule.kind in (RuleKind.SUBSCRIBED, RuleKind.COOL_DOWN, RuleKind.ATTEMPTS) and not 1 <= rule.days <= MOST_DAYS:
        faults.append(f"The days of a rule must be 1 to {MOST_DAYS:,}.")
    if rule.kind is RuleKind.ATTEMPTS and not 1 <= rule.limit <= MOST_CALLS:
        faults.append(f"A customer may be called 1 to {MOST_CALLS} times.")
    return faults + (_segment_faults(rule) if rule.kind is RuleKind.SEGMENT else [])


def _segment_faults(rule: CallRule) -> list[str]:
    if not rule.name.strip() or len(rule.name) > NAME_CHARACTERS or not rule.name.isprintable():
        return [f"A segment needs a name of up to {NAME_CHARACTERS} characters on one line."]
    if rule.segment_field not in SEGMENT_FIELDS:
        return [f"{rule.name}: choose what the segment looks at."]
    if rule.segment_field == "age":
        lowest, highest = int(FIELD["age"].low), int(FIELD["age"].high)
        if not lowest <= rule.low <= rule.high <= highest:
            return [f"{rule.name}: the ages must be {lowest} to {highest}, the lower one first."]
        return []
    if not rule.values or not set(rule.values) <= set(FIELD[rule.segment_field].levels):
        return [f"{rule.name}: choose at least one of its values."]
    return []


def _hours_faults(book: RuleBook) -> list[str]:
    hours = book.hours
    faults = []
    if not hours.weekdays or not set(hours.weekdays) <= set(range(7)):
        faults.append("Choose at least one day of the week to call.")
    if not 0 <= hours.opens < hours.closes <= _MINUTES:
        faults.append("Calls must begin before they end, on the same day.")
    if hours.opens % _STEP or hours.closes % _STEP:
        faults.append("Calls must begin and end at a whole quarter of an hour, such as 09:15.")
    return faults
