"""The use cases around scenarios, for the walks over roles."""

from smartbank.core.market.scenarios import Scenario
from smartbank.core.people import Right
from smartbank.core.ranking import RankFilter
from smartbank.core.work import WorkKind
from smartbank.services import scenarios
from tests.use_cases import UseCase, see

LOW_RATES = (1.0, 1.1, 2.0)


def scenario(world):
    return Scenario(f"Low rates {world.clock}", LOW_RATES, "ana", world.clock)


def saved(world, actor):
    training = world.services.scorer.training_market
    return scenarios.save_scenario(
        "Low", LOW_RATES, training=training, **world.ports("scenarios"), **world.about(actor)
    )


def deleted(world, actor):
    world.services.scenarios.add(kept := scenario(world))
    return scenarios.delete_scenario(kept.scenario_id, **world.ports("scenarios"), **world.about(actor))


def restored(world, actor):
    return scenarios.restore_scenario(scenario(world), **world.ports("scenarios"), **world.about(actor))


SCENARIOS = [
    see(
        scenarios.effects_on_run,
        Right.SEE_LEADS,
        lambda w, a: scenarios.effects_on_run(
            w.done[WorkKind.RUN],
            [LOW_RATES],
            rank_filter=RankFilter(),
            by=a,
            **w.ports("queue", "frames", "customers", "settings", "scorer"),
        ),
    ),
    see(
        scenarios.saved_scenarios,
        Right.SEE_LEADS,
        lambda w, a: scenarios.saved_scenarios(by=a, **w.ports("scenarios")),
    ),
    UseCase(scenarios.save_scenario, Right.BRING_IN, saved),
    UseCase(scenarios.delete_scenario, Right.BRING_IN, deleted),
    UseCase(scenarios.restore_scenario, Right.BRING_IN, restored),
]
