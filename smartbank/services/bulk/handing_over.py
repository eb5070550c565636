"""Use case: write down what is in force, for a scoring of many leads that does not reach the database."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from smartbank.core.audit import AuditAction
from smartbank.core.bulk.in_force import InForce, barred_ids
from smartbank.core.people import Actor, Right
from smartbank.core.ports import AuditLog, CustomerRepository, ModelShelf, OutcomeRepository, SettingsRepository
from smartbank.services.auditing import audited
from smartbank.services.leveling import own_correction
from smartbank.services.market_in_force import MarketInForce
from smartbank.services.models_in_force import ModelsInForce


class WriteInForce(Protocol):
    """Writes what is in force into a folder, all of it or nothing. Raises `SmartBankError`."""

    def __call__(self, output: str, in_force: InForce, *, version: str, model: bytes) -> None:
        """Write it."""
        ...


@dataclass(frozen=True)
class HandOverPorts:
    """What knows what is in force, and what writes it."""

    models: ModelsInForce
    shelf: ModelShelf
    settings: SettingsRepository
    market: MarketInForce
    outcomes: OutcomeRepository
    customers: CustomerRepository
    audit: AuditLog
    write: WriteInForce


def hand_over_in_force(folder: str, *, by: Actor, ports: HandOverPorts, now: datetime) -> tuple[str, InForce]:
    """Write model, settings, market, correction and barred customers; return the model's version and what is in force.

    Raises
    ------
    ForbiddenError
        The role may not take the bank's data away.
    ModelArtifactError
        The model in force is missing or altered.
    OutputError
        The folder is not empty, or cannot be written. In each case nothing is left there.
    """
    with audited(AuditAction.EXPORT_DATA, "what is in force", by=by, audit=ports.audit, now=now) as said:
        by.require(Right.MANAGE_DATA)
        settings, version = ports.settings.current(), ports.models.version()
        in_force = InForce(
            rules=settings.rules,
            require_consent=settings.require_consent,
            snapshot=ports.market.take(now=now),
            correction=own_correction(settings.rules, outcomes=ports.outcomes, now=now),
            barred=barred_ids(ports.customers.barred(require_consent=False)),
            made_at=now,
        )
        said.details = {"model_version": version, "barred": len(in_force.barred)}
        ports.write(folder, in_force, version=version, model=ports.shelf.packed(version))
    return version, in_force
