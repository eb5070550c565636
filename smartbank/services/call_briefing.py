"""Use case of who calls: what to know of a customer before the call."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from smartbank.core.customers import display_names
from smartbank.core.fields import CUSTOMER_ID
from smartbank.core.notes import Note
from smartbank.core.openings import opening
from smartbank.core.outcomes import Outcome
from smartbank.core.people import Actor, Right
from smartbank.core.ports import CustomerRepository, NoteRepository, OutcomeRepository
from smartbank.core.ranking import CONTRIBUTION_COLUMNS
from smartbank.core.reasons import WriterOf

_BACKGROUND: Final = 2


@dataclass(frozen=True)
class Briefing:
    """What to know before the call; nothing of it says how likely a sale is.

    Attributes
    ----------
    name : str
        The customer's id where no name is known.
    phone : str
        In E.164; empty where none is known.
    opening : str
        A sentence to open the talk with; empty where nothing can be said to the customer.
    background : tuple of str
        At most two facts of past calls that speak for the customer, the strongest first: for who calls, not to be said.
    last : Outcome or None
        The newest call to them that SmartBank knows of, for whatever list.
    notes : tuple of Note
        Newest first.
    """

    name: str
    phone: str
    opening: str
    background: tuple[str, ...]
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
    parts = entry[list(CONTRIBUTION_COLUMNS)].iloc[0].to_numpy(np.float64)
    calls = [each for each in outcomes.of_customer(customer_id) if each.is_call and not each.assumed]
    return Briefing(
        display_names(contact)[0] or customer_id,
        "" if pd.isna(phone) else str(phone),
        opening(entry.iloc[0], parts),
        tuple(writer_of(model_version).background(entry.iloc[0], parts, limit=_BACKGROUND)),
        calls[0] if calls else None,
        tuple(notes.of_customer(customer_id)),
    )
