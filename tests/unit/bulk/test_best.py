"""The rows of the best leads, written once more to be brought into SmartBank."""

import hashlib

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from smartbank.adapters.files.reader import open_table
from tests.bulk import content, ranking, scored, some_leads, written


def best_of(output):
    return pd.read_parquet(output / "_best.parquet")


@pytest.fixture
def leads():
    return some_leads(900).assign(full_name=[f"Person {number}" for number in range(900)], colour="red")


@pytest.mark.parametrize("rows_per_part", [1_000, 90])
def test_the_best_rows_come_in_rank_order_as_the_files_have_them(tmp_path, leads, rows_per_part):
    folder = written(tmp_path / "in", a=leads.head(350), b=leads.tail(550))

    said = scored(folder, tmp_path / "out", best=250, rows_per_part=rows_per_part)

    best = best_of(tmp_path / "out")
    ids = ranking(tmp_path / "out")["customer_id"].tolist()[:250]
    expected = leads.set_index("customer_id").loc[ids].reset_index().drop(columns="colour")
    assert best["customer_id"].tolist() == ids
    assert best[list(expected)].astype(str).equals(expected.astype(str)), "columns SmartBank does not know stay behind"
    assert "colour" not in best
    written_bytes = (tmp_path / "out" / "_best.parquet").read_bytes()
    digest = hashlib.sha256(written_bytes).hexdigest()
    assert said["best"] == {"leads": 250, "sha256": digest, "bytes": len(written_bytes)}


def test_who_is_not_ranked_is_not_among_the_best(tmp_path, leads):
    again = leads.head(100).assign(do_not_call="no")
    barred = leads.tail(800).assign(do_not_call=["yes", *["no"] * 799])
    folder = written(tmp_path / "in", a=again, b=again, c=barred)

    scored(folder, tmp_path / "out", best=10_000)

    best = best_of(tmp_path / "out")["customer_id"]
    assert sorted(best) == sorted(set(leads["customer_id"]) - {"C-100"})


def test_rows_without_an_id_get_the_one_they_were_ranked_by(tmp_path, leads):
    folder = written(tmp_path / "in", a=leads.drop(columns="customer_id"))
    scored(folder, tmp_path / "out", best=40)
    with_some = leads.astype({"customer_id": str})
    with_some.loc[::2, "customer_id"] = ""
    scored(written(tmp_path / "some", a=with_some), tmp_path / "out-of-some", best=40)

    for output in ("out", "out-of-some"):
        ids = ranking(tmp_path / output)["customer_id"].tolist()[:40]
        assert best_of(tmp_path / output)["customer_id"].tolist() == ids
        assert any(each.startswith("row-") for each in ids)


def test_a_column_whose_kind_differs_among_files_becomes_text(tmp_path, leads):
    numbers = leads.head(300).assign(customer_id=range(300), age=leads["age"].head(300).astype(float))
    texts = leads.tail(300).astype({"age": str})
    folder = written(tmp_path / "in", a=numbers, b=texts)

    scored(folder, tmp_path / "out", best=600)

    best = best_of(tmp_path / "out").set_index("customer_id")
    assert set(best.index) == {*map(str, range(300)), *texts["customer_id"]}
    assert best.loc["7", "age"] == str(int(numbers["age"][7]))
    assert best.loc[texts["customer_id"].iloc[3], "age"] == texts["age"].iloc[3]


def test_values_of_few_kinds_and_values_within_others_come_as_plain_columns(tmp_path, leads):
    table = pa.table(
        {
            "customer": pa.StructArray.from_arrays([pa.array(leads["customer_id"])], names=["id"]),
            "age": pa.StructArray.from_arrays([pa.array(leads["age"])], names=["years"]),
            "job": pa.array(leads["job"]).dictionary_encode(),
        }
    )
    (tmp_path / "in").mkdir()
    pq.write_table(table, tmp_path / "in" / "a.parquet", row_group_size=100)

    scored(tmp_path / "in", tmp_path / "out", best=9, anyway=True)

    best = best_of(tmp_path / "out")
    assert best.shape == (9, 3)
    named = leads.set_index("customer_id").loc[best["customer.id"]]
    assert np.array_equal(best["age.years"], named["age"])
    assert best["job"].tolist() == named["job"].tolist()


def test_the_file_says_that_its_customers_were_picked_and_no_other_does(tmp_path, leads):
    folder = written(tmp_path / "in", a=leads)
    scored(folder, tmp_path / "out", best=5)
    (tmp_path / "_best.csv").write_bytes(b"customer_id,age,job\nc1,30,student\n")

    picked = tmp_path / "out" / "_best.parquet"
    others = (folder / "a.parquet", tmp_path / "out" / "part-00000.parquet", tmp_path / "_best.csv")
    for file in (picked, *others):
        with open_table([file.read_bytes()], file.name) as table:
            assert table.picked is (file == picked), file


def test_the_ranking_is_the_same_with_the_best_rows_and_without(tmp_path, leads):
    folder = written(tmp_path / "in", a=leads)
    scored(folder, tmp_path / "with", best=5)
    scored(folder, tmp_path / "without")

    with_best, without = content(tmp_path / "with"), content(tmp_path / "without")
    assert set(with_best) - set(without) == {"_best.parquet"}
    assert with_best["part-00000.parquet"] == without["part-00000.parquet"]
