import pandas as pd
import pytest

from smartbank.core.consent import STATE_NAMES
from smartbank.errors import LeadValidationError
from tests.bulk import content, ranking, scored, some_leads, written

MARKED = "C-7"


def leads_and_marked(**cells):
    """Return leads that may be called, one with id C-7, and others with another row of C-7 that holds these cells."""
    allowed = {"do_not_call": "no", "objected": "no", "consent": "yes"}
    leads = some_leads(60).astype({"age": str}).assign(**allowed)
    others = some_leads(60, seed=1, first=100).astype({"age": str}).assign(**allowed)
    others.loc[30, ["customer_id", *cells]] = [MARKED, *cells.values()]
    return leads, others


def reasons_of(output, file):
    """Return why rows of a file are not ranked, by the number of the row."""
    aside = pd.read_parquet(output / "_set-aside.parquet")
    own = aside[aside["file"].str.endswith(file) & (aside["column"] == "")]
    return dict(zip(own["row"].tolist(), own["reason"].tolist(), strict=True))


@pytest.mark.parametrize("marked_first", [False, True])
@pytest.mark.parametrize(
    ("cells", "state", "is_aside"),
    [
        ({"do_not_call": "yes"}, "do_not_call", False),
        ({"consent": "no"}, "refused", False),
        ({"objected": "yes", "age": "old"}, "objected", True),
        ({"objected": "hm", "consent": "no"}, "objected", True),
        ({"do_not_call": "hm", "age": "old"}, "do_not_call", True),
    ],
)
def test_a_row_that_bars_a_customer_bars_the_other_rows_too(tmp_path, cells, state, is_aside, marked_first):
    leads, others = leads_and_marked(**cells)
    files = {"a": others, "b": leads} if marked_first else {"a": leads, "b": others}

    said = scored(written(tmp_path / "in", **files), tmp_path / "out")["leads"]

    assert len(ranking(tmp_path / "out")) == said["ranked"] == 118
    assert MARKED not in set(ranking(tmp_path / "out")["customer_id"])
    assert said["must_not_be_called"] == {state: 1 if is_aside else 2}
    assert (said["set_aside"], said["of_them_duplicates"]) == (int(is_aside), 0)
    reasons = reasons_of(tmp_path / "out", "b.parquet" if marked_first else "a.parquet")
    assert reasons == {8: f"Must not be called: {STATE_NAMES[state]}, as another row says."}


@pytest.mark.parametrize(("cells", "barred"), [({"consent": "no"}, 2), ({"consent": "no", "age": "old"}, 1)])
def test_where_only_consent_allows_a_call_a_refusal_in_another_row_counts_more(tmp_path, cells, barred):
    leads, others = leads_and_marked(**cells)

    said = scored(written(tmp_path / "in", a=leads, b=others), tmp_path / "out", require_consent=True)["leads"]

    assert said["must_not_be_called"] == {"refused": barred}
    assert MARKED not in set(ranking(tmp_path / "out")["customer_id"])


def test_within_one_file_the_gravest_mark_counts_and_every_row_of_the_customer_goes(tmp_path):
    leads, others = leads_and_marked(do_not_call="yes")
    others.loc[[31, 32], "customer_id"] = MARKED
    others.loc[32, ["objected", "age"]] = ["yes", "old"]
    both = pd.concat([others, leads])

    whole = scored(written(tmp_path / "in", a=both), tmp_path / "whole")
    parts = scored(written(tmp_path / "in", a=both), tmp_path / "parts", rows_per_part=40)

    assert whole["leads"]["must_not_be_called"] == {"do_not_call": 1, "objected": 2}
    assert whole["leads"]["ranked"] == parts["leads"]["ranked"] == 116
    assert whole["leads"]["set_aside"] == 1
    assert reasons_of(tmp_path / "whole", "a.parquet") == {
        31: "Must not be called: must not be called.",
        32: "Must not be called: objected to calls, as another row says.",
        68: "Must not be called: objected to calls, as another row says.",
    }


def test_what_bars_nobody_else_leaves_the_other_row_ranked(tmp_path):
    leads, others = leads_and_marked(consent="hm")  # no refusal, as in an upload
    _, unsaid = leads_and_marked(consent="")
    unsaid["customer_id"] = [f"D-{number}" for number in range(30)] + [MARKED] + [f"E-{n}" for n in range(29)]

    said = scored(written(tmp_path / "in", a=leads, b=others, c=unsaid), tmp_path / "out", require_consent=True)

    assert MARKED in set(ranking(tmp_path / "out")["customer_id"])
    assert said["leads"]["must_not_be_called"] == {"unknown": 1}
    assert said["leads"]["set_aside"] == 1


def test_marks_bar_alike_however_the_ids_are_divided_for_comparing(tmp_path, monkeypatch):
    leads, others = leads_and_marked(objected="yes")
    others.loc[40:59, "objected"] = "yes"
    again, more = (
        some_leads(rows, first=first).assign(do_not_call="", objected="", consent="")
        for rows, first in ((20, 140), (70, 100))
    )
    folder = written(tmp_path / "in", a=leads, b=others, c=again, d=more)
    whole = scored(folder, tmp_path / "whole", rows_per_part=60)
    monkeypatch.setattr("smartbank.services.bulk.scoring.IDS_OF_A_RANGE", 15)

    scored(folder, tmp_path / "ranges", rows_per_part=60)

    assert content(tmp_path / "whole") == content(tmp_path / "ranges")
    assert whole["leads"]["must_not_be_called"] == {"objected": 21 + 1 + 40}
    assert sum(whole["leads"][name] for name in ("ranked", "set_aside")) + 62 == whole["input"]["rows"]


def test_where_nobody_gave_consent_that_is_said(tmp_path):
    folder = written(tmp_path / "in", a=some_leads(60))

    with pytest.raises(LeadValidationError, match=r"None of the 60 rows could be used\. Of them 60 gave no consent\."):
        scored(folder, tmp_path / "out", require_consent=True)
