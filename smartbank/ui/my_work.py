"""Somebody's calls as a screen needs them: looked up anew in every run, over entries a hand-over alone changes."""

from datetime import UTC, datetime, time

import pandas as pd
import streamlit as st

from smartbank.bootstrap import call_ports
from smartbank.core.call_lists import CallList
from smartbank.core.calling_times import CallingTimes, times_of
from smartbank.core.people import Actor
from smartbank.core.wording import agreeing
from smartbank.services.gone_calls import GoneCalls, gone_calls
from smartbank.services.my_calls import own_entries
from smartbank.services.my_work import MyWork, my_work
from smartbank.ui.resources import bank_settings, services
from smartbank.ui.text import count, plural, zone


@st.cache_data(max_entries=16, show_spinner="Loading your calls…")
def _entries(
    list_id: str,  # noqa: ARG001  these three are the key
    handed_over_at: datetime | None,  # noqa: ARG001
    username: str,  # noqa: ARG001
    _call_list: CallList,
    _actor: Actor,
) -> pd.DataFrame:
    return own_entries(_call_list, by=_actor, ports=call_ports(services()))


def look_at_my_work(actor: Actor) -> MyWork:
    """Return the calls of who looks, as things stand now."""
    return my_work(
        by=actor,
        ports=call_ports(services()),
        now=datetime.now(UTC),
        since=_midnight(),
        entries_of=lambda each: _entries(each.list_id, each.handed_over_at, actor.username, each, actor),
    )


def look_at_gone_calls(actor: Actor) -> tuple[GoneCalls, ...]:
    """Return what went from who looks: handed over to others, or with a list that was ended today."""
    return gone_calls(by=actor, ports=call_ports(services()), now=datetime.now(UTC), since=_midnight())


def _midnight() -> datetime:
    return datetime.combine(datetime.now(zone()).date(), time(), zone()).astimezone(UTC)


@st.cache_data(max_entries=64, ttl=30, show_spinner=False)
def due_call_backs(username: str, _actor: Actor) -> int:  # noqa: ARG001  the name is in the key
    """Return how many of a user's call-backs are due, as it was half a minute ago at most."""
    return look_at_my_work(_actor).due


def calling_times() -> CallingTimes:
    """Return the calling hours in force, where the bank is."""
    return times_of(services().rules.current(), bank_settings())


def work_words(work: MyWork) -> str:
    """Return how many calls wait: "12 calls for you now, 2 call-backs are due." Empty for somebody without any."""
    if not work.left:
        return ""
    if work.queue.empty:
        return f"{plural(work.left, 'customer')} {agreeing(work.left, 'comes', 'come')} up again later."
    due = f", {plural(work.due, 'call-back')} {agreeing(work.due, 'is', 'are')} due" if work.due else ""
    return f"{plural(len(work.queue), 'call')} for you now{due}."


def done_words(work: MyWork) -> str:
    """Return what was done today: "34 calls, 5 sold, 3 call-backs"."""
    sold = sum(each.outcome == "subscribed" for each in work.done)
    agreed = sum(each.outcome == "callback" for each in work.done)
    return f"{plural(len(work.done), 'call')}, {count(sold)} sold, {plural(agreed, 'call-back')}"


def clock(moment: datetime) -> str:
    """Return a moment for who calls: "11:30", and with the day on any other day than theirs: "Mon 30 Nov, 10:00"."""
    local = moment.astimezone(zone())
    today = datetime.now(zone()).date()
    return f"{local:%H:%M}" if local.date() == today else f"{local:%a %-d %b, %H:%M}"
