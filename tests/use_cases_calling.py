"""Use cases around whom and when to call, for the walks over roles."""

from dataclasses import replace

from smartbank.core.call_rules import RuleBook
from smartbank.core.people import Right
from smartbank.services import call_rules, left_out, rule_counts
from tests.use_cases import RUN, UseCase, see


def changed_rules(world, actor):
    book = world.services.rules.current()
    rule = book.rule("cool_down")
    changed = book.with_rule(replace(rule, days=rule.days + 1))
    return call_rules.change_rules(changed, **world.ports("rules"), **world.about(actor))


CALLING = [
    see(call_rules.rules_in_force, Right.SEE_LEADS, lambda w, a: call_rules.rules_in_force(by=a, **w.ports("rules"))),
    see(call_rules.rules_history, Right.SEE_ADMIN, lambda w, a: call_rules.rules_history(5, by=a, **w.ports("rules"))),
    see(
        call_rules.rule_against,
        Right.SEE_CUSTOMER,
        lambda w, a: call_rules.rule_against("lead-1", by=a, now=w.clock, **w.ports("customers", "rules", "outcomes")),
    ),
    UseCase(call_rules.change_rules, Right.CHANGE_SETTINGS, changed_rules),
    see(
        rule_counts.count_left_out,
        Right.SEE_ADMIN,
        lambda w, a: rule_counts.count_left_out(
            RuleBook(), by=a, require_consent=False, now=w.clock, **w.ports("customers", "outcomes")
        ),
    ),
    see(left_out.left_out, Right.SEE_LEADS, lambda w, a: left_out.left_out(w.done[RUN], by=a, **w.ports("frames"))),
]
