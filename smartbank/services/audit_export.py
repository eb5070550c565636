"""Use cases: take the audit log away as a file that streams, and check such a file outside of the database."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice, takewhile
from typing import Any, Final, Literal
from zoneinfo import ZoneInfo

from smartbank.core.audit import AuditAction, AuditEntry, BrokenEntry
from smartbank.core.audit_chain import ChainCheck, Head, check_chain
from smartbank.core.audit_filter import AuditFilter
from smartbank.core.audit_lines import AUDIT_COLUMNS, entry_frames, entry_line, read_line
from smartbank.core.exports import csv_chunks
from smartbank.core.people import Actor, Right
from smartbank.core.ports import AuditLog, SettingsRepository
from smartbank.services.auditing import audited
from smartbank.services.downloads import CSV, Download

JSON_LINES: Final = "application/x-ndjson"
EXPORTED: Final = "audit log"
"""Kind of object of an export's entries in the log."""
_BATCH: Final = 500
"""Entries of a chunk."""

AuditFormat = Literal["csv", "jsonl"]
Entry = AuditEntry | BrokenEntry


@dataclass
class _Told:
    """How many entries have left, and the hash of all bytes that did."""

    entries: int = 0
    digest: Any = field(default_factory=hashlib.sha256)


def open_audit_export(
    wanted: AuditFilter, kind: AuditFormat, *, by: Actor, audit: AuditLog, settings: SettingsRepository, now: datetime
) -> Download:
    """Return the entries a filter means as a file, rising by number, down to the newest there is now.

    The log gets an entry before the first byte, and another with the file's SHA-256 when all of it has left. What
    cannot be read is in the file whatever the filter: nobody knows whether it is meant. Beyond the newest entry nothing
    is read, however much is written while the file leaves.
    """
    with audited(AuditAction.EXPORT, EXPORTED, by=by, audit=audit, now=now) as said:
        by.require(Right.SEE_ADMIN)
        newest, _ = audit.end()
        in_force = settings.current()
        about = {"format": kind, "newest": newest}
        said.details |= {"step": "handed out", **about, **wanted.on_record(was_found=False)}
    told = _Told()
    batches = _batches(_meant(wanted, newest, ZoneInfo(in_force.time_zone), audit), told)
    if kind == "csv":
        chunks = csv_chunks(entry_frames(batches), columns=AUDIT_COLUMNS, separator=in_force.numbers.separator)
    else:
        chunks = (b"".join(map(entry_line, batch)) for batch in batches)

    def streamed() -> Iterator[bytes]:
        for chunk in chunks:
            told.digest.update(chunk)
            yield chunk
        with audited(AuditAction.EXPORT, EXPORTED, by=by, audit=audit, now=now) as said:
            said.details |= {"step": "ended", **about, "entries": told.entries, "sha256": told.digest.hexdigest()}
            said.details |= wanted.on_record(was_found=told.entries > 0)

    return Download(f"audit-log-to-{newest}.{kind}", CSV if kind == "csv" else JSON_LINES, streamed())


def _meant(wanted: AuditFilter, newest: int, zone: ZoneInfo, audit: AuditLog) -> Iterator[Entry]:
    for entry in takewhile(lambda entry: not _is_beyond(entry, newest), audit.entries()):
        if isinstance(entry, BrokenEntry) or wanted.means(entry.event, zone=zone):
            yield entry


def _is_beyond(entry: Entry, newest: int) -> bool:
    number = str(entry.number)  # of one that cannot be read it may be anything
    return number.isdecimal() and int(number) > newest


def _batches(entries: Iterator[Entry], told: _Told) -> Iterator[list[Entry]]:
    while batch := list(islice(entries, _BATCH)):
        told.entries += sum(isinstance(entry, AuditEntry) for entry in batch)
        yield batch


@dataclass(frozen=True)
class FileCheck:
    """What checking an exported file found: the chain in it, the number it begins with, and its SHA-256."""

    chain: ChainCheck
    first: int
    sha256: str


def verify_file(lines: Iterable[bytes], *, by: Actor, noted: Head | None = None, is_part: bool = False) -> FileCheck:
    """Check the lines of an exported file, each with its line feed, without the log they are from.

    Parameters
    ----------
    noted : Head, optional
        An entry noted elsewhere, which has to be the one in the file.
    is_part : bool
        Whether the file holds some entries only; else it has to begin with entry 1 and leave none out.
    """
    by.require(Right.SEE_ADMIN)
    digest, firsts = hashlib.sha256(), list[int]()

    def read() -> Iterator[Entry]:
        for place, line in enumerate(lines, start=1):
            digest.update(line)
            entry = read_line(line, place)
            if isinstance(entry, AuditEntry) and not firsts:
                firsts.append(entry.number)
            yield entry

    chain = check_chain(read(), heads=[noted] if noted else [], is_part=is_part)
    if not chain.entries:
        chain = ChainCheck(0, 0, chain.head, (*chain.faults, "The file holds no entry."))
    return FileCheck(chain, firsts[0] if firsts else 0, digest.hexdigest())
