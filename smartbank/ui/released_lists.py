"""Released lists: where one stands, by agent and customer, as it was released; and its end."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any, Final

import pandas as pd
import streamlit as st

from smartbank.bootstrap import call_ports
from smartbank.core.call_lists import CallList, ListFigures, ListGround, ListState
from smartbank.core.fields import CUSTOMER_ID
from smartbank.core.list_progress import LEFT, Standing
from smartbank.core.outcomes import OUTCOME_NAMES, OutcomeKind
from smartbank.core.people import Actor, Right
from smartbank.core.score_purpose import SCORE_PURPOSE
from smartbank.core.work_ids import made_at
from smartbank.services.call_lists import changed_since, end_list, kept_off, progress_of, recent_lists, released_entries
from smartbank.services.customers import contact_details
from smartbank.ui.left_off import left_off_steps, left_off_words, taken_words
from smartbank.ui.list_agents import show_list_agents
from smartbank.ui.list_export import show_list_export
from smartbank.ui.list_record import show_list_record
from smartbank.ui.meant import note_meant, what_was_meant
from smartbank.ui.notice import Notice, leave_notice, show_notice
from smartbank.ui.outcome_upload import show_outcome_upload
from smartbank.ui.resources import services
from smartbank.ui.table import names_or_ids, page_of, propensity_column, show_customer_table
from smartbank.ui.text import count, decimal, plain, plural, when
from smartbank.ui.tile import show_tile
from smartbank.ui.who_and_why import show_who_and_why

RELEASED: Final = "Released lists"
_ROLES: Final = {"best": "by propensity", "exploration": "drawn from all others", "control": "not called"}
_COLUMNS: Final[Mapping[str, Any]] = {
    "Name": st.column_config.TextColumn(width=150),
    "Standing": st.column_config.TextColumn(width=105),
    "Outcome": st.column_config.TextColumn(width=90),
    "Place": st.column_config.TextColumn(width=60),
    "Propensity": propensity_column(width=120),
    "Band": st.column_config.TextColumn(width=50),
}
"""Widths at which a screen of 390 pixels shows who it is, where they stand and most of what came of it."""
_STANDINGS: Final = ("All", *(str(each) for each in Standing))
_COUNTED_BY_ITSELF: Final = 5_000
"""Entries up to which changed customers are counted without being asked for."""


def show_released_lists(actor: Actor) -> None:
    """Show the list in the address, else the newest one."""
    show_notice(lambda _: "")
    if meant := what_was_meant("end_list"):
        list_id, name = meant
        end_list(list_id, by=actor, lists=services().lists, audit=services().audit, now=datetime.now(UTC))
        st.session_state.pop("choose_list", None)  # a box keeps the words of its choice, and this list's have changed
        leave_notice(Notice(f"“{plain(name)}” has ended."))
    lists = recent_lists(by=actor, lists=services().lists, also=st.query_params.get_all("list"))
    if not lists:
        st.title("No list is released yet.")
        st.info("Plan one first: one click above.", icon=":material/playlist_add:")
        return
    call_list = choose_list(lists, key="list", label="List")
    entries = _entries(call_list.list_id, call_list.handed_over_at, call_list, actor)
    progress = progress_of(call_list, entries, by=actor, ports=call_ports(services()), now=datetime.now(UTC))
    st.title(first_line(call_list, progress))
    _show_released(call_list, entries, actor)
    show_list_agents(call_list, progress, actor)
    _show_entries(progress, actor)
    show_list_export(call_list, actor, progress=progress)
    show_outcome_upload(call_list, actor)
    if call_list.state.is_running and actor.may(Right.RELEASE_LISTS):
        _show_end(call_list, progress)
    show_list_record(call_list)


def choose_list(lists: list[CallList], *, key: str, label: str, place: int = 0) -> CallList:
    """Draw the choice among lists and return the one that is chosen; the address names it."""
    labels = {each.list_id: _label(each) for each in lists}
    linked = st.query_params.get(key)
    if linked in labels and f"choose_{key}" not in st.session_state:
        st.session_state[f"choose_{key}"] = linked
    chosen = st.selectbox(
        label, list(labels), min(place, len(lists) - 1), format_func=labels.__getitem__, key=f"choose_{key}"
    )
    if linked != chosen:
        st.query_params[key] = chosen
    return next(each for each in lists if each.list_id == chosen)


def _label(call_list: CallList) -> str:
    ended = " · ended" if call_list.state is ListState.ENDED else ""
    return f"{call_list.request.name} · {when(call_list.released_at or call_list.created_at)}{ended}"


@st.cache_data(max_entries=8, show_spinner="Opening the list…")
def _entries(
    list_id: str,  # noqa: ARG001  these two are the key
    handed_over_at: datetime | None,  # noqa: ARG001
    _call_list: CallList,
    _actor: Actor,
) -> pd.DataFrame:
    """Return who is on a released list: of what is released, only who calls changes."""
    return released_entries(_call_list, by=_actor, frames=services().frames)


def first_line(call_list: CallList, progress: pd.DataFrame) -> str:
    """Return where a list stands, in one sentence."""
    called = progress[progress["place"] > 0]
    made, sold = int(called["calls"].sum()), int((called["outcome"] == OutcomeKind.SUBSCRIBED).sum())
    left = int(called["standing"].isin(LEFT).sum())
    due = int((called["standing"] == Standing.CALL_BACK).sum())
    over = " has ended" if call_list.state is ListState.ENDED else ""
    backs = f", {plural(due, 'call-back')} due" if due and call_list.state.is_running else ""
    return (
        f"{plain(call_list.request.name)}{over}: {plural(made, 'call')} made, {count(sold)} sold, "
        f"{plural(left, 'customer')} left{backs}."
    )


def _show_released(call_list: CallList, entries: pd.DataFrame, actor: Actor) -> None:
    figures, ground = call_list.figures, call_list.ground
    if figures is None or ground is None:
        return
    with st.container(horizontal=True):
        show_tile("To call", count(figures.called), f"{count(figures.control)} more are not called")
        show_tile(
            "Sales expected",
            decimal(figures.expected_sales, digits=0 if figures.expected_sales >= 10 else 1),
            expected_range(figures),
        )
        show_tile(
            "At random", decimal(figures.random_sales, digits=0 if figures.random_sales >= 10 else 1), "as many calls"
        )
    if figures.taken:
        st.info(taken_words(figures, actor), icon=":material/swap_horiz:")
    st.caption(released_words(call_list, ground))
    if lacking := figures.without_number:
        st.caption(
            f":material/phone_disabled: {count(lacking)} of the {count(figures.called)} to call had no phone number "
            "when the list was released."
        )
    if figures.left_out:
        st.caption(f"Kept off: {', '.join(left_off_steps(figures.left_out, actor))}.")
        show_who_and_why(
            "Who was kept off",
            lambda: kept_off(call_list.list_id, by=actor, frames=services().frames),
            left_off_words(figures.left_out, actor),
            actor,
            key=f"kept_off_{call_list.list_id}",
            label="Reason",
            unknown="left out by a rule",
        )
    _show_age(entries, actor)


def released_words(call_list: CallList, ground: ListGround) -> str:
    """Return who released a list and when, from which ranking, and in which market that was."""
    ranked_at = made_at(call_list.request.run_id)
    ranking = f"the ranking of {when(ranked_at)}," if ranked_at else "leads ranked"
    return (
        f"Released by {plain(call_list.created_by)}, {when(call_list.released_at or call_list.created_at)}, from "
        f"{ranking} in the market of {_month(ground.market_date)}."
    )


def expected_range(figures: ListFigures) -> str:
    """Return the range of a list's sales as it was planned; lists of before took the level as right."""
    which = "if the level is right" if figures.level_error is None else "in 4 of 5 lists"
    return f"{count(figures.sales_low)} to {count(figures.sales_high)} {which}"


