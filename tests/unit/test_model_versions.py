from dataclasses import replace
from datetime import timedelta

import pytest

from smartbank.bootstrap import model_ports
from smartbank.core.audit import AuditAction, AuditResult
from smartbank.core.model_versions import TrainedModel
from smartbank.core.people import Actor, Role
from smartbank.errors import ConflictError, ForbiddenError, ModelArtifactError, NotFoundError, SettingsError
from smartbank.services.model_versions import model_history, model_versions, promote_model, take_back_model
from tests.actors import ANA
from tests.model_versions import CHALLENGER, CHAMPION, NINE, compared, evidence, promoted
from tests.services import memory_services
from tests.stubs import stub_model

ADA = Actor("ada", Role.ADMIN, "192.0.2.9")
WHY = "It ranks the calls of autumn better."


@pytest.fixture
def services():
    services = memory_services()
    services.shelf.models[CHALLENGER] = stub_model(CHALLENGER)
    services.registry.add(TrainedModel(CHALLENGER, NINE, "ada", 2_400, 240))
    return services


@pytest.fixture
def promote(services):
    def promote(version=CHALLENGER, *, reason=WHY, seen=CHAMPION, by=ADA):
        return promote_model(version, reason=reason, seen=seen, by=by, ports=model_ports(services), now=NINE)

    return promote


@pytest.fixture
def take_back(services):
    def take_back(*, seen=CHALLENGER, by=ADA):
        return take_back_model(seen=seen, by=by, ports=model_ports(services), now=NINE)

    return take_back


def views(services):
    return model_versions(by=ANA, ports=model_ports(services))


def noted(services):
    return [entry.event.details.get("refused") for entry in services.audit.kept]


def actions(services):
    return [(entry.event.action, entry.event.object_id, entry.event.result) for entry in services.audit.kept]


def test_a_challenger_that_passed_is_put_in_force_and_on_record(services, promote):
    services.registry.keep_comparison(compared())

    done = promote()

    assert (done.number, done.version, done.before, done.reason) == (1, CHALLENGER, CHAMPION, WHY)
    assert services.scorer.version == CHALLENGER
    (entry,) = services.audit.kept
    assert entry.event.details["before"] == CHAMPION
    assert entry.event.details["outcomes"] == 2_400
    assert actions(services) == [(AuditAction.PROMOTE_MODEL, CHALLENGER, AuditResult.DONE)]


@pytest.mark.parametrize(
    ("comparison", "why", "noted"),
    [
        (None, "It was not compared", "not compared with the model in force"),
        (compared(calls=1_998), "It stays a challenger. Not enough outcomes", "Not enough outcomes"),
        (compared(better=False), "It stays a challenger", "May rank worse"),
        (compared(champion="2026.1-9d8fb3a1"), "It was not compared", "not compared with the model in force"),
        (replace(compared(), evidence={"unheard": 1}), "Compare the models again", "compared by another SmartBank"),
    ],
)
def test_a_challenger_that_did_not_pass_stays_one_and_it_is_on_record_why(services, promote, comparison, why, noted):
    if comparison is not None:
        services.registry.keep_comparison(comparison)

    with pytest.raises((ConflictError, ModelArtifactError), match=why):
        promote()

    assert services.scorer.version == CHAMPION
    assert services.registry.promotions() == []
    assert actions(services)[-1][2] is AuditResult.FAILED
    is_judged = comparison is not None and comparison.champion == CHAMPION
    figures = dict(comparison.evidence) if is_judged else {}
    assert services.audit.kept[-1].event.details == {"before": CHAMPION, "refused": noted, **figures}


@pytest.mark.parametrize("reason", ["", " " * 20, "too short", "x" * 301])
def test_a_promotion_has_a_reason(services, promote, reason):
    services.registry.keep_comparison(compared())

    with pytest.raises(SettingsError, match="Say why"):
        promote(reason=reason)
    assert services.registry.promotions() == []
    assert noted(services) == ["no reason of 10 to 300 characters"]


@pytest.mark.parametrize("role", [Role.MANAGER, Role.AGENT, Role.AUDITOR])
def test_only_an_administrator_promotes_and_takes_back(services, promote, take_back, role):
    services.registry.keep_comparison(compared())
    other = Actor("eve", role, "192.0.2.9")

    with pytest.raises(ForbiddenError):
        promote(by=other)
    with pytest.raises(ForbiddenError):
        take_back(by=other, seen=CHAMPION)
    assert [result for _, _, result in actions(services)] == [AuditResult.REFUSED] * 2
    assert noted(services) == ["no right to put a model in force"] * 2


