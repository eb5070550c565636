"""The lists on the overview: how many run, what is due today, what came in since yesterday, and what to decide."""

from datetime import UTC, datetime, time, timedelta

import streamlit as st

from smartbank.bootstrap import call_ports
from smartbank.core.call_lists import CallList
from smartbank.core.people import Actor, Right
from smartbank.services.today import Today, lists_today
from smartbank.ui.print_style import on_screen_only
from smartbank.ui.resources import services
from smartbank.ui.text import count, plain, plural, zone
from smartbank.ui.tile import show_tile


@st.cache_data(max_entries=32, ttl=30, show_spinner=False)
def today_of(_actor: Actor, username: str, day: datetime) -> Today:  # noqa: ARG001  the name and the day are the key
    """Return what is going on with the lists, for as long as nobody would notice that it is half a minute old."""
    start = datetime.combine(day.date(), time(), day.tzinfo)
    return lists_today(
        by=_actor,
        ports=call_ports(services()),
        users=services().users,
        now=datetime.now(UTC),
        yesterday=start - timedelta(days=1),
        tonight=start + timedelta(days=1),
    )


def look_at_today(actor: Actor) -> Today:
    """Return what is going on with the lists, where the reader's day is."""
    midnight = datetime.combine(datetime.now(zone()).date(), time(), zone())
    return today_of(actor, actor.username, midnight)


def today_words(today: Today) -> str:
    """Return the beginning of the first line: "2 lists running, 14 call-backs due today." Empty without a list."""
    if not today.running:
        return ""
    due = f", {plural(today.due, 'call-back')} due today" if today.due else ""
    return f"{plural(today.running, 'list')} running{due}. "


def show_today(today: Today, actor: Actor) -> None:
    """Show four figures of the lists, and which one waits for a decision."""
    if not (today.running or today.calls):
        return
    with st.container(horizontal=True):
        show_tile("Lists running", count(today.running), f"{plural(today.left, 'customer')} left to call")
        show_tile("Call-backs", count(today.due), "due until tonight")
        show_tile("Calls since yesterday", count(today.calls), f"{count(today.sold)} sold")
    for call_list in today.finished:
        _show_decision(call_list, ":material/task_alt: Nobody is left to call on", "end it", actor)
    for call_list, gone in today.unmanned:
        waiting = f"Customers wait for {plain(', '.join(gone))}, who cannot sign in as an agent any more, on"
        _show_decision(call_list, f":material/person_off: {waiting}", "hand them over", actor)


def _show_decision(call_list: CallList, why: str, what: str, actor: Actor) -> None:
    with st.container(horizontal=True, vertical_alignment="center"), on_screen_only(f"decide_{call_list.list_id}"):
        st.markdown(f"{why} **{plain(call_list.request.name)}**.")
        label = f"See it, and {what}" if actor.may(Right.RELEASE_LISTS) else "See it"
        if st.button(label, key=f"see_{call_list.list_id}"):
            query = {"section": "Released lists", "list": call_list.list_id}
            st.switch_page("pages/call_lists.py", query_params=query)
