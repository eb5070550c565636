"""Use case of who calls: what to know of a customer before the call."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from smartbank.core.customers import display_names
from smartbank.core.fields import CUSTOMER_ID
from smartbank.core.notes import Note
from smartbank.core.outcomes import Outcome
from smartbank.core.people import Actor, Right
from smartbank.core.ports import CustomerRepository, NoteRepository, OutcomeRepository
from smartbank.core.ranking import CONTRIBUTION_COLUMNS
from smartbank.core.reasons import WriterOf


@dataclass(frozen=True)
class Briefing:
    """What to know before the call; nothing of it says how likely a sale is.

    Attributes
    ----------
    name : str
        The customer's id where no name is known.
    phone : str
        In E.164; empty where none is known.
    reasons : tuple of str
        At most two sentences that speak for the customer, the strongest first.
    last : Outcome or None
        The newest call to them that SmartBank knows of, for whatever list.
    notes : tuple of Note
        Newest first.
    """

    name: str
    phone: str
    reasons: tuple[str, ...]
    last: Outcome | None
    notes: tuple[Note, ...]


def call_briefing(
    entry: pd.DataFrame,
    model_version: str,
    *,
    by: Actor,
    customers: CustomerRepository,
    outcomes: OutcomeRepository,
    notes: NoteRepository,
    writer_of: WriterOf,
) -> Briefing:
    """Return what to know of the customer of an entry, a frame of one row as `own_entries` has it."""
    by.require(Right.RECORD_OUTCOMES)
    customer_id = str(entry[CUSTOMER_ID].iloc[0])
    contact = customers.contact_details([customer_id])
    phone = contact["phone"].iloc[0]
    calls = [each for each in outcomes.of_customer(customer_id) if each.is_call and not each.assumed]
    return Briefing(
        display_names(contact)[0] or customer_id,
        "" if pd.isna(phone) else str(phone),
        _reasons(entry, model_version, writer_of),
        calls[0] if calls else None,
        tuple(notes.of_customer(customer_id)),
    )


def _reasons(entry: pd.DataFrame, model_version: str, writer_of: WriterOf) -> tuple[str, ...]:
    contributions = entry[list(CONTRIBUTION_COLUMNS)].to_numpy(np.float64)
    return tuple(filter(None, writer_of(model_version).top_sentences(entry, contributions, limit=2).iloc[0]))
