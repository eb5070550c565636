"""An audit log whose details hold every kind of value an entry may hold."""

from datetime import UTC, datetime, timedelta

from smartbank.adapters.memory import MemoryAuditLog
from smartbank.core.audit import AuditAction, AuditEvent, AuditResult

NINE = datetime(2026, 1, 5, 9, 0, 0, 123_000, tzinfo=UTC)
DETAILS = (
    {"leads": 3, "share": 0.1, "format": "csv"},
    {},
    {"nested": {"deep": [1, None, True, -0.0, 1e300]}, "zero": 0},
    {"text": 'São "João" 🦜\n\x00\u2028'},
    {"bound": -(2**63), "other": 2**63 - 1},
)


def log_of(n):
    """Return a log of `n` entries."""
    log = MemoryAuditLog()
    for number in range(n):
        log.append(
            AuditEvent(
                NINE + timedelta(milliseconds=number),
                "ana",
                "192.0.2.7",
                AuditAction.RUN,
                "call list",
                f"run-{number}",
                AuditResult.DONE,
                DETAILS[number % len(DETAILS)],
            )
        )
    return log
