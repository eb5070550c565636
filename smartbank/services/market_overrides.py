"""Use cases: put a market figure by hand in place of what the sources say, for a time; take it back; who did."""

from datetime import UTC, datetime, timedelta
from typing import Final

from smartbank.core.audit import AuditAction, stated_reason
from smartbank.core.market.indicators import FACTS, MARKET_FEATURES, Indicator
from smartbank.core.market.overrides import Override, newest_first, overrides_in_force
from smartbank.core.people import Actor, Right
from smartbank.core.ports import AuditLog, OverrideRepository
from smartbank.core.work_ids import new_work_id, work_reference
from smartbank.errors import ConflictError, NotFoundError, SettingsError
from smartbank.services.auditing import audited

MOST_DAYS: Final = 90
_KIND: Final = "market figure"
_NOT_IN_FORCE: Final = "That value is not in force any more. Look at the table for who took it back."


def set_override(
    indicator: Indicator,
    value: float,
    *,
    reason: str,
    days: int,
    seen: str,
    by: Actor,
    overrides: OverrideRepository,
    audit: AuditLog,
    now: datetime,
) -> Override:
    """Put a value by hand in place of what the sources say of an indicator, and return it; scorings use it at once.

    It takes the place of one that is in force, which ends, and is kept after its audit entry: none stands without one.

    Parameters
    ----------
    value : float
        In percent, inside the indicator's hard band.
    reason : str
        Of 10 to 300 characters.
    days : int
        For how long, from 1 to 90.
    seen : str
        Id of the override of the indicator that was in force when its author looked; empty for none.

    Raises
    ------
    ForbiddenError
        The role may not set market figures.
    SettingsError
        The value, the reason or the time is not allowed; says which.
    ConflictError
        Somebody else set or took back a value of the indicator meanwhile. Nothing is saved.
    """
    with audited(AuditAction.SET_OVERRIDE, _KIND, indicator, by=by, audit=audit, now=now) as said:
        by.require(Right.SET_MARKET)
        _validate(indicator, value, days=days)
        why = stated_reason(reason)
        before = overrides_in_force(overrides.in_force(now), now=now).get(indicator)
        if (before.override_id if before else "") != seen:
            raise ConflictError(_conflict(before))
        override = Override(new_work_id(now), indicator, value, why, by.username, now, now + timedelta(days=days))
        said.details |= {
            "value": value,
            "reason": override.reason,
            "until": override.expires_at.isoformat(timespec="minutes"),
        }
    overrides.add(override)
    return override


def end_override(
    override_id: str, *, by: Actor, overrides: OverrideRepository, audit: AuditLog, now: datetime
) -> Override:
    """Take a value set by hand back before it expires, and return it as it was; scorings use the sources at once.

    Another of its indicator that is in force, since setting this one broke off before it had ended it, ends first.

    Raises
    ------
    ForbiddenError
        The role may not set market figures.
    NotFoundError
        No such value is in force any more.
    """
    with audited(AuditAction.END_OVERRIDE, _KIND, work_reference(override_id), by=by, audit=audit, now=now) as said:
        by.require(Right.SET_MARKET)
        in_force = overrides.in_force(now)
        found = next((each for each in in_force if each.override_id == override_id), None)
        if found is None:
            raise NotFoundError(_NOT_IN_FORCE)
        for other in in_force:
            if other.indicator is found.indicator and other is not found:
                overrides.end(other.override_id, by=by.username, at=now)
        if not overrides.end(override_id, by=by.username, at=now):
            raise NotFoundError(_NOT_IN_FORCE)
        said.object_id = found.indicator
        said.details |= {"value": found.value, "set_by": found.by}
        return found


def list_overrides(*, by: Actor, overrides: OverrideRepository) -> list[Override]:
    """Return the values set by hand last, newest first, those that ended too; all that are in force are among them."""
    by.require(Right.SEE_LEADS)
    seen = [*overrides.recent(), *overrides.in_force(datetime.now(UTC))]
    return newest_first({each.override_id: each for each in seen}.values())


def _validate(indicator: Indicator, value: float, *, days: int) -> None:
    facts = FACTS[indicator]
    if indicator not in MARKET_FEATURES:
        raise SettingsError(f"{facts.title} is shown and never scored: a value set by hand would change nothing.")
    if not facts.lowest <= value <= facts.highest:
        raise SettingsError(f"{facts.title} must be between {facts.lowest:g} and {facts.highest:g} %.")
    if not 1 <= days <= MOST_DAYS:
        raise SettingsError(f"A value set by hand holds for 1 to {MOST_DAYS} days.")


def _conflict(before: Override | None) -> str:
    if before is None:
        return "Somebody took the value set by hand back meanwhile. Look at what is in force, then save again."
    return f"{before.by} set {FACTS[before.indicator].title} by hand meanwhile. Look at it, then save again."
