"""Who is kept off a list, said in a line: by consent, rule, and whose other list."""

from collections.abc import Iterable, Mapping

from smartbank.core.call_lists import NO_NUMBER, SYNTHETIC, ListFigures, list_of_reason
from smartbank.core.consent import STATE_NAMES, ConsentState
from smartbank.core.exclusion import rule_words
from smartbank.core.people import Actor
from smartbank.core.taken import replaced_words
from smartbank.errors import NotFoundError
from smartbank.services.call_lists import find_list
from smartbank.services.call_rules import rules_in_force
from smartbank.ui.resources import services
from smartbank.ui.text import count, plain


def left_off_steps(left_out: Mapping[str, int], actor: Actor) -> list[str]:
    """Return how many each reason keeps off: "37 objected to calls", "112 on the list “Monday” of ben"."""
    words = left_off_words(left_out, actor)
    return [f"{count(number)} {words[reason]}" for reason, number in left_out.items()]


def taken_words(figures: ListFigures, actor: Actor) -> str:
    """Return how many customers of a plan came on which other list before it was released, and who came instead."""
    taken = sum(figures.taken.values())
    where = [f"{count(number)} {_on_list(list_id, actor)}" for list_id, number in figures.taken.items()]
    return (
        f"Not all are on it who were on the plan: before it was released, {count(taken)} of them came on another list "
        f"({', '.join(where)}). {replaced_words(taken, figures.replaced)}"
    )


def left_off_words(reasons: Iterable[str], actor: Actor) -> dict[str, str]:
    """Return in words what keeps customers off a list, by reason."""
    book = rules_in_force(by=actor, rules=services().rules)
    words = {
        **{str(state): STATE_NAMES[state] for state in ConsentState},
        **{rule.rule_id: rule_words(rule) for rule in book.rules},
        SYNTHETIC: "made-up demo customers",
        NO_NUMBER: "without a phone number",
    }
    return {
        reason: _on_list(list_of_reason(reason), actor) or words.get(reason, "left out by a rule") for reason in reasons
    }


def _on_list(list_id: str, actor: Actor) -> str:
    if not list_id:
        return ""
    try:
        found = find_list(list_id, by=actor, lists=services().lists)
    except NotFoundError:
        return "on another list"
    return f"on the list “{plain(found.request.name)}” of {plain(found.created_by)}"
