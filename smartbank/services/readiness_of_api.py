"""Whether requests can be answered now."""

from dataclasses import dataclass
from datetime import date, datetime

from smartbank.core.ports import UserRepository
from smartbank.services.market_in_force import MarketInForce
from smartbank.services.models_in_force import ModelsInForce
from smartbank.services.sign_in import session_user


@dataclass(frozen=True)
class Readiness:
    """What requests are answered with: the model in force, and the market's last day."""

    model_version: str
    market_as_of: date


def readiness(*, models: ModelsInForce, market: MarketInForce, users: UserRepository, now: datetime) -> Readiness:
    """Ask the database and the model. Raises `StorageError` or `ModelArtifactError` where one of them is away."""
    session_user("nobody", users=users, now=now)  # a look-up of its own: models and market may be known from before
    return Readiness(models.current().version, market.look().as_of)
