"""My calls: whom to call now, what to know before, what came of it, and what comes after."""

from datetime import UTC, datetime

import pandas as pd
import streamlit as st

from smartbank.core.calling_times import CallingTimes
from smartbank.core.fields import CUSTOMER_ID
from smartbank.core.outcomes import Outcome, OutcomeKind
from smartbank.core.people import Actor
from smartbank.services.call_briefing import Briefing, call_briefing
from smartbank.services.calling import Call
from smartbank.services.customers import contact_details
from smartbank.services.my_work import MyWork
from smartbank.ui.call_back import show_call_back
from smartbank.ui.call_card import first_line, show_background, show_last_contact, show_more, show_number, show_opening
from smartbank.ui.calls_ahead import (
    CALL_BACKS_SHOWN,
    look_again,
    show_ahead,
    show_closed,
    show_no_list,
    show_through,
)
from smartbank.ui.calls_done import show_last, show_today
from smartbank.ui.my_work import calling_times, look_at_gone_calls, look_at_my_work
from smartbank.ui.outcome_buttons import (
    CHOOSES_TIME,
    CURRENT,
    LAST,
    came_too_soon,
    model_of,
    pressed,
    record,
    say_next,
    show_outcome_buttons,
    show_said,
)
from smartbank.ui.resources import services
from smartbank.ui.table import names_or_ids
from smartbank.ui.text import plain


def show_my_calls(actor: Actor) -> None:
    """Do what a button of the call at hand asks for, then show the call that is next."""
    times = calling_times()
    _record_pressed(actor)
    work, now = look_at_my_work(actor), datetime.now(UTC)
    names = _names(work, actor)
    entry = _entry_at_hand(work)
    show_said()
    if not work.lists:
        show_no_list(actor, look_at_gone_calls(actor))
    elif entry is None:
        show_through(work, names, times, () if work.left else look_at_gone_calls(actor))
        show_last(names, actor)
    else:
        _show_call(entry, work, names, actor, times)
    if work.lists or work.done:
        show_today(work, names, actor, times)
    show_ahead(work, names, times)
    coming = [moment for moment in (_opening(times, now), work.next_at) if moment is not None]
    if coming and work.lists and (entry is None or not times.is_open(now)):
        look_again(min(coming), actor)


def _record_pressed(actor: Actor) -> None:
    """Record what was pressed for the call that was on the screen, before anything is looked up."""
    call: Call | None = st.session_state.get(CURRENT)
    kind = pressed(call) if call is not None else None
    if call is None or kind is None:
        return
    if came_too_soon(call):
        say_next("Nothing was recorded: the button was pressed twice. Press it again for this customer.")
    elif kind is OutcomeKind.CALLBACK:
        st.session_state[CHOOSES_TIME] = call
    else:
        record(call, kind, actor)


def _entry_at_hand(work: MyWork) -> pd.DataFrame | None:
    """Return the entry on the screen, a frame of one row: it stays there, whoever becomes due meanwhile."""
    queue = work.queue
    if queue.empty:
        st.session_state.pop(CURRENT, None)
        return None
    call: Call | None = st.session_state.get(CURRENT)
    found = queue.iloc[:0]
    if call is not None:
        same = (queue["list_id"] == call.list_id) & (queue[CUSTOMER_ID] == call.customer_id)
        found = queue[same & (queue["calls"] == call.attempt - 1)]
    found = queue.head(1) if found.empty else found
    row = found.iloc[0]
    st.session_state[CURRENT] = Call(str(row["list_id"]), str(row[CUSTOMER_ID]), int(row["calls"]) + 1)
    return found


def _show_call(entry: pd.DataFrame, work: MyWork, names: dict[str, str], actor: Actor, times: CallingTimes) -> None:
    call: Call = st.session_state[CURRENT]
    now = datetime.now(UTC)
    row, briefing = entry.iloc[0], _briefing(entry, work, actor)
    st.title(first_line(row, briefing.name))
    show_closed(times, now)
    show_number(briefing, is_open=times.is_open(now))
    show_opening(briefing)
    show_last_contact(row, briefing)
    if st.session_state.get(CHOOSES_TIME) == call and times.may_record(now):
        show_call_back(call, actor, times)
    else:
        show_outcome_buttons(call, is_open=times.may_record(now))
    show_last(names, actor)
    if len(work.lists) > 1:
        st.caption(f"From the list {plain(work.lists[call.list_id].request.name)}.")
    show_background(briefing, model_of(work.lists[call.list_id]))
    show_more(row, briefing)


def _briefing(entry: pd.DataFrame, work: MyWork, actor: Actor) -> Briefing:
    held, call_list = services(), work.lists[str(entry["list_id"].iloc[0])]
    return call_briefing(
        entry,
        model_of(call_list),
        by=actor,
        customers=held.customers,
        outcomes=held.outcomes,
        notes=held.notes,
        writer_of=held.writer_of,
    )


def _names(work: MyWork, actor: Actor) -> dict[str, str]:
    """Return the names of the customers whom the screen names beside the one to call, by id."""
    last: Outcome | None = st.session_state.get(LAST)
    ahead = work.call_backs[CUSTOMER_ID].head(CALL_BACKS_SHOWN).tolist()
    ids = list(
        dict.fromkeys([*ahead, *(each.customer_id for each in work.done), *([last.customer_id] if last else [])])
    )
    if not ids:
        return {}
    contacts = contact_details(ids, by=actor, customers=services().customers)
    return dict(zip(ids, names_or_ids(contacts, pd.Series(ids)), strict=True))


def _opening(times: CallingTimes, now: datetime) -> datetime | None:
    """Return when calls may begin where they may not now."""
    return None if times.is_open(now) else times.opens_at(now)
