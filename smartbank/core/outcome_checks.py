"""Whether rows of results fit a list and what is recorded of it: which are new, which are known, which are refused."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

import pandas as pd

from smartbank.core.call_lists import CallList
from smartbank.core.fields import CUSTOMER_ID
from smartbank.core.hold_out import Role
from smartbank.core.identity import MAX_ID
from smartbank.core.list_outcomes import Listed, listed, outcome_of
from smartbank.core.outcome_rows import OutcomeRow
from smartbank.core.outcomes import (
    LATEST_CALL_BACK,
    OPEN_OUTCOMES,
    OUTCOME_NAMES,
    Outcome,
    OutcomeKind,
    decisive_outcomes,
)

NOT_TO_BE_CALLED: Final = "The customer was not to be called: only a sale counts."
OBJECTION_HOLDS: Final = "The objection holds all the same."
_CLOCKS_DIFFER: Final = timedelta(minutes=2)


@dataclass(frozen=True)
class RefusedRow:
    """A row that is not recorded: its number in the file, the customer it names, and why.

    Attributes
    ----------
    objects : bool
        Whether the customer is stored and objects by it: that holds although the row is no outcome.
    """

    row: int
    customer: str
    why: str
    objects: bool = False

    @property
    def told(self) -> str:
        """Why it is not recorded, and what holds all the same."""
        return f"{self.why} {OBJECTION_HOLDS}" if self.objects else self.why


@dataclass(frozen=True)
class OutcomeReport:
    """What a file of results would change.

    Attributes
    ----------
    rows : int
        Rows of the file.
    new : tuple of Outcome
        Calls nobody recorded yet.
    corrections : tuple of Outcome
        Calls of customers of whom a no was assumed because the list's time was over.
    again : int
        Rows that are recorded already.
    refused : tuple of RefusedRow
        In the order of the file.
    unknown_agents : mapping of str to int
        Rows that would be recorded and name an agent who has and had no calls of the list, by the name in the file.
    """

    rows: int = 0
    new: tuple[Outcome, ...] = ()
    corrections: tuple[Outcome, ...] = ()
    again: int = 0
    refused: tuple[RefusedRow, ...] = ()
    notices: tuple[str, ...] = ()
    unknown_agents: Mapping[str, int] = field(default_factory=dict)

    @property
    def right(self) -> int:
        """Rows that would be recorded."""
        return len(self.new) + len(self.corrections)

    @property
    def objections(self) -> tuple[str, ...]:
        """Ids of customers who object by a row that would not be recorded."""
        return tuple(dict.fromkeys(each.customer for each in self.refused if each.objects))

    @property
    def by_outcome(self) -> Mapping[OutcomeKind, int]:
        """How many of them say what."""
        return Counter(each.outcome for each in (*self.new, *self.corrections))

    @property
    def without_call(self) -> int:
        """How many of them are sales to customers who were not to be called."""
        return sum(not each.is_call for each in self.new)

    @property
    def control_refused(self) -> int:
        """How many rows say that somebody was called who was not to be."""
        return sum(each.why == NOT_TO_BE_CALLED for each in self.refused)


class _Calls:
    """The calls to one customer: what is recorded, and what the file adds."""

    def __init__(self, recorded: Sequence[Outcome]) -> None:
        self.made = {each.attempt: each for each in recorded if not each.assumed}
        self.assumed = next((each for each in recorded if each.assumed), None)
        self.rows: dict[int, int] = {}

    def same(self, row: OutcomeRow) -> Outcome | None:
        """Return the call of the row's moment, or of its number."""
        at_once = (each for each in self.made.values() if each.at == row.at)
        return next(at_once, None) or (self.made.get(row.attempt) if row.attempt is not None else None)

    def number(self, row: OutcomeRow) -> int:
        return row.attempt if row.attempt is not None else max(self.made, default=0) + 1

    def refusal(self, row: OutcomeRow) -> str:
        stands = next(iter(decisive_outcomes(self.made.values()).values()), None)
        number, last = self.number(row), max(self.made, default=0)
        if number < 1:
            return "An attempt is 1 or more."
        if number > last + 1:
            return f"The attempts before number {number} are missing."
        if number == last + 1 and stands is not None and stands.outcome not in OPEN_OUTCOMES:
            return f"“{OUTCOME_NAMES[stands.outcome]}” is recorded already. Correct it there if it is wrong."
        return ""


