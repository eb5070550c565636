"""The way to a right that every other way ends in: the use cases themselves."""

import importlib
from contextlib import contextmanager

import pytest

from smartbank.core.audit import AuditResult
from smartbank.core.people import Right
from smartbank.errors import ForbiddenError
from tests.roles.stored import nothing_but_refusals, nothing_stored
from tests.use_cases import World
from tests.use_cases_people import USE_CASES

READING = {Right.SEE_LEADS, Right.SEE_CUSTOMER, Right.SEE_ADMIN}
"""What an auditor has; whoever has these rights changes nothing with them."""
OF_RIGHT = {right: [each for each in USE_CASES if each.right is right] for right in Right}


def walk_use_cases(ground, right, *, is_yes):
    """Call every use case of a right, and hold it to what the table says."""
    for use_case in OF_RIGHT[right]:
        if not is_yes:
            _is_refused(use_case, ground)
        elif right in READING:
            with nothing_stored(ground.services, use_case.name, ground.untouched):
                _is_done(use_case, ground.world, ground.by)
        else:
            _is_done(use_case, World(), ground.by)


def _is_done(use_case, world, by):
    before = len(world.services.audit.kept)

    use_case.call(world, by)

    results = {entry.event.result for entry in world.services.audit.kept[before:]}
    assert results == ({AuditResult.DONE} if use_case.is_audited or results else set()), use_case.name


def _is_refused(use_case, ground):
    audit, reached = ground.bench.services.audit, []
    before = len(audit.kept)
    with _watched(use_case, ground, reached):
        try:
            use_case.call(ground.bench, ground.by)
        except ForbiddenError:
            pass
        else:
            pytest.fail(f"{use_case.name} lets {ground.role} through")
    assert reached, f"{use_case.name} was not reached"
    written = [(entry.event.who, entry.event.result) for entry in audit.kept[before:]]
    assert written == ([(ground.by.username, AuditResult.REFUSED)] if use_case.is_audited else []), use_case.name


@contextmanager
def _watched(use_case, ground, reached):
    """Compare what is stored from where the use case itself begins: a call may put there what it needs, before."""

    def watched(*args, **named):
        asking = named.get("by")
        if asking is None or asking.username != ground.by.username:
            return use_case.function(*args, **named)
        reached.append(use_case.name)
        with nothing_but_refusals(ground.bench.services, use_case.name):
            try:
                return use_case.function(*args, **named)
            except ForbiddenError as refusal:
                said = refusal
        raise said

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(importlib.import_module(use_case.function.__module__), use_case.function.__name__, watched)
        yield
