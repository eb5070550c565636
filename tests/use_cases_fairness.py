"""The use cases around fairness, for the walks over roles."""

from smartbank.core.people import Right
from smartbank.core.work import WorkKind
from smartbank.services import fairness, runs
from tests.use_cases import see


def leads_of_the_run(world, actor):
    run = runs.load_run(world.done[WorkKind.RUN], **world.ports("queue"))
    return fairness.fairness_leads(run, by=actor, **world.ports("frames", "customers", "settings"))


FAIRNESS = [see(fairness.fairness_leads, Right.SEE_LEADS, leads_of_the_run)]
