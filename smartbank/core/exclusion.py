"""Whom the rules on calling leave out, and how many each one did."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from smartbank.core.call_rules import CallRule, RuleBook, RuleKind
from smartbank.core.fields import CUSTOMER_ID
from smartbank.core.outcomes import OutcomeKind
from smartbank.core.wording import agreeing, plural

BoolArray = npt.NDArray[np.bool_]
EXCLUDED_COLUMNS: Final = (CUSTOMER_ID, "rule")
CALL_BACK_DAYS: Final = 14
"""How long after the time agreed a call-back that nobody made keeps a customer off other lists."""
_OF_CALLED: Final = (RuleKind.SUBSCRIBED, RuleKind.WRONG_NUMBER, RuleKind.CALL_BACK)
"""Rules nobody falls under whom the bank never called."""
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
        `updated_at` (when that was known, UTC), and the fields segments look at; `changed_at` where the customer last
        changed at another moment.
    contacts : DataFrame
        `CONTACT_COLUMNS` of the bank's own calls from `contacts_since` on.
    """
    rule_ids = np.full(len(leads), "", dtype=object)
    called = contacts[contacts[CUSTOMER_ID].isin(leads[CUSTOMER_ID])] if len(contacts) else contacts
    own = _own(leads, called) if len(called) else _uncalled(leads)
    for rule in reversed(book.in_force):
        if rule.kind in _OF_CALLED and not len(called):
            continue
        rule_ids[_falls_under(rule, leads, own, contacts, now)] = rule.rule_id
    return pd.Series(rule_ids, index=leads.index, dtype="str")


def _uncalled(leads: pd.DataFrame) -> pd.DataFrame:
    """Return what `_own` returns of leads the bank never called, for the rules that are not of `_OF_CALLED`."""
    return pd.DataFrame({"last_at": pd.Series(pd.NaT, index=leads.index, dtype="datetime64[us, UTC]")})


def _own(leads: pd.DataFrame, called: pd.DataFrame) -> pd.DataFrame:
    """Return what the bank's own calls say of each lead: the last call, what came of it, the last sale."""
    last = called.groupby(CUSTOMER_ID).last()
    again = called.drop_duplicates(CUSTOMER_ID, keep="last").set_index(CUSTOMER_ID)["call_again_at"]
    sold = called[called["outcome"] == OutcomeKind.SUBSCRIBED].groupby(CUSTOMER_ID)["at"].last()
    ids = leads[CUSTOMER_ID]
    return pd.DataFrame(
        {
            "last_at": last["at"].reindex(ids).array,
            "again_at": again.reindex(ids).array,
            "last_outcome": last["outcome"].reindex(ids).array,
            "sold_at": sold.reindex(ids).array,
        },
        index=leads.index,
    )


def _falls_under(
    rule: CallRule, leads: pd.DataFrame, own: pd.DataFrame, contacts: pd.DataFrame, now: datetime
) -> BoolArray:
    moment = pd.Timestamp(now)
    if rule.kind is RuleKind.SUBSCRIBED:
        return _mask(_days(own["sold_at"], moment) < rule.days)
    if rule.kind is RuleKind.WRONG_NUMBER:
        changed = leads["changed_at"] if "changed_at" in leads else leads["updated_at"]
        corrected = _moments(changed) > _moments(own["last_at"])
        return _mask((own["last_outcome"] == OutcomeKind.WRONG_NUMBER) & ~corrected)
    if rule.kind is RuleKind.CALL_BACK:
        agreed = _moments(own["again_at"]).fillna(_moments(own["last_at"]))
        return _mask((own["last_outcome"] == OutcomeKind.CALLBACK) & (_days(agreed, moment) < CALL_BACK_DAYS))
    if rule.kind is RuleKind.COOL_DOWN:
        known_for = np.floor(_days(leads["updated_at"], moment)).clip(lower=0)  # brought in after the run began: 0
        since = leads["days_since_contact"] + known_for
        return _mask((since < rule.days) | (_days(own["last_at"], moment) < rule.days))
    if rule.kind is RuleKind.ATTEMPTS:
        recent = contacts[contacts["at"] >= moment - timedelta(days=rule.days)]
        made = leads[CUSTOMER_ID].map(recent[CUSTOMER_ID].value_counts()).fillna(0)
        return _mask((leads["attempt"] - 1 >= rule.limit) | (made >= rule.limit))
    return _in_segment(rule, leads)


def _in_segment(rule: CallRule, leads: pd.DataFrame) -> BoolArray:
    said = leads[rule.segment_field]
    if rule.segment_field == "age":
        return _mask((said >= rule.low) & (said <= rule.high))
    return _mask(said.isin(rule.values))


def _moments(times: pd.Series) -> pd.Series:
    return pd.to_datetime(times, utc=True)


def _days(times: pd.Series, moment: pd.Timestamp) -> pd.Series:
    """Return how many days ago each moment was, NaN for none."""
    days: pd.Series = (moment - _moments(times)).dt.total_seconds() / _DAY_S
    return days


def _mask(said: pd.Series) -> BoolArray:
    mask: BoolArray = said.fillna(False).to_numpy(dtype=bool)
    return mask


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
