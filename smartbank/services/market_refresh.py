"""Use case: refresh the market from its sources, one at a time per indicator however many ask for it at once.

Nothing here is ever waited for by a scoring: that takes what is kept.
"""

import os
import secrets
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any, Final

from smartbank.core.audit import AuditAction, AuditEvent, AuditResult
from smartbank.core.market.hops import Hop, HopOutcome, Refreshed
from smartbank.core.market.indicators import Indicator
from smartbank.core.market.observations import SOURCE_NAMES, Observation, Source
from smartbank.core.people import WORKER, Actor, Right
from smartbank.core.ports import JobSchedule
from smartbank.errors import SmartBankError, WorkCancelledError
from smartbank.services.auditing import audited
from smartbank.services.market_hops import (
    KEPT_FIGURES,
    MarketPorts,
    ask_in_order,
    kept_figure,
    next_due,
    sources_of,
)
from smartbank.services.timed_jobs import held

JUST_ASKED: Final = timedelta(seconds=60)
"""For how long after a refresh nobody asks again, whoever wants it."""
AFTER_FAILURE: Final = timedelta(hours=1)
"""When SmartBank itself tries again where no source gave a fresh figure."""
AFTER_ANSWER: Final = timedelta(hours=6)
"""When it looks again for a figure that is due and was not there yet."""
PATIENCE: Final = timedelta(seconds=90)
"""How long one waits for another who is asking."""
_LOOK_EVERY_S: Final = 0.5
_OFFLINE: Final = "SmartBank is set not to ask any source (SMARTBANK_MARKET_ONLINE is false)."
_BUSY: Final = "Somebody else is asking the sources for this right now. Look again in a minute."
_LOST: Final = "Somebody else took over asking the sources for this. Look again in a minute."
_APOLOGY: Final = "Something went wrong on our side; the log says where."


def job_name(indicator: Indicator) -> str:
    """Return the name of the job under which an indicator is refreshed."""
    return f"market {indicator}"


def last_refreshes(*, by: Actor, jobs: JobSchedule) -> dict[Indicator, Refreshed]:
    """Return what the last refresh of each indicator came to in which sources were asked, if there was one."""
    by.require(Right.SEE_LEADS)
    return _last_refreshes(jobs)


def _last_refreshes(jobs: JobSchedule) -> dict[Indicator, Refreshed]:
    found = {indicator: jobs.standing(job_name(indicator)) for indicator in Indicator}
    return {
        indicator: Refreshed.from_json(standing.result)
        for indicator, standing in found.items()
        if standing is not None and standing.result
    }


def refresh_market(
    indicators: Sequence[Indicator],
    *,
    forced: bool,
    by: Actor,
    ports: MarketPorts,
    now: datetime,
    go_on: Callable[[], None] = lambda: None,
) -> list[Refreshed]:
    """Refresh indicators and return what came of each; recorded if a person asks, or if anything new came.

    Raises
    ------
    ForbiddenError
        The role may not ask the sources.
    """
    if by.place == WORKER.place:
        done = refresh_each(indicators, forced=forced, by=by, ports=ports, now=now, go_on=go_on)
        if any(each.new_figures for each in done):
            who, figures = (by.username, by.place), refresh_figures(done)
            event = AuditEvent(now, *who, AuditAction.REFRESH_MARKET, "market", "", AuditResult.DONE, figures)
            ports.audit.append(event)
        return done
    with audited(AuditAction.REFRESH_MARKET, "market", by=by, audit=ports.audit, now=now) as said:
        said.details = {"indicators": [str(each) for each in indicators]}
        done = refresh_each(indicators, forced=forced, by=by, ports=ports, now=now, go_on=go_on)
        said.details |= refresh_figures(done)
    return done


def refresh_figures(done: Sequence[Refreshed]) -> dict[str, Any]:
    """Return what refreshes came to, for the audit log: which were asked for, what was new, what failed."""
    return {
        "asked": [str(each.indicator) for each in done if each.was_asked],
        "new_figures": sum(each.new_figures for each in done),
        "failed": [str(each.indicator) for each in done if each.has_failed],
    }


def refresh_each(
    indicators: Sequence[Indicator],
    *,
    forced: bool,
    by: Actor,
    ports: MarketPorts,
    now: datetime,
    go_on: Callable[[], None] = lambda: None,
) -> list[Refreshed]:
    """Refresh indicators one after the other, without a word in the audit log."""
    started = ports.clock()
    done = []
    for indicator in indicators:
        go_on()
        moment = now + timedelta(seconds=ports.clock() - started)
        done.append(refresh_indicator(indicator, forced=forced, by=by, ports=ports, now=moment, go_on=go_on))
    return done


def refresh_indicator(
    indicator: Indicator,
    *,
    forced: bool,
    by: Actor,
    ports: MarketPorts,
    now: datetime,
    go_on: Callable[[], None] = lambda: None,
) -> Refreshed:
    """Refresh one indicator unless its figure is fresh and nothing newer is due, and return what came of it.

    Whoever comes while another is asking waits for that, and gets what it came to.

    Parameters
    ----------
    forced : bool
        Ask also if the kept figure is fresh. A minute after the last refresh nobody asks again even so.
    go_on : callable
        Called between two sources; raises `WorkCancelledError` to break it off.
    """
    by.require(Right.REFRESH_MARKET)
    attempt = _Attempt(indicator, forced=forced, by=by, ports=ports, now=now, go_on=go_on)
    if not ports.online:
        return attempt.unasked(HopOutcome.SKIPPED, _OFFLINE)
    while True:
        found = attempt.known_enough() or attempt.taken() or attempt.given_up()
        if found is not None:
            return found
        go_on()
        ports.sleep(_LOOK_EVERY_S)


