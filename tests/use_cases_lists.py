"""Use cases around call lists and the calls made for them, for the walks over roles."""

from datetime import timedelta

from smartbank.bootstrap import call_ports, list_ports
from smartbank.core.outcomes import OutcomeKind
from smartbank.core.people import Right
from smartbank.core.work import WorkKind
from smartbank.services import (
    agents,
    call_briefing,
    call_lists,
    free_leads,
    gone_calls,
    hand_over,
    list_comparison,
    list_names,
    list_planning,
    list_release,
    my_calls,
    my_work,
    objections,
    today,
)
from smartbank.services.runs import find_run
from tests.actors import ANA
from tests.use_cases import BEN, UseCase, cancel, find, see
from tests.world_lists import put_outcome, request

LIST, RUN = WorkKind.LIST, WorkKind.RUN
CALLS, LEADS, RELEASE = Right.RECORD_OUTCOMES, Right.SEE_LEADS, Right.RELEASE_LISTS


def calls(world, actor):
    """Return who acts, and the ports of calling."""
    return {"by": actor, "ports": call_ports(world.services)}


def now(world, actor):
    return calls(world, actor) | {"now": world.about(actor)["now"]}


def outcome(world, actor):
    return put_outcome(world.services, world.list_id, by=actor.username, now=world.clock)


def entries(world):
    return world.services.frames.load(f"list:{world.list_id}")


def plan(world, actor):
    services = world.services
    eligible = list_planning.leads_to_plan(
        world.done[RUN], by=BEN, ports=list_ports(services), now=world.about(actor)["now"]
    )
    asked = request(world.done[RUN])
    return list_planning.planned_list(asked, eligible, settings=services.settings.current(), by=actor)


MY_CALLS = [
    see(my_calls.my_lists, CALLS, lambda w, a: my_calls.my_lists(**calls(w, a))),
    see(
        my_calls.own_entries, CALLS, lambda w, a: my_calls.own_entries(w.services.lists.find(w.list_id), **calls(w, a))
    ),
    see(gone_calls.gone_calls, CALLS, lambda w, a: gone_calls.gone_calls(since=w.clock, **now(w, a))),
    see(my_work.my_work, CALLS, lambda w, a: my_work.my_work(since=w.clock, **now(w, a))),
    see(
        call_briefing.call_briefing,
        CALLS,
        lambda w, a: call_briefing.call_briefing(
            entries(w).head(1), "stub-1", by=a, **w.ports("customers", "outcomes", "notes", "writer_of")
        ),
    ),
    UseCase(
        my_calls.record_outcome,
        CALLS,
        lambda w, a: my_calls.record_outcome(my_calls.Call(w.list_id, "lead-0", 1), OutcomeKind.OBJECTED, **now(w, a)),
    ),
    UseCase(
        my_calls.correct_outcome,
        CALLS,
        lambda w, a: my_calls.correct_outcome(outcome(w, a), OutcomeKind.DECLINED, **now(w, a)),
    ),
    UseCase(my_calls.take_back_outcome, CALLS, lambda w, a: my_calls.take_back_outcome(outcome(w, a), **now(w, a))),
    see(
        objections.require_may_lift,
        Right.LIFT_OBJECTION,
        lambda w, a: objections.require_may_lift(outcome(w, BEN), by=a, now=w.clock + timedelta(hours=2)),
    ),
]
CALL_LISTS = [
    see(call_lists.find_list, LEADS, lambda w, a: call_lists.find_list(w.list_id, by=a, **w.ports("lists"))),
    see(list_names.names_in_use, LEADS, lambda w, a: list_names.names_in_use(by=a, **w.ports("lists"))),
    see(list_names.lists_holding, LEADS, lambda w, a: list_names.lists_holding(["a"], by=a, **w.ports("lists"))),
    see(
        free_leads.leads_not_free,
        LEADS,
        lambda w, a: free_leads.leads_not_free(
            find_run(w.done[WorkKind.RUN], by=ANA, **w.ports("queue")),
            by=a,
            now=w.clock,
            **w.ports("frames", "lists", "rules", "outcomes"),
        ),
    ),
    see(call_lists.recent_lists, LEADS, lambda w, a: call_lists.recent_lists(by=a, **w.ports("lists"))),
    see(call_lists.lists_before, LEADS, lambda w, a: call_lists.lists_before("", limit=5, by=a, **w.ports("lists"))),
    see(
        call_lists.released_entries,
        LEADS,
        lambda w, a: call_lists.released_entries(w.services.lists.find(w.list_id), by=a, **w.ports("frames")),
    ),
    see(
        call_lists.kept_off,
        LEADS,
        lambda w, a: call_lists.kept_off(w.list_id, by=a, **w.ports("frames")),
    ),
    see(
        call_lists.progress_of,
        LEADS,
        lambda w, a: call_lists.progress_of(w.services.lists.find(w.list_id), entries(w), **now(w, a)),
    ),
    see(
        call_lists.changed_since,
        LEADS,
        lambda w, a: call_lists.changed_since(entries(w), by=a, **w.ports("customers")),
    ),
    UseCase(
        call_lists.end_list, RELEASE, lambda w, a: call_lists.end_list(w.list_id, **w.ports("lists"), **w.about(a))
    ),
    UseCase(
        hand_over.hand_over,
        RELEASE,
        lambda w, a: hand_over.hand_over(w.list_id, "some_agent", ["gil"], **w.ports("users"), **now(w, a)),
    ),
    see(
        list_planning.leads_to_plan,
        LEADS,
        lambda w, a: list_planning.leads_to_plan(w.done[RUN], by=a, ports=list_ports(w.services), now=w.clock),
    ),
    see(list_planning.planned_list, LEADS, plan),
    see(list_planning.next_seed, LEADS, lambda w, a: list_planning.next_seed(by=a, **w.ports("lists"))),
    see(
        list_comparison.compare_lists,
        LEADS,
        lambda w, a: list_comparison.compare_lists(
            w.list_id, w.list_id, old_scorer=None, by=a, **w.ports("lists", "frames")
        ),
    ),
    see(
        today.lists_today,
        LEADS,
        lambda w, a: today.lists_today(yesterday=w.clock, tonight=w.clock, **w.ports("users"), **now(w, a)),
    ),
    see(agents.calling_agents, LEADS, lambda w, a: agents.calling_agents(by=a, **w.ports("users"))),
    UseCase(list_release.queue_release, RELEASE, lambda w, a: w.queue(LIST, a)),
    find(LIST, LEADS),
    cancel(LIST, RELEASE),
]
LISTS = [*MY_CALLS, *CALL_LISTS]
