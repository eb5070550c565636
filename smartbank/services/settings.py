"""Use case: change the settings of the bank."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from smartbank.core.audit import AuditAction
from smartbank.core.bank_settings import BankSettings, SettingsChange, changed_names
from smartbank.core.market.points import point_of
from smartbank.core.people import Actor, Right
from smartbank.core.ports import AuditLog, SettingsRepository
from smartbank.core.settings_fields import validate_settings
from smartbank.services.auditing import audited
from smartbank.services.market_in_force import MarketInForce


def change_settings(
    changed: BankSettings,
    *,
    by: Actor,
    settings: SettingsRepository,
    market: MarketInForce,
    audit: AuditLog,
    now: datetime,
) -> BankSettings:
    """Save changed settings, which carry the version they were changed from, and return them with their new version.

    A changed base rate is the bank's own from now on, measured in the market in force. Settings that say what is in
    force already are not saved again.

    Raises
    ------
    ForbiddenError
        The role may not change settings.
    SettingsError
        A value is not allowed; says which.
    ConflictError
        Somebody else changed the settings since; says who, what and when. Nothing is saved.
    """
    with audited(AuditAction.CHANGE_SETTINGS, "settings", by=by, audit=audit, now=now) as said:
        by.require(Right.CHANGE_SETTINGS)
        validate_settings(changed)
        before = settings.current()
        changed = _measured(changed, before, market=market, now=now)
        names = changed_names(before, changed)
        said.details |= {
            "changed": names,
            "before": [_text(getattr(before, name)) for name in names],
            "after": [_text(getattr(changed, name)) for name in names],
        }
        saved = settings.save(changed, by=by.username, at=now) if changed != before else before
        said.object_id = str(saved.version)
        return saved


def _measured(changed: BankSettings, before: BankSettings, *, market: MarketInForce, now: datetime) -> BankSettings:
    """Return changed settings whose base rate, if somebody said it just now, belongs to the market in force."""
    if changed.base_rate != before.base_rate and changed.base_rate_source == before.base_rate_source:
        changed = changed.with_base_rate(changed.base_rate, said_at=now)
    own = changed.has_own_base_rate
    is_same = (changed.base_rate, changed.base_rate_source) == (before.base_rate, before.base_rate_source)
    said_anew = own and changed.base_rate_market is None and before.base_rate_market is not None
    if is_same and not said_anew:
        return replace(changed, base_rate_market=before.base_rate_market)
    return replace(changed, base_rate_market=point_of(market.take(now=now)) if own else None)


def _text(value: Any) -> str:  # noqa: ANN401  whatever a setting is
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)


def settings_history(limit: int, *, by: Actor, settings: SettingsRepository) -> list[SettingsChange]:
    """Return the newest versions of the settings with who saved them and when, newest first."""
    by.require(Right.SEE_ADMIN)
    return settings.history(limit)
