"""The leads of a run: those of an upload, which are saved as customers in passing, or stored customers."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import islice
from typing import Final

import pandas as pd

from smartbank.core.consent import ConsentState, barred_states, consent_states
from smartbank.core.customers import SaveCounts
from smartbank.core.fields import CONSENT_COLUMNS, CUSTOMER_ID, LEAD_COLUMNS
from smartbank.core.ports import CustomerRepository, ErasedCustomers, FrameStore
from smartbank.core.shared_phones import PHONE_HASH, phone_hashes
from smartbank.core.template import SYNTHETIC_IDS
from smartbank.services.call_rules import Exclusion
from smartbank.services.customers import found_customers
from smartbank.services.marking import uploaded_leads
from smartbank.services.run_steps import BARRED, OUT, RULED_OUT
from smartbank.services.runs import RunSource, left_out_owner, run_owner
from smartbank.services.shared_phones import shared_phones
from smartbank.services.uploads import Owners

CHUNK_ROWS: Final = 10_000
SCORED_COLUMNS: Final = (CUSTOMER_ID, "customer_version", "synthetic", "updated_at", "phone_since", *LEAD_COLUMNS)


@dataclass(frozen=True)
class Chunk:
    """Some leads of a run.

    Attributes
    ----------
    leads : DataFrame
        `SCORED_COLUMNS`, `PHONE_HASH` and `OUT`, one row a lead, those who are left out included.
    saved : SaveCounts
        What saving an upload did.
    """

    leads: pd.DataFrame
    saved: SaveCounts = field(default_factory=SaveCounts)


def asked_ids(source: RunSource, *, customers: CustomerRepository, frames: FrameStore) -> list[list[str]]:
    """Return the ids of everybody a run asks about, chunk by chunk, those who will be left out included."""
    if source.kind == "upload":
        parts = frames.parts(Owners(source.upload_id).rows, columns=[CUSTOMER_ID])
        return [list(part[CUSTOMER_ID]) for part in parts]
    if source.kind == "uploaded":
        ids = _ids_of_upload(source, frames)
    else:
        ids = found_customers(source.customer_query(), customers=customers, frames=frames)
    return [ids[start : start + CHUNK_ROWS] for start in range(0, len(ids), CHUNK_ROWS)]


def chunks_of(
    source: RunSource,
    asked: list[list[str]],
    *,
    after: int,
    require_consent: bool,
    exclusion: Exclusion | None,
    customers: CustomerRepository,
    frames: FrameStore,
    erased: ErasedCustomers,
) -> Iterator[Chunk]:
    """Yield the leads of a run in chunks; reading those of an upload saves its customers, left out or not.

    Parameters
    ----------
    asked : list of list of str
        `asked_ids` of the source.
    after : int
        Chunks to pass over, as they are scored already.
    exclusion : Exclusion or None
        The rules on calling; None for a replay, which is a look at the past and calls nobody.
    """
    if source.kind == "upload":
        without = _phones_left_out(source, frames)
        parts = islice(uploaded_leads(source.upload_id, frames=frames, without=without), after, None)
        chunks = _uploaded(source, customers, _without_erased(parts, erased))
    else:
        chunks = _stored(asked[after:], customers)
    barred = barred_states(require_consent=require_consent)
    for chunk in chunks:
        out = _why_out(chunk.leads, barred, exclusion)
        leads = chunk.leads[list(SCORED_COLUMNS)].assign(**{PHONE_HASH: phone_hashes(chunk.leads["phone"])})
        yield Chunk(leads.assign(**{OUT: out}), chunk.saved)


def _phones_left_out(source: RunSource, frames: FrameStore) -> Collection[str]:
    """Return the phone numbers that are left out of an upload; its rows never change, so these are always the same."""
    return shared_phones(source.upload_id, frames=frames, least=source.phones_from) if source.phones_from else ()


def _why_out(leads: pd.DataFrame, barred: tuple[ConsentState, ...], exclusion: Exclusion | None) -> "pd.Series[str]":
    """Return why each lead is left out; the rules are asked only about those who may be called."""
    states = consent_states(leads).astype("str")
    is_barred = states.isin([str(state) for state in barred])
    out = (BARRED + states).where(is_barred, "").astype("str")
    if exclusion is not None and not is_barred.all():
        rules = pd.Series(exclusion.of(leads[~is_barred]), index=leads.index[~is_barred]).astype("str")
        out[~is_barred] = (RULED_OUT + rules).where(rules != "", "")
    return out


def _ids_of_upload(source: RunSource, frames: FrameStore) -> list[str]:
    """Return the customers of an upload: of its rows while they are kept, and of a run of it.

    Its rows name also who was barred then, and a run whom the rules left out, and who may be called now.
    """
    owners = (Owners(source.upload_id).rows, run_owner(source.run_id), left_out_owner(source.run_id))
    parts = [part for owner in owners for part in frames.parts(owner, columns=[CUSTOMER_ID])]
    return sorted({customer_id for part in parts for customer_id in part[CUSTOMER_ID]})


def _stored(asked: list[list[str]], customers: CustomerRepository) -> Iterator[Chunk]:
    for ids in asked:
        yield Chunk(customers.load(ids))


def _without_erased(parts: Iterator[pd.DataFrame], erased: ErasedCustomers) -> Iterator[pd.DataFrame]:
    """Yield rows without those of customers who were erased since the file was read."""
    for part in parts:
        gone = erased.among(part[CUSTOMER_ID].tolist())
        yield part[~part[CUSTOMER_ID].isin(list(gone))] if gone else part


def _uploaded(source: RunSource, customers: CustomerRepository, parts: Iterator[pd.DataFrame]) -> Iterator[Chunk]:
    origin = {"kind": "upload", "name": source.label, "upload_id": source.upload_id}
    for part in parts:
        made_up = part[CUSTOMER_ID].isin(SYNTHETIC_IDS)
        saved = SaveCounts()
        for rows, synthetic in ((part[~made_up], False), (part[made_up], True)):
            if len(rows):
                source_of_rows = origin | {"synthetic": synthetic}
                saved += customers.save_many(rows, source=source_of_rows, saved_at=datetime.now(UTC))
        standing = customers.standing(part[CUSTOMER_ID].tolist())
        known = part.drop(columns=list(CONSENT_COLUMNS)).join(standing, on=CUSTOMER_ID)
        leads = known.assign(updated_at=datetime.now(UTC))
        yield Chunk(leads, saved)
