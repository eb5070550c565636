"""Scenarios on the market page: what another market would do to a run."""

from collections.abc import Sequence

import streamlit as st

from smartbank.core.market.effects import ScenarioEffect
from smartbank.core.market.flags import point_flags
from smartbank.core.market.points import MarketPoint, point_of
from smartbank.core.people import Actor
from smartbank.core.ranking import RankFilter
from smartbank.core.work import WorkState
from smartbank.errors import NotFoundError
from smartbank.services.runs import Run, find_run
from smartbank.services.scenarios import effects_on_run
from smartbank.ui.first_run import Rankings, look_at_rankings, show_passed_over
from smartbank.ui.resources import bank_settings, services
from smartbank.ui.run_choice import choose_run
from smartbank.ui.saved_scenarios import show_saved_scenarios, show_scenario_notice
from smartbank.ui.scenario_controls import choose_best, choose_market
from smartbank.ui.scenario_effect import show_changes, show_figures
from smartbank.ui.scenario_words import ASSOCIATION, effect_sentence, shift_sentence
from smartbank.ui.table import follow_selection


def show_scenarios(actor: Actor) -> None:
    """Show the effect of the market in the address, else of today's, on the run in the address, else the first one."""
    follow_selection()
    show_scenario_notice(actor)
    headline = st.container()
    rankings = look_at_rankings(actor)
    runs = _runs(rankings, actor)
    if not runs:
        headline.subheader("There is no run to ask about yet.")
        st.info("Rank some leads first: a scenario shows what another market would do to them.")
        return
    training = services().scorer.training_market
    notes = st.container()
    with st.container(horizontal=True, vertical_alignment="bottom"):
        run_id = choose_run(runs, rankings.first)
        best = choose_best(notes)
    run = next(each for each in runs if each.run_id == run_id)
    market = choose_market(point_of(services().market.look()), training)

    def effects(markets: Sequence[MarketPoint]) -> list[ScenarioEffect]:
        return _effects(run_id, markets, best=best, actor=actor)

    (effect,) = effects([market])
    with headline:
        scored_in = None if run.is_replay else point_of(run.snapshot)
        st.subheader(effect_sentence(effect, market, scored_in=scored_in, best=best))
        st.caption(ASSOCIATION)
        show_passed_over(rankings, run_id)
    for flag in point_flags(market, training, numbers=bank_settings().numbers):
        st.markdown(f":material/warning: {flag.sentence}")
    if said := shift_sentence(effect.shift, run.level, is_replay=run.is_replay):
        st.markdown(f":material/info: {said}")
    show_figures(effect)
    show_changes(effect, is_replay=run.is_replay, best=best, actor=actor)
    show_saved_scenarios(market, effects, actor)


def _effects(run_id: str, markets: Sequence[MarketPoint], *, best: int, actor: Actor) -> list[ScenarioEffect]:
    return effects_on_run(
        run_id,
        markets,
        rank_filter=RankFilter(best=best),
        by=actor,
        queue=services().queue,
        frames=services().frames,
        customers=services().customers,
        settings=services().settings,
        scorer=services().scorer,
    )


def _runs(rankings: Rankings, actor: Actor) -> list[Run]:
    """Return the newest runs that are done, and the one in the address; a sentence where the link's cannot be shown."""
    done = [run for run in rankings.offered if run.work.state is WorkState.DONE]
    linked = st.query_params.get("run")
    if not linked or linked in {run.run_id for run in done}:
        return done
    try:
        run = find_run(linked, by=actor, queue=services().queue)
    except NotFoundError:
        run = None
    if run is not None and run.work.state is WorkState.DONE:
        return [*done, run]
    st.warning("The run in the link is not there, or not done: another one is shown.", icon=":material/link_off:")
    del st.query_params["run"]
    return done
