"""Whom the bank must not call: what is known of a customer's consent, and who is barred by it."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

import numpy as np
import pandas as pd

from smartbank.core.fields import CONSENT_COLUMNS
from smartbank.core.lead_rows import LeadRow, is_unknown


class ConsentState(StrEnum):
    """What a customer's consent comes to; of several marks the gravest counts."""

    OBJECTED = "objected"
    DO_NOT_CALL = "do_not_call"
    REFUSED = "refused"
    UNKNOWN = "unknown"
    GIVEN = "given"


STATE_NAMES: Final = {
    ConsentState.OBJECTED: "objected to calls",
    ConsentState.DO_NOT_CALL: "must not be called",
    ConsentState.REFUSED: "refused or withdrew consent",
    ConsentState.UNKNOWN: "gave no consent",
    ConsentState.GIVEN: "gave consent",
}
"""The states as a sentence about customers goes on: "37 objected to calls"."""
BARRING: Final = {"do_not_call": "yes", "objected": "yes", "consent": "no"}
"""What each mark says when it bars a customer. A file may set it and never takes it away: only a named person does."""

Consent = Mapping[str, str | None]
"""`CONSENT_COLUMNS` to "yes", "no" or None for unknown."""


def consent_state(consent: Consent) -> ConsentState:
    """Return what a customer's marks come to."""
    if consent.get("objected") == "yes":
        return ConsentState.OBJECTED
    if consent.get("do_not_call") == "yes":
        return ConsentState.DO_NOT_CALL
    given = consent.get("consent")
    return ConsentState.UNKNOWN if given is None else ConsentState.GIVEN if given == "yes" else ConsentState.REFUSED


def barred_states(*, require_consent: bool) -> tuple[ConsentState, ...]:
    """Return the states in which a customer is neither scored nor exported, the gravest first.

    Parameters
    ----------
    require_consent : bool
        Whether only customers who gave consent may be called, as some countries ask for.
    """
    barred = (ConsentState.OBJECTED, ConsentState.DO_NOT_CALL, ConsentState.REFUSED)
    return (*barred, ConsentState.UNKNOWN) if require_consent else barred


def callable_states(*, require_consent: bool) -> tuple[ConsentState, ...]:
    """Return the states in which a customer may be called: all that are not barred."""
    barred = barred_states(require_consent=require_consent)
    return tuple(state for state in ConsentState if state not in barred)


def merged_consent(stored: Consent, brought: Consent) -> dict[str, str | None]:
    """Return a customer's marks after a file brought some: what it does not say stays as it was.

    A file may set any mark and never lifts one that bars: an objection, a do-not-call mark, a refusal.
    """
    after: dict[str, str | None] = {}
    for name in CONSENT_COLUMNS:
        before, new = stored.get(name), brought.get(name)
        after[name] = before if new is None or before == BARRING[name] else new
    return after


def lifts_something(before: Consent, after: Consent) -> bool:
    """Whether a change takes back what barred a customer: an objection, a do-not-call mark, a refusal."""
    return any(before.get(name) == bars and after.get(name) != bars for name, bars in BARRING.items())


def consent_states(customers: pd.DataFrame) -> pd.Series:
    """Return the state of each row of a frame that has `CONSENT_COLUMNS`, under its index."""
    said = {name: customers[name].to_numpy(dtype=object) for name in CONSENT_COLUMNS}
    states = np.select(
        [said["objected"] == "yes", said["do_not_call"] == "yes", said["consent"] == "no", said["consent"] == "yes"],
        [ConsentState.OBJECTED, ConsentState.DO_NOT_CALL, ConsentState.REFUSED, ConsentState.GIVEN],
        ConsentState.UNKNOWN,
    )
    return pd.Series(states, index=customers.index, dtype="str")


def consent_state_of_row(customer: LeadRow) -> ConsentState:
    """Return the state of one row that has `CONSENT_COLUMNS`."""
    said = {name: customer[name] for name in CONSENT_COLUMNS}
    return consent_state({name: None if is_unknown(value) else value for name, value in said.items()})


def barred_sentence(barred: Mapping[str, int]) -> str:
    """Return how many customers are left out and why: "37 objected to calls, 2 must not be called"."""
    said = [f"{barred[state]:,} {STATE_NAMES[state]}" for state in ConsentState if barred.get(state)]
    return ", ".join(said)
