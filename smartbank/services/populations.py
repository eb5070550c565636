"""The leads of a run: those of an upload, which are saved as customers in passing, or stored customers."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

import pandas as pd

from smartbank.core.consent import ConsentState, barred_states, consent_states
from smartbank.core.customers import SaveCounts
from smartbank.core.exclusion import EXCLUDED_COLUMNS
from smartbank.core.fields import CONSENT_COLUMNS, CUSTOMER_ID, LEAD_COLUMNS
from smartbank.core.ports import CustomerRepository, ErasedCustomers, FrameStore
from smartbank.core.template import SYNTHETIC_IDS
from smartbank.services.call_rules import Exclusion
from smartbank.services.customers import found_customers
from smartbank.services.marking import uploaded_leads
from smartbank.services.runs import RunSource, left_out_owner, run_owner
from smartbank.services.uploads import Owners

CHUNK_ROWS: Final = 10_000
SCORED_COLUMNS: Final = (CUSTOMER_ID, "customer_version", "synthetic", "updated_at", *LEAD_COLUMNS)


@dataclass
class Population:
    """The leads a run scores.

    Attributes
    ----------
    total : int
        How many there are, those who must not be called and those the rules leave out included.
    whole : bool
        Whether they are a population rather than a selection from one.
    chunks : iterator of DataFrame
        The leads, `SCORED_COLUMNS` wide; to be read once.
    barred : Counter
        Leads left out because they must not be called, by `ConsentState`; complete when the chunks are read.
    ruled_out : list of DataFrame
        Leads the rules on calling leave out, `EXCLUDED_COLUMNS` wide; complete when the chunks are read.
    saved : SaveCounts
        What saving an upload did; complete when the chunks are read.
    """

    total: int
    whole: bool
    chunks: Iterator[pd.DataFrame]
    saved: SaveCounts = field(default_factory=SaveCounts)
    barred: Counter[str] = field(default_factory=Counter)
    ruled_out: list[pd.DataFrame] = field(default_factory=list)


def open_population(
    source: RunSource,
    *,
    require_consent: bool,
    exclusion: Exclusion | None,
    customers: CustomerRepository,
    frames: FrameStore,
    erased: ErasedCustomers,
) -> Population:
    """Return the leads of a run; reading the chunks of an upload saves its customers.

    Customers who must not be called, and those the rules leave out, are saved too, and left out of the chunks.

    Parameters
    ----------
    exclusion : Exclusion or None
        The rules on calling; None for a replay, which is a look at the past and calls nobody.
    """
    if source.kind == "customers":
        query = source.customer_query()
        ids = found_customers(query, customers=customers, frames=frames)
        population = Population(len(ids), query.selects_everyone, iter(()))
        chunks = _stored(ids, customers)
    elif source.kind == "uploaded":
        ids = _ids_of_upload(source, frames)
        population = Population(len(ids), True, iter(()))
        chunks = _stored(ids, customers)
    else:
        owner = Owners(source.upload_id).rows
        total = sum(len(part) for part in frames.parts(owner, columns=[CUSTOMER_ID]))
        population = Population(total, True, iter(()))
        rows = _without_erased(uploaded_leads(source.upload_id, frames=frames), erased)
        chunks = _uploaded(source, population, customers, rows)
    barred = barred_states(require_consent=require_consent)
    population.chunks = _within_rules(_callable(chunks, population, barred), population, exclusion)
    return population


def _callable(
    chunks: Iterator[pd.DataFrame], population: Population, barred: tuple[ConsentState, ...]
) -> Iterator[pd.DataFrame]:
    """Yield the leads who may be called, and count the others."""
    for chunk in chunks:
        states = consent_states(chunk)
        is_barred = states.isin(barred)
        population.barred.update(states[is_barred])
        yield chunk[~is_barred]


def _within_rules(
    chunks: Iterator[pd.DataFrame], population: Population, exclusion: Exclusion | None
) -> Iterator[pd.DataFrame]:
    """Yield the leads no rule leaves out, `SCORED_COLUMNS` wide, and note the others."""
    for chunk in chunks:
        if exclusion is None:
            yield chunk[list(SCORED_COLUMNS)]
            continue
        rule_ids = exclusion.of(chunk)
        is_out = rule_ids != ""
        out = pd.DataFrame({CUSTOMER_ID: chunk.loc[is_out, CUSTOMER_ID], "rule": rule_ids[is_out]})
        population.ruled_out.append(out[list(EXCLUDED_COLUMNS)])
        yield chunk.loc[~is_out, list(SCORED_COLUMNS)]


def _ids_of_upload(source: RunSource, frames: FrameStore) -> list[str]:
    """Return the customers of an upload: of its rows while they are kept, and of a run of it.

    Its rows name also who was barred then, and a run whom the rules left out, and who may be called now.
    """
    owners = (Owners(source.upload_id).rows, run_owner(source.run_id), left_out_owner(source.run_id))
    parts = [part for owner in owners for part in frames.parts(owner, columns=[CUSTOMER_ID])]
    return sorted({customer_id for part in parts for customer_id in part[CUSTOMER_ID]})


def _stored(ids: list[str], customers: CustomerRepository) -> Iterator[pd.DataFrame]:
    for start in range(0, len(ids), CHUNK_ROWS):
        yield customers.load(ids[start : start + CHUNK_ROWS])


def _without_erased(parts: Iterator[pd.DataFrame], erased: ErasedCustomers) -> Iterator[pd.DataFrame]:
    """Yield rows without those of customers who were erased since the file was read."""
    for part in parts:
        gone = erased.among(part[CUSTOMER_ID].tolist())
        yield part[~part[CUSTOMER_ID].isin(list(gone))] if gone else part


def _uploaded(
    source: RunSource, population: Population, customers: CustomerRepository, parts: Iterator[pd.DataFrame]
) -> Iterator[pd.DataFrame]:
    origin = {"kind": "upload", "name": source.label, "upload_id": source.upload_id}
    for part in parts:
        made_up = part[CUSTOMER_ID].isin(SYNTHETIC_IDS)
        for rows, synthetic in ((part[~made_up], False), (part[made_up], True)):
            if len(rows):
                source_of_rows = origin | {"synthetic": synthetic}
                population.saved += customers.save_many(rows, source=source_of_rows, saved_at=datetime.now(UTC))
        standing = customers.standing(part[CUSTOMER_ID].tolist())
        known = part.drop(columns=list(CONSENT_COLUMNS)).join(standing, on=CUSTOMER_ID)
        yield known.rename(columns={"updated_at": "changed_at"}).assign(updated_at=datetime.now(UTC))
