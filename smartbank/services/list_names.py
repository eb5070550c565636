"""Names of call lists: no two that are not over have the same one."""

from collections.abc import Collection
from itertools import count

from smartbank.core.call_lists import CallList, ListState
from smartbank.core.people import Actor, Right
from smartbank.core.ports import CallListRepository
from smartbank.errors import ListConstraintError


def names_in_use(*, by: Actor, lists: CallListRepository) -> set[str]:
    """Return the names another list cannot have, as `plain_name` writes them: those of lists that are not over."""
    by.require(Right.SEE_LEADS)
    return set(_named(lists))


def lists_holding(customer_ids: Collection[str], *, by: Actor, lists: CallListRepository) -> dict[str, str]:
    """Return those of some customers who are on a list that is not over, with the list's name; for a page of them."""
    by.require(Right.SEE_LEADS)
    held = lists.holders(customer_ids)
    names = {each.list_id: each.request.name for each in _named(lists).values()} if held else {}
    return {customer: names[list_id] for customer, list_id in held.items() if list_id in names}


def free_name(wanted: str, in_use: Collection[str]) -> str:
    """Return the name that is wanted, or one with a number behind that is free: "List of 3 May 2026 (2)"."""
    numbered = (f"{wanted} ({number})" if number > 1 else wanted for number in count(1))
    return next(name for name in numbered if plain_name(name) not in in_use)


def plain_name(name: str) -> str:
    """Return what two names have in common that are taken for one."""
    return name.strip().casefold()


def require_free_name(name: str, *, lists: CallListRepository) -> None:
    """Raise `ListConstraintError` where a list that is not over has a name; says whose."""
    if other := _named(lists).get(plain_name(name)):
        raise _taken(other)


def hold_name(call_list: CallList, *, lists: CallListRepository) -> None:
    """Have a list that was begun hold its name; raise as `require_free_name` does where another was first."""
    holder = lists.hold_name(call_list.list_id, plain_name(call_list.request.name))
    if holder != call_list.list_id:
        raise _taken(lists.find(holder))


def _taken(other: CallList) -> ListConstraintError:
    return ListConstraintError(
        f"{other.created_by} has a running list of the name “{other.request.name}” already. Give this one another "
        "name, so that nobody takes one for the other."
    )


def _named(lists: CallListRepository) -> dict[str, CallList]:
    there = [*lists.in_state(ListState.RELEASING), *lists.in_state(ListState.RELEASED)]
    return {plain_name(each.request.name): each for each in there}