class _LostError(Exception):
    """The lease of the indicator went to another; the work this is a part of goes on."""


class _Attempt:
    """One caller's attempt to have an indicator refreshed."""

    def __init__(
        self,
        indicator: Indicator,
        *,
        forced: bool,
        by: Actor,
        ports: MarketPorts,
        now: datetime,
        go_on: Callable[[], None],
    ) -> None:
        self._indicator, self._name = indicator, job_name(indicator)
        self._forced = forced
        self._is_timed = by.place == WORKER.place
        self._worker = f"{by.place}-{os.getpid()}-{secrets.token_hex(4)}"
        self._ports = ports
        self._now, self._started = now, ports.clock()
        self._go_on = go_on

    def known_enough(self) -> Refreshed | None:
        """Return what the last refresh came to if that was just now, or that none is needed; else None."""
        now, standing = self._moment(), self._ports.jobs.standing(self._name)
        if standing is not None and standing.done_at is not None and abs(now - standing.done_at) < JUST_ASKED:
            return replace(Refreshed.from_json(standing.result), new_figures=0)
        best, due = self._best()
        if self._forced or best is None or due <= now.date():
            return None
        said = f"The figure of {best.period.words_within} is fresh; a newer one is due by {due:%-d %B %Y}."
        return self.unasked(HopOutcome.FRESH, said)

    def taken(self) -> Refreshed | None:
        """Ask the sources and return what came of it; None if it is not this caller's turn."""
        now, jobs = self._moment(), self._ports.jobs
        if not jobs.take(self._name, self._worker, now=now, first_at=now, early=not self._is_timed):
            return None
        try:
            with held(self._name, jobs, self._worker, threading.Event()) as keep_on:
                known = self.known_enough()  # another may have ended a moment ago
                if known is not None:
                    jobs.release(self._name, self._worker)
                    return known
                done = self._ask(keep_on)
        except _LostError:
            return self.unasked(HopOutcome.SKIPPED, _LOST)
        except WorkCancelledError:
            jobs.release(self._name, self._worker)
            raise
        except Exception as exc:
            said = str(exc) if isinstance(exc, SmartBankError) else _APOLOGY
            jobs.fail(self._name, self._worker, said, now=self._moment(), next_at=self._moment() + AFTER_FAILURE)
            raise
        if not done.was_asked and done.left_alone:
            jobs.release(self._name, self._worker)
            return done
        jobs.finish(self._name, self._worker, done.to_json(), now=self._moment(), next_at=self._next_at(done))
        return done

    def given_up(self) -> Refreshed | None:
        """Return why nobody was asked, if it is no use to wait any longer."""
        now, standing = self._moment(), self._ports.jobs.standing(self._name)
        if standing is not None and self._is_timed and standing.due_at > now:
            return self.unasked(HopOutcome.SKIPPED, f"The sources are asked again at {standing.due_at:%H:%M} UTC.")
        if now - self._now > PATIENCE:
            return self.unasked(HopOutcome.SKIPPED, _BUSY)
        return None

    def unasked(self, outcome: HopOutcome, said: str) -> Refreshed:
        """Return that nobody was asked, and why."""
        (best, due), now = self._best(), self._moment()
        hop = Hop(KEPT_FIGURES, outcome, said, now)
        return Refreshed(self._indicator, (hop,), None if best is None else best.period, now, due)

    def _ask(self, keep_on: Callable[[], None]) -> Refreshed:
        def go_on() -> None:
            self._go_on()
            try:
                keep_on()
            except WorkCancelledError as exc:
                raise _LostError from exc

        asked_at = self._moment()
        asked = ask_in_order(
            self._indicator, left_alone=self._left_alone(), ports=self._ports, moment=self._moment, go_on=go_on
        )
        hops, (best, due) = list(asked.hops), self._best()
        if not any(hop.brought_fresh for hop in hops):
            stays = (
                "the figure that came with SmartBank"
                if best is None
                else f"the last good one, of {best.period.words_within} from {SOURCE_NAMES[best.source]},"
            )
            said = f"No source gave a fresh figure: {stays} stays in force unless one is set by hand."
            hops.append(Hop(KEPT_FIGURES, HopOutcome.SKIPPED, said, self._moment()))
        newest = None if best is None else best.period
        return Refreshed(self._indicator, tuple(hops), newest, asked_at, due, asked.new_figures, asked.left_alone)

    def _left_alone(self) -> dict[Source, datetime]:
        """Return the publishers that asked to be left alone, whatever they were asked for, and until when."""
        found: dict[Source, datetime] = {}
        for refreshed in _last_refreshes(self._ports.jobs).values():
            for source, until in refreshed.left_alone.items():
                found[source] = max(until, found.get(source, until))
        return {source: until for source, until in found.items() if until > self._moment()}

    def _next_at(self, done: Refreshed) -> datetime:
        """Return when SmartBank itself asks again: not before one of the sources may be asked."""
        again = self._moment() + (AFTER_ANSWER if done.is_good else AFTER_FAILURE)
        waits = [done.left_alone.get(each.source, again) for each in sources_of(self._indicator, self._ports)]
        return max(again, min(waits, default=again))

    def _best(self) -> tuple[Observation | None, date]:
        today = self._moment().date()
        best = kept_figure(self._indicator, ports=self._ports, today=today)
        return best, next_due(best, ports=self._ports, today=today)

    def _moment(self) -> datetime:
        return self._now + timedelta(seconds=self._ports.clock() - self._started)