def test_a_champion_that_changed_meanwhile_is_a_conflict(services, promote):
    services.registry.keep_comparison(compared())
    services.shelf.models["2026.2-00000002"] = stub_model("2026.2-00000002")
    services.registry.promote(promoted("2026.2-00000002"))

    with pytest.raises(ConflictError, match=r"2026\.2-00000002 was put in force meanwhile"):
        promote()
    assert noted(services) == ["another model was put in force meanwhile"]


def test_of_two_promotions_at_once_one_wins_and_the_other_is_on_record_as_failed(services, promote, monkeypatch):
    services.registry.keep_comparison(compared())
    monkeypatch.setattr(services.registry, "promote", lambda _promotion: False)

    with pytest.raises(ConflictError, match="meanwhile"):
        promote()
    assert [result for _, _, result in actions(services)] == [AuditResult.DONE, AuditResult.FAILED]
    assert noted(services) == [None, "another model was put in force meanwhile"]


def test_a_model_that_is_gone_cannot_be_put_in_force(services, promote):
    services.registry.keep_comparison(compared())
    del services.shelf.models[CHALLENGER]

    with pytest.raises(ModelArtifactError):
        promote()
    assert services.scorer.version == CHAMPION
    assert noted(services) == ["the model is missing or altered"]


def test_the_one_in_force_is_not_promoted_again(services, promote):
    with pytest.raises(ConflictError, match="in force already"):
        promote(CHAMPION)
    assert noted(services) == ["in force already"]


def test_what_is_no_version_is_not_put_on_record(services, promote):
    with pytest.raises(ConflictError):
        promote("Ana Silva")
    assert services.audit.kept[0].event.object_id == "no version"


def test_the_champion_before_is_taken_back_in_one_step(services, promote, take_back):
    services.registry.keep_comparison(compared())
    promote()

    back = take_back()

    assert (back.number, back.version, back.is_return) == (2, CHAMPION, True)
    assert services.scorer.version == CHAMPION
    assert [each.number for each in model_history(by=ANA, ports=model_ports(services))] == [2, 1]


def test_taking_back_leads_past_what_was_taken_back_and_ends_at_the_first(services, take_back):
    for number, (before, version) in enumerate([("a", "b"), ("b", "c")], start=1):
        services.shelf.models[version] = stub_model(version)
        services.registry.promote(promoted(version, before=before, number=number))
    services.shelf.models["a"] = stub_model("a")

    assert [take_back(seen="c").version, take_back(seen="b").version] == ["b", "a"]
    with pytest.raises(NotFoundError, match="nothing to take back"):
        take_back(seen="a")


def test_what_was_taken_back_has_to_be_compared_anew(services, promote, take_back):
    services.registry.keep_comparison(compared())
    promote()
    take_back()

    with pytest.raises(ConflictError, match="or was taken back since"):
        promote()
    assert views(services)[1].verdict is None
    services.registry.keep_comparison(replace(compared(), at=NINE + timedelta(days=1)))
    assert promote().version == CHALLENGER


def test_where_no_other_was_in_force_there_is_nothing_to_take_back(services, take_back):
    with pytest.raises(NotFoundError, match="nothing to take back"):
        take_back(seen=CHAMPION)
    assert services.scorer.version == CHAMPION
    assert noted(services) == ["no other model was in force before"]


def test_versions_are_told_with_the_champion_first_and_how_they_compare(services):
    newer = TrainedModel("2026.2-00000002", NINE + timedelta(days=30), "smartbank", 3_000, 290)
    services.registry.add(newer)
    services.registry.keep_comparison(compared())

    found = views(services)

    assert [(each.version, each.is_champion) for each in found] == [
        (CHAMPION, True),
        ("2026.2-00000002", False),
        (CHALLENGER, False),
    ]
    champion, gone, challenger = found
    assert champion.trained is None
    assert "neither in the models folder nor in the database" in gone.problem
    assert challenger.verdict.passes
    assert challenger.evidence.outcomes == 2_400
    assert champion.until == challenger.until == "2010-11"


def test_after_a_promotion_the_others_are_compared_with_the_new_champion(services, promote):
    services.registry.keep_comparison(compared())
    promote()

    champion, before = views(services)

    assert (champion.version, before.version) == (CHALLENGER, CHAMPION)
    assert before.comparison is None


def test_the_evidence_is_kept_with_the_promotion(services, promote):
    services.registry.keep_comparison(compared())

    assert promote() == replace(services.registry.in_force(), evidence=evidence())
