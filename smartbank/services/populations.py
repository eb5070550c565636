"""The leads of a run: those of an upload, which are saved as customers in passing, or stored customers."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

import pandas as pd

from smartbank.core.customers import SaveCounts
from smartbank.core.fields import CUSTOMER_COLUMNS, CUSTOMER_ID, LEAD_COLUMNS
from smartbank.core.ports import CustomerRepository, FrameStore
from smartbank.services.customers import found_customers
from smartbank.services.runs import RunSource
from smartbank.services.uploads import rows_owner

CHUNK_ROWS: Final = 10_000
SCORED_COLUMNS: Final = (CUSTOMER_ID, "customer_version", "synthetic", *LEAD_COLUMNS)


@dataclass
class Population:
    """The leads a run scores.

    Attributes
    ----------
    total : int
        How many there are.
    whole : bool
        Whether they are a population rather than a selection from one.
    chunks : iterator of DataFrame
        The leads, `SCORED_COLUMNS` wide; to be read once.
    saved : SaveCounts
        What saving an upload did; complete when the chunks are read.
    """

    total: int
    whole: bool
    chunks: Iterator[pd.DataFrame]
    saved: SaveCounts = field(default_factory=SaveCounts)


def open_population(source: RunSource, *, customers: CustomerRepository, frames: FrameStore) -> Population:
    """Return the leads of a run; reading the chunks of an upload saves its customers."""
    if source.kind == "customers":
        query = source.customer_query()
        ids = found_customers(query, customers=customers, frames=frames)
        return Population(len(ids), query.selects_everyone, _stored(ids, customers))
    owner = rows_owner(source.upload_id)
    total = sum(len(part) for part in frames.parts(owner, columns=[CUSTOMER_ID]))
    population = Population(total, True, iter(()))
    population.chunks = _uploaded(source, population, customers, frames.parts(owner, columns=list(CUSTOMER_COLUMNS)))
    return population


def _stored(ids: list[str], customers: CustomerRepository) -> Iterator[pd.DataFrame]:
    for start in range(0, len(ids), CHUNK_ROWS):
        yield customers.load(ids[start : start + CHUNK_ROWS])[list(SCORED_COLUMNS)]


def _uploaded(
    source: RunSource, population: Population, customers: CustomerRepository, parts: Iterator[pd.DataFrame]
) -> Iterator[pd.DataFrame]:
    origin = {"kind": "upload", "name": source.label, "upload_id": source.upload_id, "synthetic": False}
    for part in parts:
        population.saved += customers.save_many(part, source=origin, saved_at=datetime.now(UTC))
        standing = customers.standing(part[CUSTOMER_ID].tolist())
        yield part.join(standing, on=CUSTOMER_ID)[list(SCORED_COLUMNS)]
