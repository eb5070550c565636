"""What a file says of who must not be called holds from the moment it was read, whether or not it is ever scored."""

from collections.abc import Collection, Iterator
from dataclasses import asdict, replace
from datetime import UTC, datetime
from typing import Final

import pandas as pd

from smartbank.core.audit import AuditAction
from smartbank.core.fields import CUSTOMER_COLUMNS, CUSTOMER_ID
from smartbank.core.marks import Marked, gravest, with_marks
from smartbank.core.people import WORKER
from smartbank.core.ports import AuditLog, CustomerRepository, FrameStore
from smartbank.core.shared_phones import without_phones
from smartbank.core.work import Work
from smartbank.services.auditing import audited
from smartbank.services.uploads import Owners

MARK_ROWS: Final = 10_000


def hold_marks(work: Work, *, frames: FrameStore, customers: CustomerRepository, audit: AuditLog) -> Marked:
    """Mark stored customers as every row of an upload that was read says, used or not; nobody is added.

    Undoing the upload leaves these marks: only a person takes back what bars a customer. Safe to repeat.
    """
    marks = gravest(frames.load(Owners(work.work_id).marks))
    n_stored = sum(len(customers.standing(part[CUSTOMER_ID].tolist())) for part in _parts(marks))
    if not n_stored:
        return Marked(unknown=len(marks))
    by, now = replace(WORKER, username=work.created_by), datetime.now(UTC)
    origin = {"kind": "marks", "name": str(work.request["filename"]), "marks_of": work.work_id}
    with audited(AuditAction.EDIT_CUSTOMER, "upload", work.work_id, by=by, audit=audit, now=now) as said:
        marked = Marked(0, n_stored, len(marks) - n_stored)
        for part in _parts(marks):
            n_marked = customers.set_marks(part, source=origin, saved_at=now)
            marked += Marked(now=n_marked, before=-n_marked)
            said.details |= {"marks": asdict(marked)}
    return marked


def uploaded_leads(upload_id: str, *, frames: FrameStore, without: Collection[str] = ()) -> Iterator[pd.DataFrame]:
    """Yield the clean rows of an upload, `CUSTOMER_COLUMNS` wide, with what rows set aside say against calling them.

    Parameters
    ----------
    without : collection of str
        Phone numbers that are left out, as if their cells were empty.
    """
    owners = Owners(upload_id)
    marks = gravest(frames.load(owners.marks))
    for part in frames.parts(owners.rows, columns=list(CUSTOMER_COLUMNS)):
        yield with_marks(without_phones(part, without), marks)


def _parts(marks: pd.DataFrame) -> Iterator[pd.DataFrame]:
    for start in range(0, len(marks), MARK_ROWS):
        yield marks.iloc[start : start + MARK_ROWS]
