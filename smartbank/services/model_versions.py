"""Use cases: which versions of the model there are, put a better one in force, and take the one before back."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from smartbank.core.audit import LONGEST_REASON, SHORTEST_REASON, AuditAction, stated_reason
from smartbank.core.card_figures import trained_until, twin_of
from smartbank.core.model_versions import Comparison, Promotion, TrainedModel, version_reference
from smartbank.core.people import Actor, Right
from smartbank.core.ports import AuditLog, ModelRegistry, ModelShelf
from smartbank.core.promotion import Evidence, Verdict, evidence_from, verdict_of
from smartbank.errors import ConflictError, ModelArtifactError, NotFoundError
from smartbank.services.auditing import Audited, audited, noting
from smartbank.services.models_in_force import ModelsInForce

RETURNED: Final = "The champion before was taken back."
MISSING: Final = "the model is missing or altered"
"""What an entry says where a model cannot be loaded."""
_MEANWHILE: Final = "another model was put in force meanwhile"
_KIND: Final = "model"


@dataclass(frozen=True)
class ModelPorts:
    """What changing the model in force needs from the outside."""

    models: ModelsInForce
    registry: ModelRegistry
    shelf: ModelShelf
    audit: AuditLog


@dataclass(frozen=True)
class VersionView:
    """A version of the model as the screens show it.

    Attributes
    ----------
    twin_of : str or None
        The version it is the twin of, without age and marital status; None where it has both.
    until : str
        Last month of a call it was trained on, such as "2010-11"; empty where its card cannot be read.
    trained : TrainedModel or None
        Who had it trained here; None for one SmartBank brings with it.
    comparison : Comparison or None
        How it was compared with the champion, if it was.
    problem : str
        Why it cannot be used; empty where it can.
    """

    version: str
    is_champion: bool
    twin_of: str | None
    until: str
    trained: TrainedModel | None
    comparison: Comparison | None
    problem: str = ""

    @property
    def evidence(self) -> Evidence | None:
        """What the comparison says."""
        return None if self.comparison is None else evidence_from(self.comparison.evidence)

    @property
    def verdict(self) -> Verdict | None:
        """Whether the comparison lets it pass."""
        evidence = self.evidence
        return None if evidence is None else verdict_of(evidence)


def model_versions(*, by: Actor, ports: ModelPorts) -> list[VersionView]:
    """Return every version at hand: the champion, then those trained here and those shipped, newest first.

    Those that use age and marital status as the champion does come before those that do not.
    """
    by.require(Right.SEE_LEADS)
    champion = ports.models.version()
    trained = {each.version: each for each in ports.registry.trained()}
    compared = _comparisons(champion, ports.registry)
    names = dict.fromkeys([champion, *trained, *reversed(ports.shelf.shipped_versions())])
    found = []
    for version in names:
        twin, until, problem = None, "", ""
        try:
            card = ports.shelf.card(version)
            twin, until = twin_of(card), trained_until(card)
        except ModelArtifactError as exc:
            problem = str(exc)
        found.append(
            VersionView(version, version == champion, twin, until, trained.get(version), compared.get(version), problem)
        )
    return sorted(found, key=lambda each: (not each.is_champion, (each.twin_of is None) != (found[0].twin_of is None)))


def model_history(*, by: Actor, ports: ModelPorts) -> list[Promotion]:
    """Return every change of the model in force, the newest first."""
    by.require(Right.SEE_LEADS)
    return ports.registry.promotions()


def promote_model(version: str, *, reason: str, seen: str, by: Actor, ports: ModelPorts, now: datetime) -> Promotion:
    """Put a challenger in force that passed its comparison with the champion; every process has it within seconds.

    Parameters
    ----------
    reason : str
        Of 10 to 300 characters.
    seen : str
        The version that was in force when whoever decides looked.

    Raises
    ------
    ForbiddenError
        The role may not put models in force.
    SettingsError
        The reason is too short or too long.
    ConflictError
        It was not compared with the champion, did not pass, or another model was put in force meanwhile.
    ModelArtifactError
        The model is missing or altered. In each case nothing is changed.
    """
    with audited(
        AuditAction.PROMOTE_MODEL, _KIND, version_reference(version), by=by, audit=ports.audit, now=now
    ) as said:
        why, champion = decided(reason, seen, by=by, models=ports.models, said=said)
        with noting(said, "in force already"):
            if version == champion:
                raise ConflictError(f"Model {version} is in force already.")
        with noting(said, "not compared with the model in force"):
            compared = _comparison(version, champion, ports.registry)
        said.details |= compared.evidence
        _require_passed(compared, said)
        with noting(said, MISSING):
            ports.shelf.load(version)
        said.details["reason"] = why
    promotion = Promotion(0, version, champion, now, by.username, why, compared.evidence)
    return put_in_force(promotion, AuditAction.PROMOTE_MODEL, by=by, ports=ports)


def take_back_model(*, seen: str, by: Actor, ports: ModelPorts, now: datetime) -> Promotion:
    """Put the champion before back in force; it was in force once, so nothing is compared.

    Raises
    ------
    ForbiddenError
        The role may not put models in force.
    NotFoundError
        No other model was in force before.
    ConflictError
        Another model was put in force meanwhile.
    ModelArtifactError
        The model is missing or altered. In each case nothing is changed.
    """
    with audited(AuditAction.RETURN_MODEL, _KIND, by=by, audit=ports.audit, now=now) as said:
        champion = _still_in_force(seen, by=by, models=ports.models, said=said)
        earlier = champion_before(ports.registry.promotions())
        with noting(said, "no other model was in force before"):
            if earlier is None:
                raise NotFoundError("No other model was in force before. There is nothing to take back.")
        said.object_id = earlier
        with noting(said, MISSING):
            ports.shelf.load(earlier)
    promotion = Promotion(0, earlier, champion, now, by.username, RETURNED)
    return put_in_force(promotion, AuditAction.RETURN_MODEL, by=by, ports=ports)


def champion_before(promotions: Sequence[Promotion]) -> str | None:
    """Return which version taking back leads to; None where nothing was put in force that was not taken back.

    One that was taken back never comes again this way: it has to pass a comparison.

    Parameters
    ----------
    promotions : sequence of Promotion
        The newest first.
    """
    taken_back = 0
    for each in promotions:
        if each.is_return:
            taken_back += 1
        elif taken_back:
            taken_back -= 1
        else:
            return each.before
    return None


def _comparisons(champion: str, registry: ModelRegistry) -> dict[str, Comparison]:
    """Return by challenger how each was compared with the champion; what was taken back since has none."""
    returned = {each.before: each.at for each in reversed(registry.promotions()) if each.is_return}
    found = registry.comparisons(champion)
    return {
        each.challenger: each
        for each in found
        if each.challenger not in returned or each.at > returned[each.challenger]
    }


def _comparison(version: str, champion: str, registry: ModelRegistry) -> Comparison:
    compared = _comparisons(champion, registry).get(version)
    if compared is None:
        raise ConflictError(
            "It was not compared with the model in force, or was taken back since. Compare them, or train anew."
        )
    return compared


def _require_passed(compared: Comparison, said: Audited) -> None:
    """Raise `ConflictError` unless a challenger passed its comparison; the entry says which part of it it failed."""
    with noting(said, "compared by another SmartBank"):
        verdict = verdict_of(evidence_from(compared.evidence))
    if not verdict.passes:
        with noting(said, verdict.short):
            raise ConflictError(f"It stays a challenger. {verdict.sentence}")


def decided(reason: str, seen: str, *, by: Actor, models: ModelsInForce, said: Audited) -> tuple[str, str]:
    """Return the reason for another model, and the version in force; the entry says why where that is refused.

    Raises
    ------
    ForbiddenError
        The role may not put models in force.
    ConflictError
        Another version than was seen is in force.
    SettingsError
        The reason is too short or too long.
    """
    champion = _still_in_force(seen, by=by, models=models, said=said)
    with noting(said, f"no reason of {SHORTEST_REASON} to {LONGEST_REASON} characters"):
        return stated_reason(reason), champion


def _still_in_force(seen: str, *, by: Actor, models: ModelsInForce, said: Audited) -> str:
    with noting(said, "no right to put a model in force"):
        by.require(Right.MANAGE_MODELS)
    said.details["before"] = champion = models.version()
    with noting(said, _MEANWHILE):
        if champion != seen:
            raise ConflictError(f"Model {champion} was put in force meanwhile. Look at it, then decide again.")
    return champion


def put_in_force(promotion: Promotion, action: AuditAction, *, by: Actor, ports: ModelPorts) -> Promotion:
    """Keep a promotion under the next number and return it; it is on record already, so that none stands without."""
    by.require(Right.MANAGE_MODELS)
    last = ports.registry.in_force()
    is_next = last is None or last.version == promotion.before
    numbered = replace(promotion, number=1 if last is None else last.number + 1)
    if not is_next or not ports.registry.promote(numbered):
        with (
            audited(action, _KIND, promotion.version, by=by, audit=ports.audit, now=promotion.at) as said,
            noting(said, _MEANWHILE),
        ):
            raise ConflictError("Another model was put in force meanwhile. Look at it, then decide again.")
    ports.models.forget()
    return numbered
