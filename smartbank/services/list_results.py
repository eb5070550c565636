"""Use cases: choose released lists, and see what came of their entries so far."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from smartbank.core.call_lists import CallList, ListState
from smartbank.core.fields import CUSTOMER_ID
from smartbank.core.hand_over import HandOver, counted_with
from smartbank.core.hold_out import Role
from smartbank.core.list_entries import list_owner
from smartbank.core.list_results import RESULT_COLUMNS
from smartbank.core.outcomes import Outcome, decisive_outcomes
from smartbank.core.people import Actor, Right
from smartbank.core.ports import CallListRepository, FrameStore, OutcomeRepository

_READ: Final = (CUSTOMER_ID, "place", "role", "propensity", "band", "agent")


@dataclass(frozen=True)
class ListChoice:
    """Which released lists to look at; all of them, unless something is asked for.

    Attributes
    ----------
    released_from, released_to : date or None
        First and last day of their release, in the bank's time zone.
    agent : str
        Who is to have calls on them; the lists are whole all the same.
    list_id : str
        One list.
    """

    released_from: date | None = None
    released_to: date | None = None
    agent: str = ""
    list_id: str = ""


@dataclass(frozen=True, eq=False)
class ListResults:
    """What came of lists as of a moment.

    Attributes
    ----------
    entries : DataFrame
        `RESULT_COLUMNS` of all lists together.
    days_worked : int
        Days in the bank's time zone on which somebody was called for one of them.
    bank_data : mapping of str to datetime or None
        For each list in `entries`, up to when the bank's own sales of customers who were not called are known: as
        somebody said, or by the newest such sale; None where nobody said and there is none.
    gone : int
        Lists whose entries are no longer kept.
    at : datetime
        All figures are as of then.
    """

    entries: pd.DataFrame
    days_worked: int
    bank_data: Mapping[str, datetime | None]
    gone: int
    at: datetime

    @property
    def one_sided(self) -> list[str]:
        """Lists with customers who were not called of whom nobody knows whether they bought: no comparison yet."""
        held_out = self.entries.loc[self.entries["role"] == Role.CONTROL, "list_id"].unique().tolist()
        return [list_id for list_id in held_out if self.bank_data[list_id] is None]

    @property
    def two_sided(self) -> pd.DataFrame:
        """The entries of all other lists: what calling brought is judged by these."""
        return self.entries[~self.entries["list_id"].isin(self.one_sided)]


def released_lists(choice: ListChoice, *, by: Actor, lists: CallListRepository, time_zone: str) -> list[CallList]:
    """Return the lists chosen among those that were released, newest first, ended ones included."""
    by.require(Right.SEE_LEADS)
    released = [each for state in (ListState.RELEASED, ListState.ENDED) for each in lists.in_state(state)]
    chosen = [each for each in released if _is_chosen(each, choice, ZoneInfo(time_zone))]
    return sorted(chosen, key=lambda each: (_released_at(each), each.list_id), reverse=True)


def list_results(
    call_lists: Sequence[CallList],
    *,
    by: Actor,
    frames: FrameStore,
    outcomes: OutcomeRepository,
    time_zone: str,
    now: datetime,
) -> ListResults:
    """Return what came of lists so far; `released_lists` finds them."""
    by.require(Right.SEE_LEADS)
    zone, parts, days = ZoneInfo(time_zone), [], set[date]()
    bank_data: dict[str, datetime | None] = {}
    for call_list in call_lists:
        list_id = call_list.list_id
        entries = frames.load(list_owner(list_id), columns=list(_READ))
        if entries.empty:
            continue
        made = [each for each in outcomes.of_list(list_id) if each.at <= now]
        parts.append(results_of(list_id, entries, made, handed_over=call_list.handed_over))
        days |= {each.at.astimezone(zone).date() for each in made if _is_made(each)}
        bank_data[list_id] = max(filter(None, [bank_data_until(made), call_list.bank_data_until]), default=None)
    frame = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=list(RESULT_COLUMNS))
    return ListResults(frame, len(days), bank_data, len(call_lists) - len(parts), now)


def results_of(
    list_id: str, entries: pd.DataFrame, outcomes: Sequence[Outcome], *, handed_over: Sequence[HandOver] = ()
) -> pd.DataFrame:
    """Return the entries of a list as `RESULT_COLUMNS`.

    Each stands by its decisive outcome, as on the list itself. A sale in the bank's own data is no call: who has
    nothing else was called 0 times, held out or not.

    Parameters
    ----------
    entries : DataFrame
        Of the list, as they were released.
    outcomes : sequence of Outcome
        Of the list, in the order they were made; those of customers who are not among the entries count for nothing.
    handed_over : sequence of HandOver
        What changed of who calls, oldest first.
    """
    decisive = decisive_outcomes(outcomes)
    said = {customer_id: each.outcome.value for customer_id, each in decisive.items()}
    assumed = {each.customer_id: each.assumed for each in outcomes if not _is_bank_data(each)}
    calls = Counter(each.customer_id for each in outcomes if _is_made(each))
    ids = entries[CUSTOMER_ID].tolist()
    agents = counted_with(entries, decisive, handed_over)
    frame = pd.DataFrame(
        {
            "list_id": list_id,
            CUSTOMER_ID: ids,
            "role": entries["role"].astype("str").to_numpy(),
            "propensity": entries["propensity"].to_numpy(dtype=np.float64),
            "band": entries["band"].astype("str").to_numpy(),
            "agent": agents.where(agents != "").to_numpy(),
            "outcome": pd.Series([said.get(each) for each in ids], dtype="str"),
            "calls": np.array([calls[each] for each in ids], dtype=np.int64),
            "assumed": np.array([assumed.get(each, False) for each in ids], dtype=bool),
        }
    )
    return frame[list(RESULT_COLUMNS)]


def bank_data_until(outcomes: Sequence[Outcome]) -> datetime | None:
    """Return the newest sale without a call that the bank's own data brought; None where there is none."""
    return max((each.at for each in outcomes if _is_bank_data(each)), default=None)


def _is_bank_data(outcome: Outcome) -> bool:
    return not outcome.is_call and not outcome.assumed


def _is_made(outcome: Outcome) -> bool:
    return outcome.is_call and not outcome.assumed


def _is_chosen(call_list: CallList, choice: ListChoice, zone: ZoneInfo) -> bool:
    day = _released_at(call_list).astimezone(zone).date()
    return (
        (choice.released_from is None or day >= choice.released_from)
        and (choice.released_to is None or day <= choice.released_to)
        and (not choice.agent or choice.agent in call_list.callers)
        and (not choice.list_id or choice.list_id == call_list.list_id)
    )


def _released_at(call_list: CallList) -> datetime:
    return call_list.released_at or call_list.created_at