def _month(year_and_month: str) -> str:
    """Return "2026-09" as "September 2026"."""
    return f"{date.fromisoformat(f'{year_and_month}-01'):%B %Y}"


def _show_age(entries: pd.DataFrame, actor: Actor) -> None:
    """Say how many customers changed since they were scored; of a long list only when asked."""
    if len(entries) > _COUNTED_BY_ITSELF and not st.button(
        "Count customers who changed since", key="list_age", icon=":material/update:"
    ):
        return
    changed = changed_since(entries, by=actor, customers=services().customers)
    if changed:
        st.info(
            f"{plural(changed, 'customer')} changed since they were scored. The list stays as it is; who must not be "
            "called is not called.",
            icon=":material/update:",
        )


def _show_entries(progress: pd.DataFrame, actor: Actor) -> None:
    st.markdown("**Customers**")
    standing = st.selectbox("Standing", _STANDINGS, key="standing", bind="query-params", width=260)
    shown = progress if standing == "All" else progress[progress["standing"] == standing]
    if shown.empty:
        st.caption("Nobody stands like this.")
        return
    page = page_of(shown.reset_index(drop=True), key="list_page")
    contacts = contact_details(page[CUSTOMER_ID].tolist(), by=actor, customers=services().customers)
    show_customer_table(
        pd.DataFrame(
            {
                "Name": names_or_ids(contacts, page[CUSTOMER_ID]),
                "Standing": page["standing"],
                "Outcome": [
                    _outcome(word, assumed=bool(a)) for word, a in zip(page["outcome"], page["assumed"], strict=True)
                ],
                "Agent": page["agent"],
                "Calls": page["calls"],
                "Place": [count(place) if place else "" for place in page["place"]],
                "Propensity": 100 * page["propensity"],
                "Band": page["band"],
                "On the list": [_ROLES[role] for role in page["role"]],
                "Customer": page[CUSTOMER_ID],
            }
        ),
        page[CUSTOMER_ID].tolist(),
        key="list_table",
        alt=f"Customers on the list, page of {len(page)}: name, standing, outcome, agent, calls, place, propensity",
        columns=_COLUMNS,
    )
    st.caption(SCORE_PURPOSE)


def _outcome(word: str | float, *, assumed: bool) -> str:
    """Return an outcome for the table; the time of one nobody recorded was over."""
    if not isinstance(word, str):
        return ""
    return "declined (no answer in time)" if assumed else OUTCOME_NAMES[OutcomeKind(word)]


def _show_end(call_list: CallList, progress: pd.DataFrame) -> None:
    left = int(progress["standing"].isin(LEFT).sum())
    with st.expander("End this list"):
        st.markdown(
            f"Nobody is called for it any more: {plural(left, 'customer')} left go uncalled, call-backs included, and "
            "may come on another list. What was recorded stays. This cannot be undone."
        )
        sure = st.checkbox("End it", key=f"end_sure_{call_list.list_id}")
        st.button(
            "End the list",
            key="end_list",
            icon=":material/stop_circle:",
            disabled=not sure,
            on_click=note_meant,
            args=("end_list", call_list.list_id, call_list.request.name),
        )
