"""Every use case that changes or hands out something writes one entry into the audit log, whatever came of it."""

from collections.abc import Generator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from smartbank.core.audit import AuditAction, AuditEvent, AuditResult
from smartbank.core.people import Actor
from smartbank.core.ports import AuditLog
from smartbank.errors import ForbiddenError, SmartBankError


class Audited:
    """What is said of an action once it has ended; `object_id` may be set when it is known only then."""

    def __init__(self, object_id: str) -> None:
        self.object_id = object_id
        self.details: dict[str, Any] = {}


@contextmanager
def noting(said: Audited, why: str) -> Generator[None]:
    """Have the entry say why in a few words, as `refused`, where the block raises an error of ours.

    The words are fixed: what an error says may hold what somebody typed.
    """
    try:
        yield
    except SmartBankError:
        said.details["refused"] = why
        raise


@contextmanager
def audited(
    action: AuditAction, object_kind: str, object_id: str = "", *, by: Actor, audit: AuditLog, now: datetime
) -> Generator[Audited]:
    """Write one audit entry when the block ends: done, refused (`ForbiddenError`) or failed.

    Ask for the right inside the block, so that a refusal is on record too. What the block raises goes through.
    """
    said = Audited(object_id)

    def record(result: AuditResult) -> None:
        audit.append(
            AuditEvent(now, by.username, by.place, action, object_kind, said.object_id, result, dict(said.details))
        )

    try:
        yield said
    except ForbiddenError:
        record(AuditResult.REFUSED)
        raise
    except BaseException:
        record(AuditResult.FAILED)
        raise
    record(AuditResult.DONE)
