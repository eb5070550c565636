"""Use cases: which keys seal the data, and their rotation."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from smartbank.core.audit import AuditAction
from smartbank.core.people import Actor, Right
from smartbank.core.ports import AuditLog, BackupShelf, KeyRing, KeyWrapper, SealedData
from smartbank.services.auditing import audited

Report = Callable[[int, int], None]
"""Is told how many values were sealed again so far, and how many there were to do at the start."""

_CUSTOMERS: Final = "customers"


@dataclass(frozen=True)
class KeyUse:
    """What a key seals: customers, and other documents (earlier versions, work, parts of files)."""

    key_id: str
    customers: int
    others: int


@dataclass(frozen=True)
class RetiredKey:
    """A key that seals nothing in the database any more.

    Attributes
    ----------
    kept_in : str
        The file it is kept in; empty for one given from outside.
    needed_by : tuple of str
        Names of the backups kept here that open with it only.
    """

    key_id: str
    kept_in: str
    needed_by: tuple[str, ...]


@dataclass(frozen=True)
class Rotation:
    """What a rotation did.

    Attributes
    ----------
    newest : str
        Id of the key that now seals everything.
    resealed : int
        Documents sealed again.
    removed : tuple of str
        Keys that were retired.
    unused : tuple of str
        Older keys given from outside that seal nothing any more.
    waiting : tuple of str
        Older keys that seal nothing any more, and that another computer may not know to be replaced yet.
    still_used : dict
        Older keys by id that still seal something, which does not open, and how much.
    """

    newest: str
    resealed: int
    removed: tuple[str, ...]
    unused: tuple[str, ...]
    waiting: tuple[str, ...]
    still_used: Mapping[str, int]


def key_uses(*, by: Actor, ring: KeyRing, data: SealedData) -> list[KeyUse]:
    """Return the keys in force, newest first, and what each seals."""
    by.require(Right.SEE_ADMIN)
    uses = []
    for key_id in ring.key_ids():
        counts = data.sealed_with(key_id)
        customers = counts.get(_CUSTOMERS, 0)
        uses.append(KeyUse(key_id, customers, sum(counts.values()) - customers))
    return uses


def retired_keys(*, by: Actor, ring: KeyRing, shelf: BackupShelf, unused: Collection[str] = ()) -> list[RetiredKey]:
    """Return the keys only earlier backups may still need: those kept here, and those of `unused`, from outside."""
    by.require(Right.SEE_ADMIN)
    kept = {**dict.fromkeys(unused, ""), **ring.retired_keys()}
    return [RetiredKey(key_id, path, tuple(shelf.needing(key_id))) for key_id, path in kept.items()]


def rotate_keys(
    *, by: Actor, ring: KeyRing, data: SealedData, audit: AuditLog, now: datetime, report: Report
) -> Rotation:
    """Seal everything with a new key, and retire the older ones once they seal nothing.

    Safe to break off and to run again, which goes on with the key made before, and while SmartBank runs. Keys given
    from outside are not changed: everything is sealed again with the first of them.
    """
    with audited(AuditAction.ROTATE_KEYS, "keys", by=by, audit=audit, now=now) as said:
        by.require(Right.CHANGE_SETTINGS)
        older = ring.key_ids()[1:]
        if ring.is_kept_here and not older:
            ring.add_key()
            older = ring.key_ids()[1:]
        said.object_id = ring.key_ids()[0]
        done = _reseal(older, data, report)
        with ring.alone():
            done += sum(data.reseal(key_id, report=lambda _: None) for key_id in older)
            left = {key_id: sum(data.sealed_with(key_id).values()) for key_id in older}
            given = ring.given_ids()
            idle = [key_id for key_id, count in left.items() if not count and key_id not in given]
            removed = tuple(ring.retire_keys(idle, at=now)) if idle else ()
        unused = tuple(key_id for key_id, count in left.items() if not count and key_id in given)
        waiting = tuple(key_id for key_id in idle if key_id not in removed)
        still_used = {key_id: count for key_id, count in left.items() if count}
        said.details = {"resealed": done, "removed": list(removed), "unused": list(unused), "left": sorted(still_used)}
        return Rotation(said.object_id, done, removed, unused, waiting, still_used)


def rewrap_keys(*, by: Actor, wrapper: KeyWrapper, audit: AuditLog, now: datetime) -> int:
    """Wrap the keys of the data with the wrapping key in force, and return how many; what they seal stays as it is.

    Raises
    ------
    StartUpError
        The wrapping key of today or the one before is not to be had.
    """
    with audited(AuditAction.REWRAP_KEYS, "keys", by=by, audit=audit, now=now) as said:
        by.require(Right.CHANGE_SETTINGS)
        done = wrapper.rewrap()
        said.details = {"rewrapped": done}
        return done


def _reseal(key_ids: list[str], data: SealedData, report: Report) -> int:
    total = sum(sum(data.sealed_with(key_id).values()) for key_id in key_ids)
    done = 0

    def count(moved: int) -> None:
        nonlocal done
        done += moved
        report(done, total)

    for key_id in key_ids:
        data.reseal(key_id, report=count)
    return done
