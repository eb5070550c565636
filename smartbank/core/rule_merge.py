"""Two people changed the rules at once: what both of them did, together."""

from dataclasses import replace
from typing import Final

from smartbank.core.call_rules import CallRule, RuleBook, new_segment_id
from smartbank.core.calling_hours import CallingHours

_BY_THEMSELVES: Final = ("name", "on", "days", "limit")
_TOGETHER: Final = ("segment_field", "values", "low", "high")
"""What a segment looks at; half of one and half of another would be a third."""
_HOURS: Final = ("weekdays", "opens", "closes", "on_holidays")


def merged_rules(seen: RuleBook, mine: RuleBook, current: RuleBook) -> RuleBook:
    """Return the rules in force with what one's own changed in them, under the version in force.

    Where both changed the same value, one's own holds: whoever merges has seen both. A rule that one's own changed and
    that is gone by now comes back; a segment that both added is two segments, each with an id of its own. Whether the
    outcome is allowed is not looked at.

    Parameters
    ----------
    seen : RuleBook
        What one's own were changed from.
    """
    merged = current
    for rule in mine.rules:
        before, now = seen.rule(rule.rule_id), current.rule(rule.rule_id)
        if rule == before:
            continue
        if before is None and now is not None:
            everything = RuleBook(rules=(*merged.rules, *mine.rules))
            merged = merged.with_rule(replace(rule, rule_id=new_segment_id(everything)))
        else:
            merged = merged.with_rule(rule if before is None or now is None else _both(before, rule, now))
    for rule in seen.rules:
        if mine.rule(rule.rule_id) is None:
            merged = merged.without(rule.rule_id)
    return replace(merged, hours=_both_hours(seen.hours, mine.hours, current.hours))


def _both(seen: CallRule, mine: CallRule, current: CallRule) -> CallRule:
    names = [name for name in _BY_THEMSELVES if getattr(mine, name) != getattr(seen, name)]
    if any(getattr(mine, name) != getattr(seen, name) for name in _TOGETHER):
        names += _TOGETHER
    return replace(current, **{name: getattr(mine, name) for name in names})


def _both_hours(seen: CallingHours, mine: CallingHours, current: CallingHours) -> CallingHours:
    names = [name for name in _HOURS if getattr(mine, name) != getattr(seen, name)]
    return replace(current, **{name: getattr(mine, name) for name in names})
