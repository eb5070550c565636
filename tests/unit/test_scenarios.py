import math
from dataclasses import replace

import pytest

from smartbank.core.audit import AuditAction, AuditResult
from smartbank.core.bank_settings import BankSettings
from smartbank.core.market.snapshot import BUNDLED_SNAPSHOT
from smartbank.core.people import Role
from smartbank.core.ranking import RankFilter
from smartbank.core.work import WorkState
from smartbank.errors import ConflictError, ForbiddenError, NotFoundError, ScenarioError
from smartbank.services.runs import RunSource, find_run, queue_run
from smartbank.services.scenarios import (
    GONE,
    delete_scenario,
    effects_on_run,
    restore_scenario,
    save_scenario,
    saved_scenarios,
)
from smartbank.services.uploads import queue_upload
from tests.actors import ANA, EVERYBODY
from tests.bank import EVERYONE, NOW, Bank
from tests.stubs import stub_leads

BEN = replace(ANA, username="ben")
TODAY = (2.6350455, 3.7, 3.3)
LOWER = (2.3350455, 3.7, 3.3)
"""Three tenths of a point of Euribor less than the bundled market, which the stub takes for as many log-odds."""
EVERY_LEAD = RankFilter()
OCTOBER_2010 = (1.0, -1.1, 2.35)
REPLAY = (
    "customer_id,age,job,euribor3m,emp.var.rate,cons.price.idx\n"
    "young,30,student,4.857,1.1,93.994\n"
    "old,60,retired,1.0,1.1,93.994\n"
    "middle,45,student,1.5,1.1,93.994\n"
)


@pytest.fixture
def bank():
    """A bank that said its base rate in the bundled market."""
    bank = Bank()
    said = BankSettings(base_rate=0.113, base_rate_source="our calls of last month", base_rate_market=TODAY)
    bank.services.settings.save(said, by="ana", at=NOW)
    return bank


@pytest.fixture
def run_id(bank):
    bank.services.customers.save_many(stub_leads([30, 60, 40, 50]), source={}, saved_at=NOW)
    return bank.score(EVERYONE)


@pytest.fixture
def replay_id(bank):
    ports = bank.ports()
    upload_id = queue_upload([REPLAY.encode()], "replay.csv", files=bank.services.files, **ports)
    bank.work()
    run_id = queue_run(RunSource("upload", "replay.csv", upload_id=upload_id), market="file", **bank.ports())
    bank.work()
    return run_id


def effects(bank, run_id, *markets, rank_filter=EVERY_LEAD, by=ANA):
    names = ("queue", "frames", "customers", "settings", "scorer")
    ports = {name: getattr(bank.services, name) for name in names}
    return effects_on_run(run_id, markets, rank_filter=rank_filter, by=by, **ports)


def keeping(bank, by=ANA):
    return {"scenarios": bank.services.scenarios, "audit": bank.services.audit, "by": by, "now": NOW}


def save(bank, name="Lower", market=LOWER, by=ANA):
    return save_scenario(name, market, training=bank.services.scorer.training_market, **keeping(bank, by))


def odds(share):
    return math.log(share / (1 - share))


def test_the_market_the_run_was_scored_in_changes_nothing_bit_for_bit(bank, run_id):
    (found,) = effects(bank, run_id, TODAY)

    assert found.after == found.before
    assert found.before.expected_sales == find_run(run_id, by=ANA, queue=bank.queue).summary.expected_sales
    assert found.changes.empty
    assert found.rank_changes.empty


def test_another_market_moves_every_propensity_by_what_the_level_model_says(bank, run_id):
    (found,) = effects(bank, run_id, LOWER, rank_filter=RankFilter(best=1))

    assert found.shift.says == pytest.approx(-0.3)
    assert odds(found.after.expected_sales) - odds(found.before.expected_sales) == pytest.approx(-0.3)
    assert found.before.leads == 1
    assert found.run_after.leads == 4


