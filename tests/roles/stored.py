"""What is stored in a world, as one digest, and what an attempt may leave behind that is refused."""

import hashlib
from collections import deque
from collections.abc import Mapping
from contextlib import contextmanager
from dataclasses import fields, is_dataclass

import pandas as pd

from smartbank.core.audit import AuditResult
from smartbank.core.people import Session

KEPT_BY = "smartbank.adapters.memory."
LOOK_UPS = {"last_seen"}
"""When a session last ran a page: says who is there, to the minute, and nothing of what they did."""
NO_DATA = ("lock", "_lock", "vault", "_vault")


def digest(services):
    """Return one hash of everything the services store; of the audit log, which only grows, nothing."""
    kept = {
        name: vars(port)
        for name, port in sorted(vars(services).items())
        if name != "audit" and type(port).__module__.startswith(KEPT_BY)
    }
    sums = hashlib.sha256()
    _feed(sums, kept)
    return sums.hexdigest()


def _feed(sums, value):
    """Add a value to a hash, by what it holds and not by which object it is."""
    sums.update(f"<{type(value).__name__}".encode())
    if isinstance(value, Mapping):
        for key in value:
            if key not in NO_DATA:
                _feed(sums, key)
                _feed(sums, value[key])
    elif isinstance(value, pd.DataFrame | pd.Series):
        sums.update(value.to_json(date_format="iso").encode())
    elif is_dataclass(value):
        for each in fields(value):
            if not (isinstance(value, Session) and each.name in LOOK_UPS):
                _feed(sums, getattr(value, each.name))
    elif isinstance(value, list | tuple | deque):
        for each in value:
            _feed(sums, each)
    elif isinstance(value, set | frozenset):
        _feed(sums, sorted(map(repr, value)))
    elif type(value).__module__.startswith(KEPT_BY):
        _feed(sums, vars(value))
    else:
        said = repr(value)
        assert " object at 0x" not in said, f"{said} keeps what it holds to itself"
        sums.update(said.encode())
    sums.update(b">")


@contextmanager
def nothing_but_refusals(services, what, before=None):
    """Hold what a block tries to it: nothing stored is different after it, and the log has refusals more at most.

    Whoever knows the digest from before hands it on.
    """
    before, entries = before or digest(services), len(services.audit.kept)
    with nothing_stored(services, what, before):
        yield
    assert {entry.event.result for entry in services.audit.kept[entries:]} <= {AuditResult.REFUSED}, what


@contextmanager
def nothing_stored(services, what, before):
    """Hold what a block reads to it: what is stored has the digest of before, whatever the audit log says of it."""
    yield
    assert digest(services) == before, f"{what}: something stored was changed"
