"""What every line of the log says beside its message: for whom and for what something is done."""

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar

LogFields = Mapping[str, str]

_FIELDS: ContextVar[dict[str, str] | None] = ContextVar("log_fields", default=None)


@contextmanager
def logged_with(**fields: str) -> Generator[None]:
    """Have every line logged in the block, and in threads given its context, carry fields beside those around it.

    Names of requests, ids of work, users and programs as the audit log has them; never anything of a customer.
    """
    token = _FIELDS.set({**(_FIELDS.get() or {}), **fields})
    try:
        yield
    finally:
        _FIELDS.reset(token)


def note_in_log(**fields: str) -> None:
    """Add fields to the block this is called in, also from a thread that was given its context.

    Without a block they hold for this thread, until they are noted again; an empty text takes one away.
    """
    if (kept := _FIELDS.get()) is None:
        _FIELDS.set(kept := {})
    kept.update(fields)


def log_fields() -> LogFields:
    """Return what holds where this is called."""
    return {name: value for name, value in (_FIELDS.get() or {}).items() if value}