def test_the_guard_holds_in_a_scenario_as_in_a_run(bank, run_id):
    (found,) = effects(bank, run_id, (4.9, 1.4, 3.0), rank_filter=RankFilter(best=1))

    assert found.shift.says == pytest.approx(4.9 - 2.6350455)
    assert odds(found.after.expected_sales) - odds(found.before.expected_sales) == pytest.approx(0.4)


def test_a_run_that_the_market_moved_already_is_seen_from_where_its_base_rate_was_measured(bank):
    said = replace(bank.services.settings.current(), base_rate_market=(2.5, 3.7, 3.3))
    bank.services.settings.save(said, by="ana", at=NOW)
    bank.services.customers.save_many(stub_leads([30, 60]), source={}, saved_at=NOW)

    same, higher = effects(bank, bank.score(EVERYONE), TODAY, (2.8, 3.7, 3.3), rank_filter=RankFilter(best=1))

    assert (same.shift.says, higher.shift.says) == pytest.approx((0.1350455, 0.3))
    assert same.after == same.before
    assert odds(higher.after.expected_sales) - odds(same.after.expected_sales) == pytest.approx(0.3 - 0.1350455)


def test_a_part_of_a_run_may_be_asked_about_by_band(bank, run_id):
    (everybody,) = effects(bank, run_id, LOWER)
    best_band = next(band for band, leads in everybody.before.band_leads.items() if leads)

    (found,) = effects(bank, run_id, LOWER, rank_filter=RankFilter(bands=(best_band,)))

    assert found.before.leads == everybody.before.band_leads[best_band]
    assert found.before.band_leads[best_band] == found.before.leads


def test_several_markets_are_answered_in_their_order(bank, run_id):
    less, same, more = effects(bank, run_id, LOWER, TODAY, (2.7, 3.7, 3.3))

    assert less.after.expected_sales < same.after.expected_sales < more.after.expected_sales


def test_in_a_replay_each_row_left_its_own_market_so_ranks_change_and_no_guard_holds(bank, replay_id):
    (found,) = effects(bank, replay_id, OCTOBER_2010)

    assert found.rank_changes[["customer_id", "rank", "rank_after"]].to_numpy().tolist() == [
        ["young", 1, 3],
        ["old", 2, 1],
        ["middle", 3, 2],
    ]
    assert found.shift.used == pytest.approx(1.0 - 2.6350455)


def test_a_row_of_a_replay_keeps_its_propensity_in_its_own_market(bank, replay_id):
    frame = bank.services.frames.load(f"run:{replay_id}")
    old = frame[frame["customer_id"] == "old"].iloc[0]

    (found,) = effects(bank, replay_id, (1.0, 1.1, 2.78), rank_filter=RankFilter(min_propensity=old["propensity"]))

    alone = found.after.expected_sales - found.before.expected_sales
    young = frame[frame["customer_id"] == "young"].iloc[0]
    moved = 1 / (1 + math.exp(-(old["level"] + young["margin"])))
    assert alone == pytest.approx(moved - young["propensity"])


def test_who_may_not_be_called_is_not_asked_about(bank, run_id):
    bank.services.corrections.record_consent(
        "lead-1", {"objected": "yes"}, version=1, source={"kind": "edit"}, saved_at=NOW
    )

    (found,) = effects(bank, run_id, LOWER)

    assert found.before.leads == 3
    assert "lead-1" not in found.changes["customer_id"].tolist()


def test_a_run_of_another_model_is_not_moved_by_this_ones_terms(bank, run_id):
    bank.services.scorer.version = "stub-2"

    with pytest.raises(NotFoundError, match="made by the model stub-1, which is no longer in use"):
        effects(bank, run_id, LOWER)


