"""The few leads of a request are scored, explained and ranked as those of a frame are: the same bits."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pandas as pd
import pytest

from smartbank.adapters.customer_documents import customer_document, customer_documents, customer_frame, customer_row
from smartbank.adapters.uci import read_uci
from smartbank.adapters.vault import Vault
from smartbank.core.call_rules import CallRule, RuleBook, RuleKind
from smartbank.core.consent import consent_state_of_row, consent_states
from smartbank.core.exclusion import excluded, excluded_rows
from smartbank.core.fields import CONSENT_COLUMNS, CUSTOMER_COLUMNS, CUSTOMER_ID, LEAD_COLUMNS, LEAD_FIELDS
from smartbank.core.outcomes import OutcomeKind, contact_frame
from smartbank.core.ranking import ranked_frame, ranked_leads
from smartbank.core.reasons import ReasonWriter
from smartbank.core.replay import lead_hashes
from smartbank.core.rules import ScoringRules
from smartbank.ml.artifact import load_scorer
from smartbank.services.keeping_scores import prediction_document, prediction_documents

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
STRANGE = {"category": ["aaa", "m", "zzz", None, "unknown"], "number": [np.nan, np.inf, -np.inf, 1e300, -1.0]}
RULES = RuleBook().with_rule(
    CallRule("segment-1", RuleKind.SEGMENT, "Students", segment_field="job", values=("student",))
)
RULES = RULES.with_rule(CallRule("segment-2", RuleKind.SEGMENT, "Old", segment_field="age", low=70, high=120))
COMMON = {"run_id": "ask-1", "snapshot_id": "given", "scored_at": NOW}


@pytest.fixture(scope="module")
def scorer(shipped_models):
    return load_scorer(shipped_models, n_threads=2)


@pytest.fixture(scope="module", params=["made up", "every thirtieth of UCI's"])
def people(request, training_data):
    """Rows of a training file, and odd ones: each field missing, of a kind nobody saw, beyond all bounds."""
    if request.param == "made up":
        known = training_data.frame.head(1_100)
    else:
        known = read_uci(request.getfixturevalue("uci_file")).frame.iloc[::30]
    known = known[list(LEAD_COLUMNS)].reset_index(drop=True)
    odd = [
        known.iloc[0].to_dict() | {field.name: value}
        for field in LEAD_FIELDS
        for value in STRANGE["category" if field.kind == "category" else "number"]
    ]
    frame = pd.concat([known, pd.DataFrame(odd), pd.DataFrame([dict.fromkeys(LEAD_COLUMNS)])], ignore_index=True)
    texts = {field.name: "str" if field.kind == "category" else "float64" for field in LEAD_FIELDS}
    frame = frame.astype(texts)
    ids = [f"C{number:05}" for number in range(len(frame))]
    marks = {
        name: pd.Series([None, "yes", "no"] * len(frame), dtype="str").iloc[: len(frame)] for name in CONSENT_COLUMNS
    }
    return frame.assign(customer_id=ids, customer_version=3, **marks)


@pytest.fixture(scope="module")
def rows(people):
    return people.to_dict("records")


def test_margins_and_contributions_have_the_same_bits_alone_in_tens_and_in_a_frame(scorer, people, rows):
    margins, contributions = scorer.margins(people), scorer.contributions(people)

    for size in (1, 10, 300):
        parts = [scorer.explained_margins(rows[start : start + size]) for start in range(0, len(rows), size)]
        assert np.concatenate([part[0] for part in parts]).tobytes() == margins.tobytes()
        assert np.concatenate([part[1] for part in parts]).tobytes() == contributions.tobytes()


def test_a_market_has_the_same_term_alone_and_in_a_frame(scorer):
    markets = [(1.2, -1.8, 2.78), (float("nan"), 9.0, -9.0), (-0.3, 1.1, 0.0)]
    frame = pd.DataFrame(markets, columns=["euribor3m", "emp_var_rate", "cpi_yoy"])

    assert [scorer.market_term(each) for each in markets] == scorer.market_terms(frame).tolist()


def test_ranks_bands_decisions_hashes_and_kept_predictions_are_the_same(scorer, people, rows):
    margins, contributions = scorer.explained_margins(rows)
    told = {"margins": margins, "contributions": contributions, "levels": np.full(len(rows), -0.3)}

    ranked = ranked_frame(people, rules=ScoringRules(), **told)
    few = ranked_leads(rows, rules=ScoringRules(), **told)

    assert [prediction_document(each, COMMON) for each in few] == prediction_documents(ranked, COMMON)
    assert [prediction_document(each, COMMON)["lead_hash"] for each in few] == lead_hashes(ranked)


def test_reasons_are_the_same(scorer, people, rows):
    contributions = scorer.contributions(people)

    one, other = (ReasonWriter(scorer.rate, 0.11) for _ in range(2))
    for place in range(0, len(rows), 7):
        assert one.reasons(people.iloc[place], contributions[place]) == other.reasons(rows[place], contributions[place])


def test_consent_comes_to_the_same(people, rows):
    assert [str(consent_state_of_row(row)) for row in rows] == consent_states(people).tolist()


def test_the_same_rules_leave_the_same_people_out(people, rows):
    kinds = [*OutcomeKind]
    called = [
        {
            "customer_id": f"C{number % 700:05}",
            "at": NOW - timedelta(days=number % 400, hours=number),
            "outcome": kinds[number % len(kinds)],
            "call_again_at": NOW - timedelta(days=number % 40) if number % 3 else None,
        }
        for number in range(1_500)
    ]
    called.append(called[0] | {"customer_id": "C00999", "at": NOW - timedelta(days=200), "outcome": kinds[-1]})
    called.sort(key=lambda call: call["at"])
    known_at = [NOW - timedelta(days=number % 500, milliseconds=number) for number in range(len(rows))]
    frame = people.assign(updated_at=pd.Series(known_at, dtype="datetime64[ms, UTC]"))
    few = [row | {"updated_at": at} for row, at in zip(rows, known_at, strict=True)]

    found = excluded(frame, contact_frame(called), book=RULES, now=NOW).tolist()

    assert excluded_rows(few, called, book=RULES, now=NOW) == found
    alone = [
        excluded_rows([row], [call for call in called if call["customer_id"] == row[CUSTOMER_ID]], book=RULES, now=NOW)
        for row in few[:300]
    ]
    assert [rule for each in alone for rule in each] == found[:300]
    assert set(found) == {"", *(rule.rule_id for rule in RULES.in_force)}


def test_documents_of_rows_and_of_frames_are_the_same_and_so_is_what_is_read_of_them(people):
    vault = Vault([bytes(range(32))])
    frame = people.reindex(columns=list(CUSTOMER_COLUMNS)).replace([np.inf, -np.inf], np.nan)
    frame = frame.assign(
        name=pd.Series(["Ana"] * len(frame), dtype="str"), phone=pd.Series([None] * len(frame), dtype="str")
    )
    documents = customer_documents(frame)

    assert [customer_document(row) for row in frame.to_dict("records")] == documents
    stored = {"version": 1, "synthetic": False, "source": {}, "updated_at": NOW, "contact_details": {}}
    read = customer_frame([{**each, **stored} for each in documents], vault=vault)
    read_rows = [customer_row({**each, **stored}) for each in documents]
    pd.testing.assert_frame_equal(
        pd.DataFrame(read_rows)[list(LEAD_COLUMNS)].astype(read[list(LEAD_COLUMNS)].dtypes), read[list(LEAD_COLUMNS)]
    )
