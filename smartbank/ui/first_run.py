"""The ranking a screen begins on: among which it is chosen, and a word on a newer one that was passed over."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import streamlit as st

from smartbank.core.people import Actor
from smartbank.services.first_run import first_run, passed_over, runs_looked_at
from smartbank.services.runs import Run
from smartbank.ui.print_style import on_screen_only
from smartbank.ui.resources import services
from smartbank.ui.text import plain, plural, when

_OFFERED: Final = 20


@dataclass(frozen=True)
class Rankings:
    """The newest runs, newest first, and the one to begin on; None where none of today's market is done."""

    runs: tuple[Run, ...]
    first: Run | None

    @property
    def offered(self) -> list[Run]:
        """The newest runs, and the one to begin on where it is older than these."""
        newest = list(self.runs[:_OFFERED])
        is_older = self.first is not None and self.first.run_id not in {run.run_id for run in newest}
        return [*newest, self.first] if self.first is not None and is_older else newest


def look_at_rankings(actor: Actor) -> Rankings:
    """Return the rankings as they stand."""
    runs = runs_looked_at(by=actor, queue=services().queue)
    return Rankings(tuple(runs), first_run(runs))


def passed_over_words(runs: Sequence[Run], first: Run, *, how: str) -> str:
    """Return which newer ranking is not the one to begin on, why, and how to see it; empty where none is newer."""
    newer = passed_over(runs, first)
    if newer is None:
        return ""
    run, what = newer
    kind = (
        "large ranking, of made-up customers"
        if first.is_made_up
        else "ranking that speaks for your customers as a whole"
    )
    return (
        f"Shown is the newest {kind}: {plain(first.source.label)}, "
        f"{plural(first.summary.leads, 'lead')}. The newest of all, **{plain(run.source.label)}** "
        f"({plural(run.summary.leads, 'lead')}, {when(run.work.created_at)}), is {what}. {how}"
    )


def show_passed_over(rankings: Rankings, run_id: str) -> None:
    """Name a newer ranking above which a page began on another, where the page has the choice of a run."""
    first = rankings.first
    if first is None or first.run_id != run_id:
        return
    if said := passed_over_words(rankings.runs, first, how="Choose it under **Run**."):
        st.caption(f":material/info: {said}")


def offer_passed_over(rankings: Rankings) -> None:
    """Name a newer ranking than the one a page shows, with a button that opens it, where a page has no choice."""
    first = rankings.first
    newer = passed_over(rankings.runs, first) if first is not None else None
    if first is None or newer is None:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(f":material/info: {passed_over_words(rankings.runs, first, how='')}", width="stretch")
        leads = plural(newer[0].summary.leads, "lead")
        with on_screen_only("newer_run"):
            if st.button(f"See the newer {leads}", key="go_newer_run", icon=":material/format_list_numbered:"):
                query = {"view": "Ranked leads", "run": newer[0].run_id}
                st.switch_page("pages/leads.py", query_params=query)
