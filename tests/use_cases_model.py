"""Use cases around the model, for the walks over roles."""

from smartbank.core.people import Right
from smartbank.core.rules import ScoringRules
from smartbank.core.work import WorkKind
from smartbank.services import expecting, exporting, model_view
from tests.use_cases import see

MODEL = [
    see(
        exporting.callable_leads,
        Right.SEE_LEADS,
        lambda w, a: exporting.callable_leads(
            w.done[WorkKind.RUN], ["propensity"], by=a, **w.ports("frames", "customers", "settings")
        ),
    ),
    see(
        expecting.best_of_run,
        Right.SEE_LEADS,
        lambda w, a: expecting.best_of_run(
            w.done[WorkKind.RUN], level_error=0.6, by=a, **w.ports("frames", "customers", "settings")
        ),
    ),
    see(
        model_view.model_backtest,
        Right.SEE_LEADS,
        lambda w, a: model_view.model_backtest("stub-1", by=a, **w.ports("backtests")),
    ),
    see(
        model_view.reference_effects,
        Right.SEE_LEADS,
        lambda w, a: model_view.reference_effects(by=a, **w.ports("scorer", "training_rows")),
    ),
    see(
        model_view.reference_bands,
        Right.SEE_LEADS,
        lambda w, a: model_view.reference_bands(by=a, rules=ScoringRules(), **w.ports("scorer", "training_rows")),
    ),
]
