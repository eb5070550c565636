"""Use cases: make the file of a released list for a dialler, with its signed manifest beside it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import numpy as np
import pandas as pd

from smartbank.core.audit import AuditAction
from smartbank.core.call_lists import CallList, ListFigures, ListGround
from smartbank.core.customers import display_names
from smartbank.core.exports import csv_chunks
from smartbank.core.fields import CUSTOMER_ID
from smartbank.core.fingerprint import fingerprint
from smartbank.core.hand_over import called_now
from smartbank.core.identity import clean_phone
from smartbank.core.list_entries import list_owner
from smartbank.core.list_exports import LIST_COLUMNS, ToTakeAway, best_weekday, to_take_away
from smartbank.core.manifests import MANIFEST_ENDING, FileSums, Manifest, manifest_bytes
from smartbank.core.people import Actor, Right
from smartbank.core.ports import FileStore, Signer, WorkQueue
from smartbank.core.ranking import CONTRIBUTION_COLUMNS
from smartbank.core.reasons import WriterOf
from smartbank.core.work import Progress, Work, WorkKind
from smartbank.core.work_ids import new_work_id, work_reference
from smartbank.errors import NotFoundError
from smartbank.services.auditing import audited
from smartbank.services.callable_leads import barred_now
from smartbank.services.calling import CallPorts
from smartbank.services.exporting import EXPORT_ROWS, XLSX, WriteWorkbook, reported
from smartbank.services.list_standing import standing_now
from smartbank.services.removal_plans import wait_for_removals

NOBODY: Final = "Nobody of this list is to be called now, so there is nothing to take away."
ENDED: Final = "This list is not running, so nobody is to be called for it. Release another one."


@dataclass(frozen=True)
class ListExportPorts:
    """What the export of a list needs from the outside."""

    calls: CallPorts
    files: FileStore
    queue: WorkQueue
    writer_of: WriterOf
    write_workbook: WriteWorkbook
    signer: Signer


@dataclass(frozen=True, eq=False)
class Ready:
    """A list that may be exported: what it stands on, and who of it is to be called now."""

    call_list: CallList
    ground: ListGround
    figures: ListFigures
    whom: ToTakeAway

    def file_name(self, ending: str) -> str:
        """Return the name of the file, such as `call-list-20261122-081500.csv`."""
        return f"call-list-{self.call_list.list_id.rsplit('-', 2)[0]}.{ending}"


def whom_to_take_away(list_id: str, *, by: Actor, ports: ListExportPorts, now: datetime) -> ToTakeAway:
    """Return who of a running list an export holds now, and how many calls it leaves out, by why.

    Raises
    ------
    NotFoundError
        The list is not running.
    """
    by.require(Right.EXPORT)
    return ready_list(list_id, ports=ports, now=now).whom


def ready_list(list_id: str, *, ports: ListExportPorts, now: datetime) -> Ready:
    """Return a list as it may be exported, for use cases that have asked for the right; raises as the one above."""
    calls = ports.calls
    call_list = calls.lists.find(list_id)
    if not call_list.state.is_running or call_list.ground is None or call_list.figures is None:
        raise NotFoundError(ENDED)
    entries = called_now(calls.frames.load(list_owner(list_id)), call_list.handed_over)
    if entries.empty:
        raise NotFoundError(NOBODY)
    barred = barred_now(customers=calls.customers, settings=calls.settings)
    progress = standing_now(call_list, entries, outcomes=calls.outcomes, barred=barred, now=now)
    return Ready(call_list, call_list.ground, call_list.figures, to_take_away(progress, barred))


def require_anybody(ready: Ready) -> Ready:
    """Return what is ready. Raises `NotFoundError` where nobody is to be called."""
    if ready.whom.entries.empty:
        raise NotFoundError(NOBODY)
    return ready


def queue_list_workbook(list_id: str, *, by: Actor, ports: ListExportPorts, now: datetime) -> str:
    """Queue a workbook of whom to call still, and return its id.

    Raises
    ------
    NotFoundError
        The list is not running, or nobody of it is to be called.
    """
    audit = ports.calls.audit
    with audited(AuditAction.EXPORT, "call list", work_reference(list_id), by=by, audit=audit, now=now) as said:
        by.require(Right.EXPORT)
        ready = require_anybody(ready_list(list_id, ports=ports, now=now))
        work_id = new_work_id(now)
        said.details |= {"step": "queued", "export": work_id, "leads": len(ready.whom.entries)}
        request = {"list_id": list_id, "filename": "the Excel file"}
        ports.queue.add(Work(work_id, WorkKind.EXPORT, by.username, now, request))
    return work_id


def make_list_workbook(work: Work, report: Callable[[Progress], None], *, ports: ListExportPorts) -> dict[str, Any]:
    """Make a queued workbook of a list and its manifest, keep both in the file store, and return where.

    Raises
    ------
    NotFoundError
        The list is not running, or nobody of it is to be called.
    """
    wait_for_removals(work.work_id, report, queue=ports.queue)
    now = datetime.now(UTC)
    ready = require_anybody(ready_list(work.request["list_id"], ports=ports, now=now))
    manifest = make_list_file(
        ready, "xlsx", work.work_id, work.work_id, made_by=work.created_by, ports=ports, now=now, report=report
    )
    made = {"file_id": work.work_id, "file_name": manifest.file, "media_type": XLSX, "size": manifest.size}
    return made | {"leads": manifest.rows, "sha256": manifest.sha256, "left_out": barred_mark(ready.whom.barred)}


def make_list_file(
    ready: Ready,
    ending: str,
    file_id: str,
    manifest_of: str,
    *,
    made_by: str,
    ports: ListExportPorts,
    now: datetime,
    report: Callable[[Progress], None] = lambda _: None,
) -> Manifest:
    """Make the file and its manifest, keep both in the file store, and return the manifest.

    The same list in the same state gives the same bytes of the file, whoever makes it and whenever.

    Parameters
    ----------
    ending : {"csv", "xlsx"}
    file_id, manifest_of : str
        The file's id in the store, and what the manifest's id there is made of, see `manifest_id`.
    """
    sums = FileSums()
    parts: list[int] = []
    frames = reported(_frames(ready, ports, parts), len(ready.whom.entries), report)
    try:
        ports.files.save(file_id, sums.passing(_chunks(frames, ending, ready, ports)))
    except BaseException:
        ports.files.delete(file_id)
        raise
    manifest = _manifest(ready, ending, sums, sum(parts), made_by=made_by, key_id=ports.signer.sealing_key(), now=now)
    signature = ports.signer.sign(manifest.signed_bytes, key_id=manifest.key_id)
    ports.files.save(manifest_id(manifest_of), [manifest_bytes(manifest, signature)])
    return manifest


def manifest_id(manifest_of: str) -> str:
    """Return the id of a manifest in the file store."""
    return f"manifest-{manifest_of}"


def manifest_name(file_name: str) -> str:
    """Return the name of the manifest of a file."""
    return f"{file_name}{MANIFEST_ENDING}"


def barred_mark(barred: tuple[str, ...]) -> str:
    """Return a short name for who of a list must not be called; another one once somebody objects."""
    return fingerprint(list(barred))


def _chunks(frames: Iterator[pd.DataFrame], ending: str, ready: Ready, ports: ListExportPorts) -> Iterator[bytes]:
    if ending == "xlsx":
        return ports.write_workbook(frames, columns=LIST_COLUMNS, created=ready.call_list.released_at)
    numbers = ports.calls.settings.current().numbers
    return csv_chunks(frames, columns=LIST_COLUMNS, decimal=numbers.decimal, separator=numbers.separator)


def _frames(ready: Ready, ports: ListExportPorts, parts: list[int]) -> Iterator[pd.DataFrame]:
    """Yield whom to call, `LIST_COLUMNS` wide, and note how many each part holds; who was deleted is left out."""
    for start in range(0, len(ready.whom.entries), EXPORT_ROWS):
        part = ready.whom.entries.iloc[start : start + EXPORT_ROWS]
        stored = ports.calls.customers.standing(part[CUSTOMER_ID].tolist()).index
        rows = _rows(ready, part[part[CUSTOMER_ID].isin(stored)].reset_index(drop=True), ports)
        parts.append(len(rows))
        yield rows


def _rows(ready: Ready, entries: pd.DataFrame, ports: ListExportPorts) -> pd.DataFrame:
    """Return entries as the file shows them, `LIST_COLUMNS` wide."""
    contacts = ports.calls.customers.contact_details(entries[CUSTOMER_ID].tolist())
    contributions = entries[list(CONTRIBUTION_COLUMNS)].to_numpy(np.float64)
    sentences = ports.writer_of(ready.ground.model_version).top_sentences(entries, contributions)
    rows = pd.concat([entries, sentences], axis=1).assign(
        list_id=ready.call_list.list_id,
        name=display_names(contacts),
        phone=[clean_phone(phone, None) if isinstance(phone, str) else "" for phone in contacts["phone"]],
        attempt=entries["calls"] + 1,
        best_weekday=[best_weekday(contact) for contact in entries["contact"]],
        model_version=ready.ground.model_version,
        market_date=ready.ground.market_date,
        data_hash=ready.figures.data_hash,
    )
    return rows[[column.name for column in LIST_COLUMNS]]


def _manifest(
    ready: Ready, ending: str, sums: FileSums, rows: int, *, made_by: str, key_id: str, now: datetime
) -> Manifest:
    call_list = ready.call_list
    return Manifest(
        file=ready.file_name(ending),
        sha256=sums.sha256,
        size=sums.size,
        rows=rows,
        columns=tuple(column.header for column in LIST_COLUMNS),
        list_id=call_list.list_id,
        list_name=call_list.request.name,
        released_by=call_list.created_by,
        released_at=_moment(call_list.released_at or call_list.created_at),
        model_version=ready.ground.model_version,
        market_date=ready.ground.market_date,
        data_hash=ready.figures.data_hash,
        rules_version=ready.ground.rules_version,
        made_at=_moment(now),
        made_by=made_by,
        key_id=key_id,
    )


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds")
