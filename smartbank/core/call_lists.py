"""A call list: what a manager asked for, what was released, and where it stands."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from smartbank.core.assignment import Assignment
from smartbank.core.capacity import Capacity
from smartbank.core.fair_list import ShareBounds
from smartbank.core.fairness import FAIRNESS_FIELDS
from smartbank.core.hand_over import HandOver, hand_over_from
from smartbank.core.hold_out import HoldOut
from smartbank.core.list_plan import Objective
from smartbank.core.market.points import MarketPoint, stored_point
from smartbank.errors import ListConstraintError

NAME_CHARACTERS: Final = 60
MOST_ATTEMPTS: Final = 10
MOST_DAYS_TO_WAIT: Final = 365


class ListState(StrEnum):
    """Where a list stands: it is released once, and ends once."""

    RELEASING = "releasing"
    RELEASED = "released"
    ENDED = "ended"
    FAILED = "failed"
    REMOVED = "removed"
    """Its customers were made up, and the demo data was removed."""

    @property
    def is_over(self) -> bool:
        """Whether nobody is called for the list any more, so that its customers and its name are free."""
        return self not in (ListState.RELEASING, ListState.RELEASED)

    @property
    def is_running(self) -> bool:
        """Whether customers of the list may be called for it."""
        return self is ListState.RELEASED


@dataclass(frozen=True)
class ListRequest:
    """What a manager asks for: a list is made from it, and could be made from it again.

    Attributes
    ----------
    run_id : str
        The ranked leads it is drawn from.
    seed : str
        Of the hold-out's draws.
    agents : tuple of str
        Users who call; empty where the calls are made outside of SmartBank.
    share_field, bounds : str, mapping
        One of `FAIRNESS_FIELDS`, whose groups have a least or a largest share, and these shares; empty for none.
    attempts : int
        How often a customer is called for this list who does not answer.
    wait_days : int
        After so many days a customer without a yes or no counts as declined.
    only_with_number : bool
        Whether customers without a phone number are kept off the list.
    """

    run_id: str
    name: str
    capacity: Capacity
    seed: str
    objective: Objective = Objective.SALES
    hold_out: HoldOut = field(default_factory=HoldOut)
    agents: tuple[str, ...] = ()
    assignment: Assignment = Assignment.EVEN_SALES
    share_field: str = ""
    bounds: Mapping[str, ShareBounds] = field(default_factory=dict)
    attempts: int = 3
    wait_days: int = 30
    only_with_number: bool = False

    def __post_init__(self) -> None:
        name = self.name.strip()
        if not name or len(name) > NAME_CHARACTERS or not name.isprintable():
            raise ListConstraintError(f"Give the list a name of up to {NAME_CHARACTERS} characters, on one line.")
        if not 1 <= self.attempts <= MOST_ATTEMPTS:
            raise ListConstraintError(f"A customer is called 1 to {MOST_ATTEMPTS} times for a list.")
        if not 1 <= self.wait_days <= MOST_DAYS_TO_WAIT:
            raise ListConstraintError(f"A list waits 1 to {MOST_DAYS_TO_WAIT} days for an outcome.")
        if self.bounds and self.share_field not in FAIRNESS_FIELDS:
            raise ListConstraintError("Shares are of groups by age, marital status or job. Choose one of these.")
        if self.agents and len(self.agents) != self.capacity.agents:
            raise ListConstraintError("The hours are those of the agents chosen: plan again with as many agents.")

    def to_json(self) -> dict[str, Any]:
        """Return plain values, as they are kept."""
        plain = {**asdict(self), "objective": str(self.objective), "assignment": str(self.assignment)}
        return {**plain, "agents": list(self.agents), "bounds": [[name, b.least, b.most] for name, b in self._bounds()]}

    def _bounds(self) -> list[tuple[str, ShareBounds]]:
        return sorted(self.bounds.items())


def request_from(values: Mapping[str, Any]) -> ListRequest:
    """Return the request that `ListRequest.to_json` wrote."""
    known = {each.name: values[each.name] for each in fields(ListRequest) if each.name in values}
    return ListRequest(
        **known
        | {
            "capacity": Capacity(**values["capacity"]),
            "hold_out": HoldOut(**values["hold_out"]),
            "objective": Objective(values["objective"]),
            "assignment": Assignment(values["assignment"]),
            "agents": tuple(values["agents"]),
            "bounds": {name: ShareBounds(least, most) for name, least, most in values["bounds"]},
        }
    )


@dataclass(frozen=True)
class ListGround:
    """What the propensities of a list stand on, for its outcomes and its export.

    Attributes
    ----------
    base_rate, base_rate_market, correction : float, MarketPoint or None, float
        As in `Outcome`.
    market_date : str
        "2026-10", the month of the market it was scored in.
    cost_of_call, value_of_sale, currency : float, float, str
        As they were when the list was released.
    """

    model_version: str
    base_rate: float
    correction: float
    market_date: str
    cost_of_call: float
    value_of_sale: float
    currency: str
    settings_version: int
    rules_version: int
    base_rate_market: MarketPoint | None = None


@dataclass(frozen=True)
class ListFigures:
    """What was released: counted, expected, and left out.

    Attributes
    ----------
    called, control, exploration : int
        Entries by role; `called` has the exploration in it.
    expected_sales, sales_low, sales_high : float, int, int
        Of the calls, with the interval a list is planned with: `PLAN_COVERAGE`, and for `level_error`.
    random_sales : float
        Expected of as many calls at random.
    left_out : mapping of str to int
        Ranked leads who could not come on the list, by reason: a `ConsentState`, the id of a rule, `SYNTHETIC`,
        `NO_NUMBER`, or the list they are on, as `on_list` names it.
    data_hash : str
        SHA-256 of the entries, in hex; see `core.list_entries.data_hash`.
    without_number : int
        Of those called, who have no phone number.
    level_error : float or None
        Root mean square error of a month's level, in log-odds; None where the interval takes the level as right, as in
        lists of before.
    taken : mapping of str to int
        Of the customers of the plan as it was looked at, how many came on another list before this one was released, by
        that list's id.
    replaced : int
        How many others came on in their place.
    """

    called: int
    control: int
    exploration: int
    expected_sales: float
    sales_low: int
    sales_high: int
    random_sales: float
    left_out: Mapping[str, int] = field(default_factory=dict)
    data_hash: str = ""
    without_number: int = 0
    level_error: float | None = None
    taken: Mapping[str, int] = field(default_factory=dict)
    replaced: int = 0

    @property
    def on_other_lists(self) -> int:
        """Ranked leads who are on another list."""
        return sum(number for reason, number in self.left_out.items() if list_of_reason(reason))


SYNTHETIC: Final = "synthetic"
NO_NUMBER: Final = "no number"
_ON_LIST: Final = "on list "


def on_list(list_id: str) -> str:
    """Return the reason that keeps off whoever is on another list."""
    return f"{_ON_LIST}{list_id}"


def list_of_reason(reason: str) -> str:
    """Return the list a customer is on by a reason of `on_list`; empty for any other reason."""
    return reason.removeprefix(_ON_LIST) if reason.startswith(_ON_LIST) else ""


@dataclass(frozen=True)
class CallList:
    """A list from the moment somebody releases it.

    Attributes
    ----------
    list_id : str
        That of the work that releases it.
    ground, figures, released_at : ListGround or None, ListFigures or None, datetime or None
        None until it is released.
    bank_data_until : datetime or None
        Up to when the bank's own sales of customers who were not called are brought in, as somebody said.
    handed_over : tuple of HandOver
        What changed of who calls, oldest first.
    """

    list_id: str
    request: ListRequest
    created_by: str
    created_at: datetime
    state: ListState = ListState.RELEASING
    released_at: datetime | None = None
    ground: ListGround | None = None
    figures: ListFigures | None = None
    ended_by: str = ""
    ended_at: datetime | None = None
    bank_data_until: datetime | None = None
    handed_over: tuple[HandOver, ...] = ()

    @property
    def handed_over_at(self) -> datetime | None:
        """When calls were handed over last; None for never."""
        return self.handed_over[-1].at if self.handed_over else None

    @property
    def callers(self) -> tuple[str, ...]:
        """Everybody who has or had calls of the list, each once."""
        return tuple(dict.fromkeys([*self.request.agents, *(name for each in self.handed_over for name in each.to)]))

    def to_json(self) -> dict[str, Any]:
        """Return values a database keeps."""
        return {
            **{name: getattr(self, name) for name in _PLAIN},
            "state": str(self.state),
            "request": self.request.to_json(),
            "ground": asdict(self.ground) if self.ground else None,
            "figures": _figures(self.figures) if self.figures else None,
            "handed_over": [each.to_json() for each in self.handed_over],
            "handed_over_at": self.handed_over_at,
        }


_PLAIN: Final = (
    *("list_id", "created_by", "created_at", "released_at"),
    *("ended_by", "ended_at", "bank_data_until"),
)


def _figures(figures: ListFigures) -> dict[str, Any]:
    by_name = {"left_out": figures.left_out, "taken": figures.taken}
    return asdict(figures) | {field: [list(each) for each in sorted(by.items())] for field, by in by_name.items()}


def list_from(values: Mapping[str, Any]) -> CallList:
    """Return the list that `CallList.to_json` wrote."""
    ground, figures = values["ground"], values["figures"]
    point = (ground or {}).get("base_rate_market")
    return CallList(
        **{name: values[name] for name in _PLAIN},
        state=ListState(values["state"]),
        request=request_from(values["request"]),
        ground=ListGround(**ground | {"base_rate_market": None if point is None else stored_point(point)})
        if ground
        else None,
        figures=ListFigures(
            **figures | {"left_out": dict(figures["left_out"]), "taken": dict(figures.get("taken", []))}
        )
        if figures
        else None,
        handed_over=tuple(map(hand_over_from, values.get("handed_over", []))),
    )
