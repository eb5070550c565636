"""Call lists, and who is on one."""

from collections.abc import Collection, Mapping
from typing import Protocol

from smartbank.core.call_lists import CallList, ListState


class CallListRepository(Protocol):
    """Call lists; a customer is on one running list at most, by a claim that only one list can have."""

    def begin(self, call_list: CallList) -> None:
        """Keep a list that is to be released; one of the same id stays as it is."""
        ...

    def find(self, list_id: str) -> CallList:
        """Return a list. Raises `NotFoundError`."""
        ...

    def recent(
        self, *, limit: int = 50, states: Collection[ListState] = tuple(ListState), before: str = ""
    ) -> list[CallList]:
        """Return the newest lists in some states, newest first; only older ones, where `before` names a list."""
        ...

    def in_state(self, state: ListState) -> list[CallList]:
        """Return the lists in a state, oldest first."""
        ...

    def hold_name(self, list_id: str, name: str) -> str:
        """Have a list that was begun hold a name, and return which list holds it: another one, where that is not over.

        Of several lists that ask at once one gets it.
        """
        ...

    def move(self, changed: CallList, *, seen: CallList) -> bool:
        """Put a list in the place of what was seen of it; False, and nothing changes, where it is another by now."""
        ...

    def claim(self, list_id: str, customer_ids: Collection[str]) -> Mapping[str, str]:
        """Claim customers for a list and return those another list has, each with that list's id. Safe to repeat."""
        ...

    def claimed(self) -> Mapping[str, str]:
        """Return every customer a list has claimed, with the list's id."""
        ...

    def holders(self, customer_ids: Collection[str]) -> Mapping[str, str]:
        """Return those of some customers a list has claimed, with the list's id; meant for a page of them."""
        ...

    def forget_customer(self, customer_id: str) -> bool:
        """Give up the claim on a customer, whichever list has it; whether one had."""
        ...

    def free(self, list_id: str) -> int:
        """Give up every claim of a list, and return how many there were."""
        ...
