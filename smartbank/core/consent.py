"""Whom the bank must not call: what is known of a customer's consent, and who is barred by it."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

import numpy as np
import pandas as pd

from smartbank.core.fields import CONSENT_COLUMNS


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
    ConsentState.UNKNOWN: "have given no consent",
    ConsentState.GIVEN: "gave consent",
}
"""The states as a sentence about customers goes on: "37 objected to calls"."""
ONLY_SET_BY_FILES: Final = ("do_not_call", "objected")
"""Marks a file may set and never takes away: only a named person lifts an objection."""

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

    A file sets an objection or a do-not-call mark and never lifts one; of consent the newest word counts.
    """
    after: dict[str, str | None] = {}
    for name in CONSENT_COLUMNS:
        before, new = stored.get(name), brought.get(name)
        kept = new is None or (name in ONLY_SET_BY_FILES and before == "yes")
        after[name] = before if kept else new
    return after


def lifts_something(before: Consent, after: Consent) -> bool:
    """Whether a change takes back what barred a customer: an objection, a do-not-call mark, a refusal."""
    marks = any(before.get(name) == "yes" and after.get(name) != "yes" for name in ONLY_SET_BY_FILES)
    return marks or (before.get("consent") == "no" and after.get("consent") != "no")


def consent_states(customers: pd.DataFrame) -> pd.Series:
    """Return the state of each row of a frame that has `CONSENT_COLUMNS`, under its index."""
    said = {name: customers[name].to_numpy(dtype=object) for name in CONSENT_COLUMNS}
    states = np.select(
        [said["objected"] == "yes", said["do_not_call"] == "yes", said["consent"] == "no", said["consent"] == "yes"],
        [ConsentState.OBJECTED, ConsentState.DO_NOT_CALL, ConsentState.REFUSED, ConsentState.GIVEN],
        ConsentState.UNKNOWN,
    )
    return pd.Series(states, index=customers.index, dtype="str")


def barred_sentence(barred: Mapping[str, int]) -> str:
    """Return how many customers are left out and why: "37 objected to calls, 2 must not be called"."""
    said = [f"{barred[state]:,} {STATE_NAMES[state]}" for state in ConsentState if barred.get(state)]
    return ", ".join(said)
