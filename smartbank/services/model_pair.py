"""Use cases: the model in force and the same without age and marital status, and the switch between them."""

from dataclasses import dataclass
from datetime import datetime

from smartbank.core.audit import AuditAction
from smartbank.core.card_figures import twin_of
from smartbank.core.model_versions import Promotion
from smartbank.core.people import Actor, Right
from smartbank.core.ports import ModelShelf
from smartbank.errors import ModelArtifactError, NotFoundError
from smartbank.services.auditing import audited, noting
from smartbank.services.model_versions import MISSING, ModelPorts, decided, put_in_force


@dataclass(frozen=True)
class ModelPair:
    """The model in force, and the same model the other way round.

    Attributes
    ----------
    other : str or None
        None where the model in force was trained without one.
    is_without : bool
        Whether the one in force knows neither age nor marital status.
    """

    in_force: str
    other: str | None
    is_without: bool

    @property
    def both(self) -> tuple[str, str] | None:
        """The version that knows both fields and the one that knows neither; None where there is only one."""
        if self.other is None:
            return None
        return (self.other, self.in_force) if self.is_without else (self.in_force, self.other)


def model_pair(*, by: Actor, ports: ModelPorts) -> ModelPair:
    """Return the model in force, and the same one the other way round. Raises `ModelArtifactError` for a lost card."""
    by.require(Right.SEE_LEADS)
    return _pair(ports.models.version(), ports)


def switch_fields(*, reason: str, seen: str, by: Actor, ports: ModelPorts, now: datetime) -> Promotion:
    """Put the same model without age and marital status in force, or the one with them where they are left out now.

    It is what the bank decides to rank by, so nothing is compared; what it costs is on the page.

    Parameters
    ----------
    reason, seen
        As in `promote_model`.

    Raises
    ------
    ForbiddenError
        The role may not put models in force.
    SettingsError
        The reason is too short or too long.
    NotFoundError
        The model in force was trained without the other one.
    ConflictError
        Another model was put in force meanwhile.
    ModelArtifactError
        The model is missing or altered. In each case nothing is changed.
    """
    with audited(AuditAction.SWITCH_FIELDS, "model", by=by, audit=ports.audit, now=now) as said:
        why, champion = decided(reason, seen, by=by, models=ports.models, said=said)
        with noting(said, MISSING):
            other = _pair(champion, ports).other
        with noting(said, "trained without the other one"):
            if other is None:
                raise NotFoundError(
                    "The model in force was trained before SmartBank trained each model without age and marital status"
                    " too. Train a challenger first."
                )
        said.object_id = other
        with noting(said, MISSING):
            ports.shelf.load(other)
        said.details["reason"] = why
    promotion = Promotion(0, other, champion, now, by.username, why, {}, is_switch=True)
    return put_in_force(promotion, AuditAction.SWITCH_FIELDS, by=by, ports=ports)


def _pair(version: str, ports: ModelPorts) -> ModelPair:
    full = twin_of(ports.shelf.card(version))
    if full is not None:
        return ModelPair(version, full, is_without=True)
    names = dict.fromkeys([*(each.version for each in ports.registry.trained()), *ports.shelf.shipped_versions()])
    other = next((name for name in names if _twin_of(name, ports.shelf) == version), None)
    return ModelPair(version, other, is_without=False)


def _twin_of(version: str, shelf: ModelShelf) -> str | None:
    try:
        return twin_of(shelf.card(version))
    except ModelArtifactError:
        return None
