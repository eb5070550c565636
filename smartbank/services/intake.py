"""Read an upload: recognise its columns, clean its rows, set bad rows aside, and report on it."""

from collections import Counter
from collections.abc import Callable, Collection, Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, Final

import pandas as pd

from smartbank.core.columns import ColumnPlan, is_training_file, lacking
from smartbank.core.counts import Counts
from smartbank.core.customers import Comparison, SaveCounts
from smartbank.core.erasure import erased_sentence
from smartbank.core.fields import CUSTOMER_ID, LEAD_COLUMNS
from smartbank.core.identity import id_prefix
from smartbank.core.ports import (
    AuditLog,
    CustomerRepository,
    ErasedCustomers,
    FileStore,
    FrameStore,
    MappingRepository,
    Table,
    TableReader,
    TrainingRows,
)
from smartbank.core.readiness import build_report
from smartbank.core.shared_phones import SharedPhones, shared_words, without_phones
from smartbank.core.tables import MAX_ROWS
from smartbank.core.template import SYNTHETIC_IDS
from smartbank.core.training_rows import RowMatches, trained_on
from smartbank.core.validation import NOTHING_SEEN, CleanChunk, clean_chunk, marks_alone, nobody_refused
from smartbank.core.work import Progress, Work
from smartbank.errors import LeadValidationError
from smartbank.services.mappings import match_columns
from smartbank.services.marking import hold_marks, uploaded_leads
from smartbank.services.shared_phones import shared_phones
from smartbank.services.uploads import Owners

CHUNK_ROWS: Final = 10_000
MAX_CHANGES: Final = 10_000
"""Lines about fields of stored customers that would change that are kept; more are only counted by customer."""
MAX_ASIDE: Final = 100_000
"""Lines about cells set aside that are kept; more are only counted."""
_PREVIEW_ROWS: Final = 5
STEP: Final = "Checking rows"


@dataclass(frozen=True)
class _Totals:
    """What a whole file gave, beside the parts that are stored."""

    counts: Counts = field(default_factory=Counts)
    aside_kept: int = 0
    samples: int = 0
    matches: RowMatches = field(default_factory=RowMatches)
    preview: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True)
class _Compared:
    """What scoring the file would do to the stored customers, once its marks are set."""

    would_save: SaveCounts = field(default_factory=SaveCounts)
    states: Counter[str] = field(default_factory=Counter)
    changes_kept: int = 0


def read_upload(
    work: Work,
    *,
    files: FileStore,
    frames: FrameStore,
    customers: CustomerRepository,
    mappings: MappingRepository,
    training_rows: TrainingRows,
    audit: AuditLog,
    read_table: TableReader,
    report: Callable[[Progress], None],
    region: str | None = None,
    require_consent: bool = False,
    erased: ErasedCustomers | None = None,
) -> dict[str, Any]:
    """Read an uploaded file into clean rows and rows set aside, in bounded memory, and return the readiness report.

    Clean rows are stored for `Owners(work.work_id).rows`: `CUSTOMER_COLUMNS`, and `MARKET_COLUMNS` where the file has
    all of them. Lines about cells set aside are stored for `.aside`, what bars customers for `.marks`, and what would
    change of stored customers for `.changes`; where phone numbers stand in many rows, `.changes_without_shared` has
    what would change without them. No customer is saved, but once every row was read, stored customers are marked as
    the rows say, see `hold_marks`. Whatever goes wrong, nothing stays stored of the upload; doing it again replaces
    what there was. The file itself is kept, to be read with another mapping.

    Parameters
    ----------
    work : Work
        Its request holds `file_id`, `filename`, and may hold `mapping` (column of the file to field, or `IGNORE`),
        `by_hand` (whether a user chose it) and `market` ("snapshot" or "file").
    report : callable
        Told after each chunk how far the reading is; what it raises goes through.
    region : str or None
        Country of phone numbers without a country code (two letters); None drops them.
    require_consent : bool
        Whether only customers who gave consent may be called.
    erased : ErasedCustomers or None
        Who was erased: their rows are set aside. None asks nobody.

    Returns
    -------
    dict
        `ReadinessReport.to_json`. A file without a column for age or job gives a report without leads, that its
        columns can be mapped by hand; of its rows only the marks of who must not be called are read.

    Raises
    ------
    LeadValidationError
        The file is not a table, is too large, or the mapping does not fit it.
    """
    request = work.request
    filename = str(request["filename"])
    owners = Owners(work.work_id)
    _delete(frames, owners)
    try:
        with read_table(files.open(str(request["file_id"])), filename) as table:
            matched = match_columns(work, table.columns, mappings=mappings)
            plan = matched.plan
            totals = _Totals()
            if plan.has_marks or not lacking(plan):
                prefix = id_prefix(table.content_hash)
                with closing(_cleaned(table, plan, prefix, region, erased)) as cleaned:
                    totals = _stored(
                        cleaned,
                        owners,
                        frames,
                        report,
                        expected=table.expected_rows,
                        matches=partial(training_rows.matches, fields=list(plan.fields)),
                    )
            marked = hold_marks(work, frames=frames, customers=customers, audit=audit)
            phones = shared_phones(work.work_id, frames=frames)
            compared, without = _compared(owners, phones, frames, customers)
            readiness = build_report(
                plan,
                totals.counts,
                filename=filename,
                content_hash=table.content_hash,
                market=str(request.get("market", "snapshot")),
                aside_kept=totals.aside_kept,
                would_save=compared.would_save,
                states=compared.states,
                changes_kept=compared.changes_kept,
                marked=marked,
                require_consent=require_consent,
                trained_on=trained_on(totals.matches, whole=is_training_file(table.columns, totals.counts.rows)),
                notices=table.notices,
                shared=shared_words(phones),
                preview=totals.preview,
            )
            return replace(
                readiness,
                samples=totals.samples,
                picked=table.picked,
                shared_phones=SharedPhones(
                    len(phones),
                    sum(phones.values()),
                    changed=without.would_save.changed,
                    unchanged=without.would_save.unchanged,
                    changes_kept=without.changes_kept,
                ),
                **matched.said,
            ).to_json()
    except BaseException:
        _delete(frames, owners)
        raise


