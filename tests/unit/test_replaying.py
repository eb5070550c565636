from dataclasses import replace

import pytest

from smartbank.adapters.memory import MemorySettingsRepository
from smartbank.bootstrap import replay_ports
from smartbank.core.bank_settings import BankSettings
from smartbank.core.people import COMMAND_LINE, Actor, Role
from smartbank.core.replay import lead_hashes, same_bits
from smartbank.errors import ForbiddenError, ModelArtifactError, NotFoundError
from smartbank.services.models_in_force import ModelsInForce
from smartbank.services.replaying import replay_customer, replay_prediction, replay_run, replay_sample
from smartbank.services.runs import RunSource
from tests.replays import Replays, as_version_1_left_it
from tests.services import memory_services
from tests.stubs import ShelfOf, stub_leads, stub_model
from tests.unit.test_scoring import MORNING


@pytest.fixture
def replays():
    return Replays(memory_services())


def test_an_untouched_prediction_is_equal_in_every_part(replays):
    replayed = replay_prediction(f"{replays.run_id}:1", by=COMMAND_LINE, ports=replays.ports)

    assert replayed.is_equal
    assert [part.name for part in replayed.parts[:5]] == [
        "customer values",
        "margin",
        "contributions",
        "level",
        "propensity",
    ]
    assert replays.whole().equal == 3
    assert replays.whole().is_intact


@pytest.mark.parametrize(
    ("name", "value", "part"),
    [
        ("margin", 2.0000000000000004, "margin"),
        ("contributions", [1.5] + [0.0] * 11, "contributions"),
        ("contributions", [2.0] + [-0.0] + [0.0] * 10, "contributions"),
        ("level", -9.0, "level"),
        ("propensity", 0.9, "propensity"),
        ("band", "D", "band"),
        ("call", None, "call"),
        ("model_version", "stub-0", "model"),
        ("level_id", "level-0", "level id"),
        ("intercept", -9.0, "intercept"),
        ("snapshot_id", "2020-01", "market snapshot"),
        ("threshold", 0.5, "threshold"),
        ("bands", [0.6, 0.3, 0.1], "band limits"),
        ("settings_version", 7, "settings version"),
        ("customer_version", 7, "customer version"),
        ("lead_hash", "0" * 16, "customer values"),
    ],
)
def test_a_changed_part_of_a_prediction_is_named(replays, name, value, part):
    replays.prediction(1)[name] = value

    assert replays.first().name == part
    assert replays.first(rank=2) is None
    assert replays.whole().n_different == 1


def test_a_changed_version_of_a_customer_is_noticed_also_where_the_model_does_not_look(replays):
    replays.services.customers.save_many(stub_leads([31, 61, 41]), source={}, saved_at=MORNING)
    assert replays.first() is None

    replays.services.customers.replaced["lead-1", 1]["financial_info"]["housing"] = True

    assert replays.first().name == "customer values"
    assert replays.first(rank=2) is None


@pytest.mark.parametrize(
    ("of", "name", "value", "part"),
    [
        ("level", "intercept", -3.0, "level"),
        ("level", "market_shift", 0.1, "level"),
        ("level", "base_rate", 0.3, "level id"),
        ("rules", "cost_of_call", 79.0, "call"),
        ("rules", "cost_of_call", 8.5, "threshold"),
        ("rules", "currency", "USD", "saved settings"),
    ],
)
def test_changed_figures_of_the_run_are_noticed(replays, of, name, value, part):
    replays.result[of][name] = value

    assert replays.first().name == part


def test_a_changed_market_of_the_run_is_noticed(replays):
    replays.result["snapshot"]["readings"][0]["value"] = 3.0

    assert replays.first().name == "market figures"


def test_a_changed_market_of_the_base_rate_is_noticed(replays):
    replays.result["level"]["reference_market"] = [2.0, 0.1, 1.7]

    assert replays.first().name == "level id"
    assert "market of the base rate" in [part.name for part in replays.differences()]


def test_a_run_of_a_version_that_kept_no_market_of_the_base_rate_is_equal_too(replays):
    as_version_1_left_it(replays)

    assert replays.first() is None
    assert replays.whole().is_intact
    assert replays.whole().equal == 3


def test_settings_saved_under_the_version_that_say_otherwise_are_noticed(replays):
    others = MemorySettingsRepository()
    others.save(BankSettings(base_rate=0.2, band_multiples=(4.0, 2.0, 1.0)), by="eve", at=MORNING)
    services = replace(replays.services, settings=others)

    replayed = replay_prediction(f"{replays.run_id}:1", by=COMMAND_LINE, ports=replay_ports(services))

    assert [part.name for part in replayed.differences] == ["saved settings"]


def test_a_ranked_list_that_shows_something_else_is_noticed(replays):
    frames = replays.services.frames
    ranked = frames.load(f"run:{replays.run_id}")
    frames.append(f"run:{replays.run_id}", 0, ranked.assign(propensity=[0.9, 0.5, 0.1]))

    assert replays.first().name == "line of the ranked list"


def test_a_missing_a_surplus_and_a_misplaced_prediction_are_noticed(replays):
    kept = replays.services.predictions._predictions
    third = kept.pop((replays.run_id, 3))
    assert "3 leads, but 2 predictions" in replays.whole().faults[0]

    kept[replays.run_id, 3] = third
    kept[replays.run_id, 4] = {**third, "rank": 4}
    assert "more than the 3 leads" in replays.whole().faults[0]


