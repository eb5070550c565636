from collections import Counter

import pytest

from smartbank.core.columns import plan_columns
from smartbank.core.counts import MAX_UNKNOWN_VALUES, Counts
from smartbank.core.readiness import readiness

WHOLE = plan_columns(["age", "job", "poutcome", "days_since_contact"])


@pytest.mark.parametrize(
    ("counts", "verdict", "said"),
    [
        (Counts(rows=100, clean=100), "ready", "what the model needs"),
        (Counts(rows=100, clean=98, aside=2), "ready", "what the model needs"),
        (Counts(rows=100, clean=97, aside=3), "usable", "3 of 100 rows were set aside"),
        (Counts(rows=100, clean=49, aside=51), "not ready", "check that each column"),
        (Counts(rows=100, aside=100), "not ready", "None of the 100 rows"),
        (Counts(), "not ready", "a header, but no rows"),
        (Counts(rows=100, clean=100, missing=Counter(job=51)), "not ready", "Job is unknown in 51 of 100 rows"),
        (Counts(rows=100, clean=100, missing=Counter(poutcome=31)), "usable", "is missing in 31% of the rows"),
        (Counts(rows=100, clean=100, missing=Counter(days_since_contact=96)), "ready", "what the model needs"),
        (Counts(rows=100, clean=100, missing=Counter(housing=100)), "ready", "what the model needs"),
        (
            Counts(rows=100, clean=100, unknown_rows=Counter(job=6)),
            "usable",
            "Job holds a value nobody knows in 6 rows",
        ),
    ],
)
def test_the_verdict_follows_the_counts(counts, verdict, said):
    found, why = readiness(WHOLE, counts)

    assert found == verdict
    assert said in why


def test_a_file_without_contact_history_is_usable_and_is_told_what_it_costs(upload):
    report = upload("age,job\n45,admin.\n").report

    assert report.verdict == "usable"
    assert "about 1.2 times as many buyers" in " ".join(report.notices)


def test_a_file_without_a_column_it_needs_is_never_ready():
    assert readiness(plan_columns(["age", "poutcome"]), Counts(rows=9, clean=9))[0] == "not ready"


def test_counts_of_two_chunks_add_up():
    both = Counts(rows=2, unknown_rows=Counter(job=1)) + Counts(rows=3, clean=1, unknown_rows=Counter(job=2, loan=1))

    assert both == Counts(rows=5, clean=1, unknown_rows=Counter(job=3, loan=1))


def test_a_column_of_different_unknown_values_is_counted_in_bounded_memory():
    many = Counter({("job", f"value {number}"): 1 for number in range(2 * MAX_UNKNOWN_VALUES)})

    total = Counts(unknown_rows=Counter(job=2000), unknown_values=many) + Counts()

    assert len(total.unknown_values) == MAX_UNKNOWN_VALUES
    assert total.unknown_rows["job"] == 2000