def _cleaned(
    table: Table, plan: ColumnPlan, prefix: str, region: str | None, erased: ErasedCustomers | None
) -> Generator[CleanChunk, None, None]:
    seen = NOTHING_SEEN
    refused = nobody_refused if erased is None else partial(_refused, erased=erased)
    with closing(table.chunks(CHUNK_ROWS, list(plan.matched))) as chunks:
        for chunk in chunks:
            clean = clean_chunk(chunk, plan, prefix=prefix, seen=seen, region=region, refused=refused)
            seen = clean.seen
            yield marks_alone(clean) if lacking(plan) else clean


def _refused(customer_ids: Collection[str], *, erased: ErasedCustomers) -> dict[str, str]:
    return {each: erased_sentence(on) for each, on in erased.among(customer_ids).items()}


def _stored(
    cleaned: Iterator[CleanChunk],
    owners: Owners,
    frames: FrameStore,
    report: Callable[[Progress], None],
    *,
    expected: int,
    matches: Callable[[pd.DataFrame], RowMatches],
) -> _Totals:
    totals = _Totals()
    for part, chunk in enumerate(cleaned):
        counts = totals.counts + chunk.counts
        if counts.rows > MAX_ROWS:
            raise LeadValidationError(f"The file has more than {MAX_ROWS:,} rows. Split it into smaller files.")
        if len(chunk.leads):
            frames.append(owners.rows, part, chunk.leads)
        if len(chunk.marks):
            frames.append(owners.marks, part, chunk.marks)
        totals = _Totals(
            counts,
            totals.aside_kept + _keep(chunk.aside.head(MAX_ASIDE - totals.aside_kept), owners.aside, part, frames),
            totals.samples + int(chunk.leads[CUSTOMER_ID].isin(SYNTHETIC_IDS).sum()),
            totals.matches + matches(chunk.leads),
            totals.preview or _preview(chunk.leads),
        )
        report(Progress(STEP, counts.rows, max(expected, counts.rows)))
    return totals


def _preview(leads: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the first leads as plain values, without name and phone."""
    head = leads.head(_PREVIEW_ROWS)[[CUSTOMER_ID, *LEAD_COLUMNS]]
    return [
        {str(name): None if pd.isna(value) else value for name, value in row.items()}
        for row in head.to_dict(orient="records")
    ]


def _compared(
    owners: Owners, phones: Collection[str], frames: FrameStore, customers: CustomerRepository
) -> tuple[_Compared, _Compared]:
    """Return what scoring the file would do to the stored customers, and what it would do without some numbers."""
    whole = without = _Compared()
    for part, leads in enumerate(uploaded_leads(owners.upload_id, frames=frames)):
        if not phones:
            whole = _more(whole, [customers.compare(leads)], owners.changes, part, frames)
            continue
        sharing = leads["phone"].isin(list(phones))
        others, own = customers.compare(leads[~sharing]), customers.compare(leads[sharing])
        whole = _more(whole, [own, others], owners.changes, part, frames)
        own = customers.compare(without_phones(leads[sharing], phones))
        without = _more(without, [own, others], owners.changes_without_shared, part, frames)
    return whole, without


def _more(total: _Compared, found: Sequence[Comparison], owner: str, part: int, frames: FrameStore) -> _Compared:
    """Return a total with what was found of another part, and keep for an owner which fields would change."""
    changes = pd.concat([each.changes for each in found]).head(MAX_CHANGES - total.changes_kept)
    return _Compared(
        sum((each.counts for each in found), total.would_save),
        sum((each.states for each in found), total.states),
        total.changes_kept + _keep(changes, owner, part, frames),
    )


def _keep(lines: pd.DataFrame, owner: str, part: int, frames: FrameStore) -> int:
    for place, start in enumerate(range(0, len(lines), CHUNK_ROWS)):
        frames.append(owner, part * 100 + place, lines.iloc[start : start + CHUNK_ROWS].reset_index(drop=True))
    return len(lines)


def _delete(frames: FrameStore, owners: Owners) -> None:
    for owner in owners.all:
        frames.delete(owner)
