"""The results page: did calling pay, how sure is that, and did calls sell as often as was said."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

import streamlit as st

from smartbank.core.call_lists import CallList
from smartbank.core.hold_out import Role
from smartbank.core.list_results import calibration, is_assumed, is_decided, profit_so_far
from smartbank.core.people import Actor
from smartbank.core.uplift import uplift
from smartbank.core.uplift_words import assumed_sentence, evidence_sentences, uplift_sentence
from smartbank.services.level_in_force import level_in_force
from smartbank.services.list_results import ListChoice, ListResults, list_results, released_lists
from smartbank.ui.notice import show_notice
from smartbank.ui.resources import bank_settings, services
from smartbank.ui.results_bank_data import one_sided_line, show_one_sided
from smartbank.ui.results_choice import choose_lists
from smartbank.ui.results_tables import show_agents, show_bands, show_exploration, show_lists
from smartbank.ui.results_words import (
    HOLD_SOMEBODY_OUT,
    ONE_LOOK,
    STILL_RUNNING,
    VERDICTS,
    bank_data_sentence,
    calibration_sentence,
    expected_words,
    level_follows,
    sides_sentence,
)
from smartbank.ui.text import count, money, percent, plural, when
from smartbank.ui.tile import show_tile

_MOST_LISTS: Final = 100
"""Lists that are counted at once; older ones are a choice of days away."""


def show_results(actor: Actor) -> None:
    """Show what came of the lists chosen: in a sentence, then what it stands on."""
    show_notice(lambda _: "")
    released = released_lists(ListChoice(), by=actor, lists=services().lists, time_zone=bank_settings().time_zone)
    if not released:
        st.title("No list is released yet, so there is nothing to judge.")
        st.info("Release a list first; what came of its calls then stands here.", icon=":material/playlist_add:")
        _go("Plan a list", {})
        return
    headline = st.container()
    chosen = choose_lists(released, actor)
    if not chosen:
        headline.title("No list was released in these days.")
        return
    lists = chosen[:_MOST_LISTS]
    found = _counted(tuple(each.list_id for each in lists), bank_settings().time_zone, actor)
    with headline:
        st.title(first_line(found, lists))
        st.caption(_what_is_counted(found, chosen))
    if found.entries["outcome"].notna().any():
        _show_judgement(found, lists, actor)
    elif not found.entries.empty:
        _show_nothing_yet(found, lists)


@st.cache_data(max_entries=8, ttl=15, show_spinner="Counting calls and sales…")
def _counted(list_ids: tuple[str, ...], time_zone: str, _actor: Actor) -> ListResults:
    held = services()
    return list_results(
        [held.lists.find(list_id) for list_id in list_ids],
        by=_actor,
        frames=held.frames,
        outcomes=held.outcomes,
        time_zone=time_zone,
        now=datetime.now(UTC),
    )


def first_line(found: ListResults, lists: Sequence[CallList]) -> str:
    """Return whether calling paid, or why that cannot be said."""
    if found.entries.empty:
        return "Who was on these lists is no longer kept, so nothing can be counted."
    if not found.entries["outcome"].notna().any():
        which = "this list" if len(lists) == 1 else f"these {count(len(lists))} lists"
        return f"No call for {which} is recorded yet."
    judged = uplift(found.two_sided)
    if judged is None and found.one_sided:
        return one_sided_line(found)
    return uplift_sentence(judged, days=max(1, found.days_worked), settings=bank_settings())


def _what_is_counted(found: ListResults, chosen: Sequence[CallList]) -> str:
    counted = min(len(chosen), _MOST_LISTS)
    said = f"{plural(counted, 'list')}, {plural(found.days_worked, 'day')} with calls, counted {when(found.at)}."
    if len(chosen) > counted:
        said += f" These are the newest of {count(len(chosen))}: choose days to see older ones."
    if found.gone:
        said += f" Who was on {plural(found.gone, 'list')} is no longer kept: not counted."
    return said


def _show_nothing_yet(found: ListResults, lists: Sequence[CallList]) -> None:
    called = found.entries[found.entries["role"] != "control"]
    st.info(
        f"{plural(len(called), 'customer')} to call, {expected_words(called['propensity'].sum())} sales expected. "
        "Agents record what came of a call on the page My calls.",
        icon=":material/call:",
    )
    _go("See the list", {"section": "Released lists", "list": lists[0].list_id})


def _go(label: str, query: dict[str, str]) -> None:
    if st.button(label, icon=":material/playlist_add_check:", key="go_call_lists", type="primary"):
        st.switch_page("pages/call_lists.py", query_params=query)


def _show_judgement(found: ListResults, lists: Sequence[CallList], actor: Actor) -> None:
    _show_tiles(found)
    _show_evidence(found, actor)
    show_bands(found.entries, actor)
    _show_calibration(found, actor, running=any(each.state.is_running for each in lists))
    show_agents(found.entries, actor)
    show_lists(found.entries, lists, actor)
    show_exploration(found.entries, actor)


def _show_tiles(found: ListResults) -> None:
    settings, results = bank_settings(), found.entries
    profit = profit_so_far(results, value_of_sale=settings.value_of_sale, cost_of_call=settings.cost_of_call)
    known = calibration(results)
    decided = known.calls if known else 0
    with st.container(horizontal=True):
        show_tile("Calls", count(profit.calls), f"{count(decided)} decided")
        show_tile("Sold", count(profit.sales), f"{percent(known.sales / known.calls)} of decided" if known else "")
        show_tile("Expected sales", expected_words(known.expected if known else 0.0), "of the decided calls")
        show_tile("Profit so far", money(round(profit.amount)), "sales less calls")
    st.caption(
        f"Profit counts every sale at {money(settings.value_of_sale)} and every call at {money(settings.cost_of_call)}"
        ", as set today. Some would have bought without a call: the first line leaves them out."
    )


def _show_evidence(found: ListResults, actor: Actor) -> None:
    st.subheader("How sure is that?")
    judged = uplift(found.two_sided)
    if judged is not None:
        said = [
            *evidence_sentences(judged, settings=bank_settings()),
            sides_sentence(judged, apart=bool((found.two_sided["role"] == Role.EXPLORATION).any())),
            bank_data_sentence(found.bank_data),
        ]
        st.markdown(f"**{VERDICTS[judged.verdict]}**")
        st.markdown("\n".join(f"* {each}" for each in said))
        st.caption(ONE_LOOK)
    elif not found.one_sided:
        st.info(HOLD_SOMEBODY_OUT, icon=":material/science:")
    if found.one_sided:
        show_one_sided(found, actor)


def _show_calibration(found: ListResults, actor: Actor, *, running: bool) -> None:
    st.subheader("Did calls sell as often as was said?")
    known = calibration(found.entries)
    if known is None:
        st.caption("No call is decided yet.")
        return
    settings = bank_settings()
    level = level_in_force(
        settings.rules,
        by=actor,
        scorer=services().scorer,
        market=services().market,
        outcomes=services().outcomes,
        now=found.at,
    )
    assumed, decided = int(is_assumed(found.entries).sum()), int(is_decided(found.entries).sum())
    said = [calibration_sentence(known), level_follows(level, known.shift)]
    said += [assumed_sentence(assumed, decided, numbers=settings.numbers), STILL_RUNNING if running else ""]
    st.markdown("\n\n".join(each for each in said if each))