def test_a_removed_customer_is_said_to_be_gone_and_is_no_difference(replays):
    del replays.services.customers.kept["lead-1"]

    replayed = replay_prediction(f"{replays.run_id}:1", by=COMMAND_LINE, ports=replays.ports)

    assert not replayed.is_equal
    assert "no longer kept" in replayed.obstacle
    whole = replays.whole()
    assert (whole.equal, whole.n_different, sum(whole.obstacles.values())) == (2, 0, 1)
    assert whole.is_intact


def test_a_version_missing_of_a_kept_customer_is_a_difference(replays):
    replays.services.customers.save_many(stub_leads([31, 61, 41]), source={}, saved_at=MORNING)
    replays.services.customers.replaced.clear()

    assert replays.first().name == "customer version"


def test_a_lead_scored_in_its_rows_market_needs_that_market(replays):
    leads = stub_leads([30, 60]).assign(euribor3m=[4.0, 1.0], cpi=[93.994, 1.0], emp_var_rate=[1.1, float("nan")])
    replays.services.frames.append("upload:u1:rows", 0, leads)
    replays.run_id = replays.run(RunSource("upload", "past.csv", upload_id="u1"), market="file")
    assert replays.whole().equal == 2

    replays.prediction(1)["market"]["euribor3m"] = 3.5
    assert replays.first().name == "level"

    del replays.prediction(1)["market"]
    replayed = replay_prediction(f"{replays.run_id}:1", by=COMMAND_LINE, ports=replays.ports)
    assert "was not kept" in replayed.obstacle


@pytest.mark.parametrize("name", ["nonsense", "run:x", "{run}:0", "{run}:4", "{run}:99999999999", ":1"])
def test_an_unknown_prediction_is_told(replays, name):
    with pytest.raises(NotFoundError):
        replay_prediction(name.format(run=replays.run_id), by=COMMAND_LINE, ports=replays.ports)


def test_a_customers_prediction_is_found_by_its_run(replays):
    replayed = replay_customer("lead-1", replays.run_id, by=COMMAND_LINE, ports=replays.ports)

    assert replayed.prediction_id == f"{replays.run_id}:1"
    with pytest.raises(NotFoundError):
        replay_customer("lead-9", replays.run_id, by=COMMAND_LINE, ports=replays.ports)


def test_a_run_that_is_no_longer_kept_cannot_be_made_again(replays):
    replays.services.queue.expire(replays.run_id)

    with pytest.raises(NotFoundError, match="no longer kept"):
        replays.whole()
    assert list(replay_sample(5, by=COMMAND_LINE, ports=replays.ports)) == []


def test_a_missing_model_is_told_and_does_not_stop_a_sample(replays):
    shelf = ShelfOf(stub_model("stub-2"))
    services = replace(replays.services, models=ModelsInForce(replays.services.registry, shelf))

    with pytest.raises(ModelArtifactError, match="stub-1 is neither in the models folder nor in the database"):
        replay_run(replays.run_id, by=COMMAND_LINE, ports=replay_ports(services))
    (found,) = replay_sample(2, by=COMMAND_LINE, ports=replay_ports(services))
    assert (found.equal, sum(found.obstacles.values())) == (0, 2)


def test_a_sample_that_draws_a_missing_prediction_says_so(replays):
    def sample(seed):
        return replay_run(replays.run_id, sample=2, seed=seed, by=COMMAND_LINE, ports=replays.ports)

    del replays.services.predictions._predictions[replays.run_id, 2]

    with_it, without = sample(8), sample(9)
    assert (with_it.tried, with_it.faults) == (1, ["1 of 2 predictions drawn is not stored any more."])
    assert (without.tried, without.faults) == (2, [])
    assert without.is_intact
    assert not with_it.is_intact


@pytest.mark.parametrize("role", [Role.MANAGER, Role.AGENT])
def test_who_may_not_see_the_log_may_not_replay(replays, role):
    actor = Actor("ana", role, "here")

    for attempt in (
        lambda: replay_prediction(f"{replays.run_id}:1", by=actor, ports=replays.ports),
        lambda: replay_customer("lead-1", replays.run_id, by=actor, ports=replays.ports),
        lambda: replay_run(replays.run_id, by=actor, ports=replays.ports),
        lambda: list(replay_sample(1, by=actor, ports=replays.ports)),
    ):
        with pytest.raises(ForbiddenError):
            attempt()


def test_bits_decide_whether_two_values_are_the_same():
    assert same_bits(float("nan"), float("nan"))
    assert same_bits([0.5, "A", None], (0.5, "A", None))
    assert not same_bits(0.0, -0.0)
    assert not same_bits(1.0, 1)
    assert not same_bits([0.5], [0.5, 0.5])


def test_a_leads_hash_depends_on_its_values_and_not_on_how_they_are_kept():
    leads = stub_leads([30, 40])
    as_objects = leads.astype(object).where(leads.notna(), None)

    assert lead_hashes(leads) == lead_hashes(as_objects)
    assert lead_hashes(leads)[0] != lead_hashes(leads)[1]
    assert lead_hashes(leads.assign(housing="no"))[0] != lead_hashes(leads.assign(housing="yes"))[0]
