"""Use cases around what came of released lists, for the walks over roles."""

from smartbank.core.people import Right
from smartbank.core.rules import ScoringRules
from smartbank.services import bank_data, drift_of_calls, list_results
from tests.use_cases import UseCase, see

RESULTS = [
    see(
        list_results.released_lists,
        Right.SEE_LEADS,
        lambda w, a: list_results.released_lists(
            list_results.ListChoice(), by=a, time_zone="Europe/Lisbon", **w.ports("lists")
        ),
    ),
    see(
        list_results.list_results,
        Right.SEE_LEADS,
        lambda w, a: list_results.list_results(
            [], by=a, time_zone="Europe/Lisbon", now=w.clock, **w.ports("frames", "outcomes")
        ),
    ),
    UseCase(
        bank_data.note_bank_data,
        Right.RELEASE_LISTS,
        lambda w, a: bank_data.note_bank_data([w.list_id], until=w.clock, **w.ports("lists"), **w.about(a)),
    ),
    see(
        drift_of_calls.recent_calibration,
        Right.SEE_LEADS,
        lambda w, a: drift_of_calls.recent_calibration(ScoringRules(), by=a, now=w.clock, **w.ports("outcomes")),
    ),
]
