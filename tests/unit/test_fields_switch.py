"""Scoring without age and marital status, and with them again."""

import pytest

from smartbank.bootstrap import model_ports
from smartbank.core.audit import AuditAction, AuditResult
from smartbank.core.model_versions import TrainedModel
from smartbank.core.people import Actor, Role
from smartbank.errors import ConflictError, ForbiddenError, ModelArtifactError, NotFoundError, SettingsError
from smartbank.services.model_pair import model_pair, switch_fields
from smartbank.services.model_versions import model_versions, take_back_model
from tests.actors import ANA
from tests.model_versions import CHAMPION, NINE, promoted
from tests.services import memory_services
from tests.stubs import stub_model

ADA = Actor("ada", Role.ADMIN, "192.0.2.9")
TWIN = "2026.2-10000001"
WHY = "The board decided against scoring by age."


@pytest.fixture
def services():
    """A bank whose model in force has a twin that was trained beside it."""
    services = memory_services()
    services.shelf.models[TWIN] = stub_model(TWIN, twin_of=CHAMPION)
    services.registry.add(TrainedModel(TWIN, NINE, "ada", 2_400, 240))
    return services


@pytest.fixture
def switch(services):
    def switch(*, reason=WHY, seen=CHAMPION, by=ADA):
        return switch_fields(reason=reason, seen=seen, by=by, ports=model_ports(services), now=NINE)

    return switch


def pair(services):
    return model_pair(by=ANA, ports=model_ports(services))


def entries(services):
    return [(entry.event.action, entry.event.object_id, entry.event.result) for entry in services.audit.kept]


def test_the_pair_is_known_from_either_side(services, switch):
    assert (pair(services).in_force, pair(services).other, pair(services).is_without) == (CHAMPION, TWIN, False)
    switch()

    assert (pair(services).in_force, pair(services).other, pair(services).is_without) == (TWIN, CHAMPION, True)
    assert pair(services).both == (CHAMPION, TWIN)


def test_a_switch_scores_with_the_twin_and_another_one_back_each_with_its_reason_on_record(services, switch):
    done = switch()

    assert (done.version, done.before, done.reason, done.is_switch, done.is_return) == (
        TWIN,
        CHAMPION,
        WHY,
        True,
        False,
    )
    assert services.scorer.version == TWIN
    (entry,) = services.audit.kept
    assert entry.event.details["reason"] == WHY
    back = switch(seen=TWIN, reason="The board decided otherwise.")
    assert back.version == services.scorer.version == CHAMPION
    assert entries(services) == [
        (AuditAction.SWITCH_FIELDS, TWIN, AuditResult.DONE),
        (AuditAction.SWITCH_FIELDS, CHAMPION, AuditResult.DONE),
    ]


def test_a_switch_is_taken_back_in_one_click(services, switch):
    switch()

    take_back_model(seen=TWIN, by=ADA, ports=model_ports(services), now=NINE)

    assert services.scorer.version == CHAMPION


def test_a_model_that_was_trained_alone_cannot_be_switched(services, switch):
    services.shelf.models["2026.1-00000009"] = stub_model("2026.1-00000009")
    services.registry.promote(promoted("2026.1-00000009"))

    assert pair(services).both is None
    with pytest.raises(NotFoundError, match="Train a challenger first"):
        switch(seen="2026.1-00000009")
    assert services.scorer.version == "2026.1-00000009"
    assert entries(services)[-1][2] is AuditResult.FAILED
    assert services.audit.kept[-1].event.details["refused"] == "trained without the other one"


def test_a_twin_whose_files_are_gone_is_not_put_in_force(services, switch, monkeypatch):
    found = services.shelf.load

    def load(version):
        if version == TWIN and services.shelf.gone:
            raise ModelArtifactError("The file of the model was altered.")
        return found(version)

    services.shelf.gone = False
    monkeypatch.setattr(services.shelf, "load", load)
    monkeypatch.setattr(services.shelf, "card", lambda version: services.shelf.models[version].scorer.card)
    services.shelf.gone = True

    with pytest.raises(ModelArtifactError):
        switch()
    assert services.registry.promotions() == []


@pytest.mark.parametrize("reason", ["", "too short", "x" * 301])
def test_a_switch_has_a_reason(services, switch, reason):
    with pytest.raises(SettingsError, match="Say why"):
        switch(reason=reason)
    assert services.registry.promotions() == []


def test_a_champion_that_changed_meanwhile_is_a_conflict(services, switch):
    with pytest.raises(ConflictError, match="was put in force meanwhile"):
        switch(seen="2026.1-00000009")


@pytest.mark.parametrize("role", [Role.MANAGER, Role.AGENT, Role.AUDITOR])
def test_only_an_administrator_switches(services, switch, role):
    with pytest.raises(ForbiddenError):
        switch(by=Actor("eve", role, "192.0.2.9"))
    assert services.scorer.version == CHAMPION


def test_the_list_of_versions_says_which_leaves_them_out(services):
    found = model_versions(by=ANA, ports=model_ports(services))

    assert {each.version: each.twin_of for each in found} == {CHAMPION: None, TWIN: CHAMPION}
