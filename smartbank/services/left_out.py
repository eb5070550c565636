"""Use case: whom the rules on calling left out of a run."""

from collections.abc import Mapping

import pandas as pd

from smartbank.core.call_rules import RuleBook, book_from
from smartbank.core.consent import barred_sentence
from smartbank.core.exclusion import EXCLUDED_COLUMNS, excluded_sentence
from smartbank.core.people import Actor, Right
from smartbank.core.ports import FrameStore
from smartbank.services.runs import Run, left_out_owner


def rules_of_run(run: Run) -> RuleBook:
    """Return the rules a run was made under; those of a run before there were any are the defaults."""
    kept = run.result.get("rule_book")
    return book_from(kept) if kept else RuleBook()


def ruled_out(run: Run) -> Mapping[str, int]:
    """Return how many leads each rule left out of a run, by its id."""
    counts: Mapping[str, int] = run.result.get("ruled_out", {})
    return counts


def loaded_for(run: Run) -> int:
    """Return how many customers a run was asked to score: those it ranked, and those left out."""
    barred: Mapping[str, int] = run.result["barred"]
    return run.summary.leads + sum(barred.values()) + sum(ruled_out(run).values())


def left_out_words(run: Run) -> list[str]:
    """Return how many may not be called, and how many each rule left out of a run; nothing for nobody."""
    said = [barred_sentence(run.result["barred"]), excluded_sentence(ruled_out(run), rules_of_run(run))]
    return [each for each in said if each]


def left_out(run_id: str, *, by: Actor, frames: FrameStore) -> pd.DataFrame:
    """Return whom the rules left out of a run, `EXCLUDED_COLUMNS` wide, by customer id; empty for nobody."""
    by.require(Right.SEE_LEADS)
    kept = frames.load(left_out_owner(run_id))
    if kept.empty:
        return pd.DataFrame(columns=list(EXCLUDED_COLUMNS), dtype="str")
    return kept.sort_values("customer_id", ignore_index=True)