def check_rows(
    rows: Sequence[OutcomeRow],
    *,
    call_list: CallList,
    entries: pd.DataFrame,
    recorded: Sequence[Outcome],
    stored: Collection[str],
    by: str,
    now: datetime,
) -> OutcomeReport:
    """Return what rows of a file would change of a list; the same file again changes nothing.

    Calls to one customer are taken in the order they were made. A row is known again by the moment of its call, or by
    its attempt where it says one. Who is stored and objects does so in a row that is refused, too.

    Parameters
    ----------
    entries : DataFrame
        Of the list, with `CUSTOMER_ID`, `rank`, `place`, `role`, `propensity`.
    recorded : sequence of Outcome
        Of the list.
    stored : collection of str
        Ids named in the rows, or on the list, of customers who are stored.
    by : str
        Who brings the file; a row may name an agent of the list instead.
    """
    on_list = listed(entries)
    by_rank = dict(zip(entries["rank"].tolist(), entries[CUSTOMER_ID].tolist(), strict=True))
    earlier: dict[str, list[Outcome]] = defaultdict(list)
    for outcome in recorded:
        earlier[outcome.customer_id].append(outcome)
    found = _Found(call_list, stored, by)
    for row in sorted(rows, key=lambda each: (each.at or now, each.row)):
        is_of_here = row.list_id in ("", call_list.list_id)
        named = replace(row, customer_id=row.customer_id or (by_rank.get(row.rank, "") if is_of_here else ""))
        entry = on_list.get(named.customer_id)
        why = next(_misfits(named, entry, call_list, is_stored=named.customer_id in stored, now=now), "")
        if why or entry is None:
            found.refuse(named, why)
        else:
            found.take(named, entry, earlier[named.customer_id])
    return found.report(len(rows))


def _misfits(
    row: OutcomeRow, entry: Listed | None, call_list: CallList, *, is_stored: bool, now: datetime
) -> Iterator[str]:
    """Yield why a row cannot be of the list, the plainest reason first."""
    released = (call_list.released_at or call_list.created_at).replace(second=0, microsecond=0)
    if row.problem:
        yield row.problem
    if row.list_id and row.list_id != call_list.list_id:
        yield "The row is of another list."
    if entry is None:
        yield "The customer is not on this list." if is_stored or not row.customer_id else "There is no such customer."
    if not is_stored:
        yield "The customer is no longer stored."
    if row.at is None or row.at > now + _CLOCKS_DIFFER:
        yield "The call lies in the future."
    if row.at is not None and row.at < released:
        yield "The call was made before the list was released."
    if row.at is not None and row.call_again_at is not None and row.call_again_at < row.at:
        yield "The time to call back lies before the call."
    if row.at is not None and row.call_again_at is not None and row.call_again_at > row.at + LATEST_CALL_BACK:
        yield "The time to call back is more than a year after the call."
    if entry is not None and entry.role == Role.CONTROL and row.kind is not OutcomeKind.SUBSCRIBED:
        yield NOT_TO_BE_CALLED


class _Found:
    """What is found so far, row by row."""

    def __init__(self, call_list: CallList, stored: Collection[str], by: str) -> None:
        self._list, self._stored, self._by = call_list, stored, by
        self._agents = {name.casefold(): name for name in call_list.callers}
        self._calls: dict[str, _Calls] = {}
        self._refused: list[RefusedRow] = []
        self._new: list[Outcome] = []
        self._corrections: list[Outcome] = []
        self._again = 0
        self._unknown_agents: Counter[str] = Counter()

    def refuse(self, row: OutcomeRow, why: str) -> None:
        objects = row.kind is OutcomeKind.OBJECTED and row.customer_id in self._stored
        self._refused.append(RefusedRow(row.row, row.customer_id[:MAX_ID], why, objects))

    def take(self, row: OutcomeRow, entry: Listed, recorded: Sequence[Outcome]) -> None:
        calls = self._calls.setdefault(entry.customer_id, _Calls(recorded))
        if entry.role == Role.CONTROL:
            row = replace(row, attempt=0)
        known = calls.same(row)
        if known is not None:
            self._known(row, known, calls)
        elif entry.role != Role.CONTROL and (why := calls.refusal(row)):
            self.refuse(row, why)
        else:
            self._add(row, entry, calls)

    def _known(self, row: OutcomeRow, known: Outcome, calls: _Calls) -> None:
        if known.attempt in calls.rows:
            self.refuse(row, f"The same call stands in row {calls.rows[known.attempt]}.")
        elif known.outcome is row.kind:
            self._again += 1
            calls.rows[known.attempt] = row.row
        else:
            said = OUTCOME_NAMES[known.outcome]
            self.refuse(row, f"“{said}” is recorded of this call. Correct it there if it is wrong.")

    def _add(self, row: OutcomeRow, entry: Listed, calls: _Calls) -> None:
        if row.at is None or row.kind is None:
            raise ValueError("a row without a time or an outcome is refused before")
        number = calls.number(row)
        if row.agent and row.agent.casefold() not in self._agents and entry.role != Role.CONTROL:
            self._unknown_agents[row.agent] += 1
        outcome = outcome_of(
            self._list,
            entry,
            row.kind,
            at=row.at,
            attempt=number,
            by=self._agents.get(row.agent.casefold(), self._by),
            call_again_at=row.call_again_at,
        )
        if calls.assumed is not None and calls.assumed.attempt == number:
            self._corrections.append(replace(outcome, version=calls.assumed.version + 1))
            calls.assumed = None
        else:
            self._new.append(outcome)
        calls.made[number], calls.rows[number] = outcome, row.row

    def report(self, rows: int) -> OutcomeReport:
        refused = tuple(sorted(self._refused, key=lambda each: each.row))
        new, corrections = tuple(self._new), tuple(self._corrections)
        return OutcomeReport(rows, new, corrections, self._again, refused, unknown_agents=self._unknown_agents)
