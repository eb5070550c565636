"""Use cases around the model, for the walks over roles."""

from smartbank.adapters.memory import MemoryWorkQueue
from smartbank.bootstrap import model_ports, training_ports
from smartbank.core.audit import AuditAction
from smartbank.core.model_versions import TrainedModel
from smartbank.core.people import Right
from smartbank.core.rules import ScoringRules
from smartbank.core.work import WorkKind
from smartbank.services import (
    callable_leads,
    expecting,
    first_run,
    model_pair,
    model_training,
    model_versions,
    model_view,
    own_calls,
    twins,
)
from tests.model_versions import CHALLENGER, CHAMPION, promoted
from tests.stubs import stub_model
from tests.use_cases import UseCase, cancel, find, see

TWIN = "2026.2-10000001"
REASON = "It ranks the calls of autumn better."


def promote(world, actor):
    return model_versions.promote_model(
        CHALLENGER, reason=REASON, seen=CHAMPION, by=actor, ports=model_ports(world.services), now=world.clock
    )


def take_back(world, actor):
    return model_versions.take_back_model(seen=CHAMPION, by=actor, ports=model_ports(world.services), now=world.clock)


def switch(world, actor):
    world.services.shelf.models[TWIN] = stub_model(TWIN, twin_of=CHAMPION)
    world.services.registry.add(TrainedModel(TWIN, world.clock, "ada", 0, 0))
    return model_pair.switch_fields(
        reason=REASON, seen=CHAMPION, by=actor, ports=model_ports(world.services), now=world.clock
    )


def compare(world, actor):
    ports = training_ports(world.services)
    return model_training.compare_with_champion(CHALLENGER, by=actor, ports=ports, now=world.clock)


MODEL = [
    see(
        model_versions.model_versions,
        Right.SEE_LEADS,
        lambda w, a: model_versions.model_versions(by=a, ports=model_ports(w.services)),
    ),
    see(
        model_versions.model_history,
        Right.SEE_LEADS,
        lambda w, a: model_versions.model_history(by=a, ports=model_ports(w.services)),
    ),
    see(
        model_pair.model_pair,
        Right.SEE_LEADS,
        lambda w, a: model_pair.model_pair(by=a, ports=model_ports(w.services)),
    ),
    see(
        twins.margins_both_ways,
        Right.SEE_LEADS,
        lambda w, a: twins.margins_both_ways(
            w.done[WorkKind.RUN], by=a, full=w.services.scorer, twin=w.services.scorer, **w.ports("frames")
        ),
    ),
    see(
        first_run.runs_looked_at,
        Right.SEE_LEADS,
        lambda w, a: first_run.runs_looked_at(by=a, **w.ports("queue")),
    ),
    see(
        own_calls.load_own_calls,
        Right.MANAGE_MODELS,
        lambda w, a: own_calls.load_own_calls(by=a, **w.ports("outcomes", "predictions", "customers")),
    ),
    UseCase(model_versions.promote_model, Right.MANAGE_MODELS, promote),
    see(
        model_versions.put_in_force,
        Right.MANAGE_MODELS,
        lambda w, a: model_versions.put_in_force(
            promoted(before=CHAMPION), AuditAction.PROMOTE_MODEL, by=a, ports=model_ports(w.services)
        ),
    ),
    UseCase(model_pair.switch_fields, Right.MANAGE_MODELS, switch),
    UseCase(model_versions.take_back_model, Right.MANAGE_MODELS, take_back),
    UseCase(model_training.compare_with_champion, Right.MANAGE_MODELS, compare),
    UseCase(
        model_training.queue_training,
        Right.MANAGE_MODELS,
        lambda w, a: model_training.queue_training(queue=MemoryWorkQueue(), **w.about(a)),
    ),
    find(WorkKind.TRAINING, Right.SEE_LEADS),
    cancel(WorkKind.TRAINING, Right.MANAGE_MODELS),
    see(
        callable_leads.callable_leads,
        Right.SEE_LEADS,
        lambda w, a: callable_leads.callable_leads(
            w.done[WorkKind.RUN], ["propensity"], by=a, **w.ports("frames", "customers", "settings")
        ),
    ),
    see(
        expecting.best_of_run,
        Right.SEE_LEADS,
        lambda w, a: expecting.best_of_run(
            w.done[WorkKind.RUN], level_error=0.6, by=a, **w.ports("frames", "customers", "settings")
        ),
    ),
    see(
        model_view.model_backtest,
        Right.SEE_LEADS,
        lambda w, a: model_view.model_backtest("stub-1", by=a, **w.ports("backtests")),
    ),
    see(
        model_view.reference_effects,
        Right.SEE_LEADS,
        lambda w, a: model_view.reference_effects(by=a, **w.ports("scorer", "training_rows")),
    ),
    see(
        model_view.run_effects,
        Right.SEE_LEADS,
        lambda w, a: model_view.run_effects(w.done[WorkKind.RUN], by=a, **w.ports("scorer", "frames")),
    ),
    see(
        model_view.reference_bands,
        Right.SEE_LEADS,
        lambda w, a: model_view.reference_bands(by=a, rules=ScoringRules(), **w.ports("scorer", "training_rows")),
    ),
]