def test_a_run_that_is_not_there_or_not_done_is_said_to_be_so(bank):
    waiting = queue_run(EVERYONE, market="snapshot", **bank.ports())

    with pytest.raises(NotFoundError):
        effects(bank, "20200101-000000-000-abcdef", LOWER)
    with pytest.raises(NotFoundError, match="no ranked leads yet"):
        effects(bank, waiting, LOWER)


def test_nothing_is_scored_or_kept_for_an_effect(bank, run_id):
    entries, works = (
        bank.services.audit.head(),
        len(bank.queue.recent(find_run(run_id, by=ANA, queue=bank.queue).work.kind)),
    )

    effects(bank, run_id, LOWER)

    assert bank.services.audit.head() == entries
    assert bank.queue.find(run_id).state is WorkState.DONE
    assert len(bank.queue.recent(bank.queue.find(run_id).kind)) == works


def test_a_market_nobody_believes_is_refused(bank, run_id):
    with pytest.raises(ScenarioError, match="Euribor 3 months must be between"):
        effects(bank, run_id, (80.0, 0.0, 0.0))


def test_a_saved_scenario_is_there_for_everybody_with_the_month_it_is_of(bank):
    save(bank)
    save(bank, " Autumn  2010 ", OCTOBER_2010)

    found = saved_scenarios(by=EVERYBODY[Role.AUDITOR], scenarios=bank.services.scenarios)

    assert [(each.name, each.market, each.month, each.by) for each in found] == [
        ("Autumn 2010", OCTOBER_2010, "2010-10", "ana"),
        ("Lower", LOWER, "", "ana"),
    ]


def test_of_two_who_save_one_name_the_later_is_told_by_whom_it_is_taken(bank):
    save(bank)

    with pytest.raises(ConflictError, match="saved already by ana"):
        save(bank, "LOWER", OCTOBER_2010, by=BEN)

    assert [each.market for each in bank.services.scenarios.all()] == [LOWER]


def test_a_deleted_scenario_comes_back_as_it_was(bank):
    scenario = delete_scenario(save(bank).scenario_id, **keeping(bank, BEN))
    assert bank.services.scenarios.all() == []

    restore_scenario(scenario, **keeping(bank, BEN))

    assert [(each.name, each.by) for each in bank.services.scenarios.all()] == [("Lower", "ana")]


def test_the_second_to_delete_is_told_and_a_taken_name_is_not_restored_over(bank):
    scenario = save(bank)
    delete_scenario(scenario.scenario_id, **keeping(bank))

    with pytest.raises(NotFoundError, match=GONE):
        delete_scenario(scenario.scenario_id, **keeping(bank, BEN))
    save(bank, market=OCTOBER_2010, by=BEN)
    with pytest.raises(ConflictError, match="saved already by ben"):
        restore_scenario(scenario, **keeping(bank))


def test_saving_deleting_and_restoring_are_on_record_without_the_name(bank):
    scenario = save(bank, "Ana Silva asks")
    delete_scenario(scenario.scenario_id, **keeping(bank))
    restore_scenario(scenario, **keeping(bank))
    with pytest.raises(ForbiddenError):
        save(bank, by=EVERYBODY[Role.AUDITOR])

    events = [entry.event for entry in bank.services.audit.newest(limit=4)]
    assert {event.action for event in events} == {AuditAction.CHANGE_SCENARIOS}
    assert [(event.details["step"], event.result) for event in reversed(events)] == [
        ("saved", AuditResult.DONE),
        ("deleted", AuditResult.DONE),
        ("restored", AuditResult.DONE),
        ("saved", AuditResult.REFUSED),
    ]
    assert {event.object_id for event in events} == {scenario.scenario_id, ""}
    assert "Silva" not in str(events)


def test_the_bundled_market_is_the_one_of_these_tests():
    assert (BUNDLED_SNAPSHOT.euribor3m, BUNDLED_SNAPSHOT.emp_var_rate, BUNDLED_SNAPSHOT.cpi_yoy) == TODAY
