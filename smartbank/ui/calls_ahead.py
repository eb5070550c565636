"""What comes after the call at hand: call-backs by time, who comes up again, and the end of the day's calls."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Final

import pandas as pd
import streamlit as st

from smartbank.core.calling_times import AFTER_CLOSING, CallingTimes
from smartbank.core.fields import CUSTOMER_ID
from smartbank.core.people import Actor, Right
from smartbank.core.wording import agreeing, listed
from smartbank.services.gone_calls import GoneCalls
from smartbank.services.my_work import MyWork
from smartbank.ui.my_work import clock, done_words
from smartbank.ui.text import count, plain, plural
from smartbank.ui.visitor import require_still

CALL_BACKS_SHOWN: Final = 10
_LOOK_AGAIN_S: Final = 30


def show_ahead(work: MyWork, names: Mapping[str, str], times: CallingTimes) -> None:
    """Show how many are left, the next call-backs by time, and from when on the others come up again."""
    if not work.left:
        return
    st.markdown(f"**Left:** {plural(work.left, 'customer')}, {count(len(work.queue))} of them to call now")
    if len(work.call_backs):
        shown = work.call_backs.head(CALL_BACKS_SHOWN)
        st.markdown(f"**{plural(len(work.call_backs), 'call-back')} ahead**")
        st.dataframe(
            pd.DataFrame(
                {
                    "When": [clock(moment) for moment in shown["due_at"]],
                    "Customer": [names[name] for name in shown[CUSTOMER_ID]],
                    "List": [work.lists[name].request.name for name in shown["list_id"]],
                }
            ),
            hide_index=True,
            key="call_backs",
            alt="Call-backs ahead by time: when, customer, list",
        )
    if len(work.retries):
        n = len(work.retries)
        st.caption(
            f"{plural(n, 'customer')} who did not answer {agreeing(n, 'comes', 'come')} up again from "
            f"{clock(_first_retry(work, times))} on."
        )


def _first_retry(work: MyWork, times: CallingTimes) -> datetime:
    """Return when the first who did not answer may be called again: after the wait, and within the calling hours."""
    due: datetime = work.retries["due_at"].iloc[0].to_pydatetime()
    return times.opens_at(due) or due


def show_closed(times: CallingTimes, now: datetime) -> None:
    """Say why no calls are made now, when they may begin again, and until when outcomes are still recorded."""
    if times.is_open(now):
        return
    opens = times.opens_at(now)
    if opens is None:
        again = "No calls may begin within a year: ask an administrator to look at the calling hours."
    else:
        again = f"Calls may begin again at {clock(opens)}."
    minutes = int(AFTER_CLOSING.total_seconds() // 60)
    late = (
        f"For {minutes} minutes after closing you can still record what came of a call you had begun."
        if times.may_record(now)
        else "You can correct what you recorded, below."
    )
    why = times.closed_because(now)
    st.warning(f"{why[0].upper()}{why[1:]}. {again} {late}", title="No calls now", icon=":material/bedtime:")


def show_through(work: MyWork, names: Mapping[str, str], times: CallingTimes, gone: Sequence[GoneCalls]) -> None:
    """Say that nobody is to be called now, what comes next, and which customers went to others or with their list."""
    if not work.left:
        st.title("You have nobody left to call." if gone else "All your customers are called. Well done.")
        _show_gone(gone)
        st.info(
            "New calls are here as soon as a manager releases the next list for you.", icon=":material/celebration:"
        )
        return
    st.title(f"Nobody to call now: {done_words(work)} today.")
    said = []
    if len(work.retries):
        again = clock(_first_retry(work, times))
        said.append(f"{plural(len(work.retries), 'customer')} who did not answer: from {again} on.")
    if len(work.call_backs):
        first = work.call_backs.iloc[0]
        backs = plural(len(work.call_backs), "call-back")
        said.append(f"{backs}: the first at {clock(first['due_at'])}, {plain(names[first[CUSTOMER_ID]])}.")
    st.info(f"Next: {' '.join(said)}", icon=":material/schedule:")


def show_no_list(actor: Actor, gone: Sequence[GoneCalls]) -> None:
    """Say that no running list has calls for who looks, why if it had, and what to do about it."""
    st.title("No running list has calls for you.")
    _show_gone(gone)
    if actor.may(Right.SEE_LEADS):
        st.info("A list is shared out to the agents chosen when it is released.", icon=":material/info:")
        if st.button("Go to the call lists", key="go_call_lists", icon=":material/playlist_add_check:", type="primary"):
            st.switch_page("pages/call_lists.py")
    else:
        st.info("Calls are here as soon as a manager releases a list for you.", icon=":material/info:")


def _show_gone(gone: Sequence[GoneCalls]) -> None:
    for each in gone:
        st.info(gone_words(each), icon=":material/move_down:" if each.to else ":material/stop_circle:")


def gone_words(gone: GoneCalls) -> str:
    """Return who took calls from who looks: "ana handed 12 of your customers on “Monday” over to rui, 14:03."."""
    name, at = plain(gone.list_name), clock(gone.at)
    yours = f"{count(gone.customers)} of your customers"
    if gone.to:
        return f"{plain(gone.by)} handed {yours} on “{name}” over to {plain(listed(gone.to))}, {at}."
    ended = f"{plain(gone.by)} ended “{name}”" if gone.by else f"“{name}” ended"
    were = agreeing(gone.customers, "was", "were")
    return f"{ended}, {at}: {yours} {were} still to be called, and nobody calls them now."


@st.fragment(run_every=_LOOK_AGAIN_S)
def look_again(moment: datetime, actor: Actor) -> None:
    """Run the page again once a moment has come: somebody is to be called then, or calls may begin."""
    require_still(actor)
    if datetime.now(UTC) >= moment:
        st.rerun()
