"""Whom the rules on calling leave out, and how many each one did."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from smartbank.core.call_rules import CallRule, RuleBook, RuleKind
from smartbank.core.fields import CUSTOMER_ID
from smartbank.core.lead_rows import LeadRow
from smartbank.core.outcomes import OutcomeKind
from smartbank.core.wording import agreeing, plural

BoolArray = npt.NDArray[np.bool_]
Column = npt.NDArray[Any]
Columns = Mapping[str, Column]
EXCLUDED_COLUMNS: Final = (CUSTOMER_ID, "rule")
CALL_BACK_DAYS: Final = 14
"""How long after the time agreed a call-back that nobody made keeps a customer off other lists."""
_OF_CALLED: Final = (RuleKind.SUBSCRIBED, RuleKind.WRONG_NUMBER, RuleKind.CALL_BACK)
"""Rules nobody falls under whom the bank never called."""
_OF_A_CALL: Final = (CUSTOMER_ID, "at", "outcome", "call_again_at")
_TIMES: Final = ("updated_at", "phone_since", "at", "call_again_at")
_NUMBERS: Final = ("attempt", "days_since_contact", "age")
_NEVER: Final = np.datetime64("NaT", "us")
_SECOND: Final = np.timedelta64(1, "s")
_DAY_S: Final = 86_400.0
_LONGEST: Final = timedelta(days=3_650)
"""How far back calls are looked at: an open call-back or a wrong number has no end of its own."""


def contacts_since(book: RuleBook, now: datetime) -> datetime:
    """Return from when on the rules need to know who was called."""
    open_ended = any(rule.kind in (RuleKind.WRONG_NUMBER, RuleKind.CALL_BACK) for rule in book.in_force)
    days = max((rule.days for rule in book.in_force), default=0)
    return now - (_LONGEST if open_ended else timedelta(days=days))


def excluded(leads: pd.DataFrame, contacts: pd.DataFrame, *, book: RuleBook, now: datetime) -> "pd.Series[str]":
    """Return the id of the rule that leaves each lead out, under the frame's index; empty text for who may be called.

    Of several rules the first one of the rule book counts.

    Parameters
    ----------
    leads : DataFrame
        `customer_id`, `attempt` (number of the attempt being planned) and `days_since_contact` (both NaN for unknown),
        `updated_at` (when that was known, UTC), `phone_since` (since when the phone number is theirs; a run of before
        lacks it), and the fields segments look at.
    contacts : DataFrame
        `CONTACT_COLUMNS` of the bank's own calls from `contacts_since` on, by time.
    """
    names = [name for name in _looked_at(book) if name in leads]
    columns = {name: _column(leads[name], name) for name in names}
    chunk, callers = set(leads[CUSTOMER_ID].tolist()), contacts[CUSTOMER_ID].tolist()  # `isin` takes ten times as long
    called = contacts[
        np.array([each in chunk for each in callers], dtype=bool)
    ]  # a chunk is few of all who were ever called
    calls = {name: _column(called[name], name) for name in _OF_A_CALL}
    return pd.Series(_rule_ids(columns, calls, book=book, now=now), index=leads.index, dtype="str")


def excluded_rows(
    leads: Sequence[LeadRow], contacts: Sequence[Mapping[str, Any]], *, book: RuleBook, now: datetime
) -> list[str]:
    """Return what `excluded` does of a few leads, in their order, from the calls of these leads."""
    names = [name for name in _looked_at(book) if all(name in lead for lead in leads)]
    columns = {name: _column([lead[name] for lead in leads], name) for name in names}
    calls = {name: _column([call[name] for call in contacts], name) for name in _OF_A_CALL}
    return [str(each) for each in _rule_ids(columns, calls, book=book, now=now)]


@dataclass(frozen=True, eq=False)
class _Calls:
    """What the bank's own calls say of each lead: one value a lead, NaT and None where there was no such call.

    Attributes
    ----------
    lead : int array of shape (n_calls,)
        Whose each call was, by the place of the lead.
    """

    last_at: Column
    again_at: Column
    last_outcome: Column
    sold_at: Column
    lead: npt.NDArray[np.int64]
    at: Column


def _rule_ids(leads: Columns, calls: Columns, *, book: RuleBook, now: datetime) -> Column:
    rule_ids = np.full(len(leads[CUSTOMER_ID]), "", dtype=object)
    own = _own(leads[CUSTOMER_ID], calls)
    moment = _column([now], "at")[0]
    for rule in reversed(book.in_force):
        if rule.kind in _OF_CALLED and not len(own.at):
            continue
        rule_ids[_falls_under(rule, leads, own, moment)] = rule.rule_id
    return rule_ids


def _own(customer_ids: Column, calls: Columns) -> _Calls:
    places = {customer_id: place for place, customer_id in enumerate(customer_ids)}
    whose = np.array([places.get(each, -1) for each in calls[CUSTOMER_ID]], dtype=np.int64)
    known = whose >= 0
    lead, at, outcome = whose[known], calls["at"][known], calls["outcome"][known]
    last_at = np.full(len(customer_ids), _NEVER)
    again_at, sold_at = last_at.copy(), last_at.copy()
    last_outcome = np.full(len(customer_ids), None, dtype=object)
    is_sale = outcome == OutcomeKind.SUBSCRIBED
    last_at[lead], again_at[lead], last_outcome[lead] = at, calls["call_again_at"][known], outcome  # the last one stays
    sold_at[lead[is_sale]] = at[is_sale]
    return _Calls(last_at, again_at, last_outcome, sold_at, lead, at)


def _falls_under(rule: CallRule, leads: Columns, own: _Calls, moment: np.datetime64) -> BoolArray:
    if rule.kind is RuleKind.SUBSCRIBED:
        return np.asarray(_days(own.sold_at, moment) < rule.days)
    if rule.kind is RuleKind.WRONG_NUMBER:
        since = leads["phone_since" if "phone_since" in leads else "updated_at"]
        corrected = since > own.last_at
        return np.asarray((own.last_outcome == OutcomeKind.WRONG_NUMBER) & ~corrected)
    if rule.kind is RuleKind.CALL_BACK:
        agreed = np.where(np.isnat(own.again_at), own.last_at, own.again_at)
        return np.asarray((own.last_outcome == OutcomeKind.CALLBACK) & (_days(agreed, moment) < CALL_BACK_DAYS))
    if rule.kind is RuleKind.COOL_DOWN:
        known_for = np.maximum(np.floor(_days(leads["updated_at"], moment)), 0)  # brought in after the run began: 0
        since = leads["days_since_contact"] + known_for
        return np.asarray((since < rule.days) | (_days(own.last_at, moment) < rule.days))
    if rule.kind is RuleKind.ATTEMPTS:
        recent = own.lead[own.at >= moment - np.timedelta64(rule.days, "D")]
        made = np.bincount(recent, minlength=len(own.last_at))
        return np.asarray((leads["attempt"] - 1 >= rule.limit) | (made >= rule.limit))
    return _in_segment(rule, leads[rule.segment_field])


def _in_segment(rule: CallRule, said: Column) -> BoolArray:
    if rule.segment_field == "age":
        return np.asarray((said >= rule.low) & (said <= rule.high))
    return np.array([value in rule.values for value in said], dtype=bool)


def _looked_at(book: RuleBook) -> list[str]:
    segments = [rule.segment_field for rule in book.in_force if rule.kind is RuleKind.SEGMENT]
    return list(dict.fromkeys((CUSTOMER_ID, "attempt", "days_since_contact", *_TIMES, *segments)))


def _column(values: "pd.Series[Any] | Sequence[Any]", name: str) -> Column:
    """Return a column as one array: times in UTC, numbers as float64, words as they are; NaT and NaN for unknown."""
    if name in _TIMES:
        if isinstance(values, pd.Series):
            return pd.to_datetime(values, utc=True).dt.tz_localize(None).to_numpy(dtype="datetime64[us]")
        return np.array([_moment(value) for value in values], dtype="datetime64[us]")
    return np.array(values, dtype=np.float64 if name in _NUMBERS else object)


def _moment(value: datetime | None) -> np.datetime64:
    return _NEVER if value is None else np.datetime64(value.astimezone(UTC).replace(tzinfo=None), "us")


def _days(times: Column, moment: np.datetime64) -> npt.NDArray[np.float64]:
    """Return how many days ago each moment was, NaN for none."""
    passed: npt.NDArray[Any] = moment - times
    return np.asarray(passed / _SECOND / _DAY_S, dtype=np.float64)


def rule_words(rule: CallRule) -> str:
    """Return whom a rule leaves out, as a sentence about customers goes on: "112 called within the last 3 days"."""
    if rule.kind is RuleKind.SUBSCRIBED:
        return f"bought within the last {plural(rule.days, 'day')}"
    if rule.kind is RuleKind.WRONG_NUMBER:
        return "with a wrong number"
    if rule.kind is RuleKind.CALL_BACK:
        return "waiting for a call-back"
    if rule.kind is RuleKind.COOL_DOWN:
        return f"called within the last {plural(rule.days, 'day')}"
    if rule.kind is RuleKind.ATTEMPTS:
        return f"called {plural(rule.limit, 'time')} already"
    return f"in “{rule.name}”"


def excluded_sentence(counts: Mapping[str, int], book: RuleBook) -> str:
    """Return how many leads each rule left out: "112 called within the last 3 days → 80 called 10 times already"."""
    known = [(rule_words(rule), counts.get(rule.rule_id, 0)) for rule in book.rules]
    gone = sum(counts.values()) - sum(number for _, number in known)
    said = [f"{number:,} {words}" for words, number in known if number]
    if gone:
        said.append(f"{gone:,} under {agreeing(gone, 'a rule', 'rules')} of before")
    return " → ".join(said)
