import pytest

from benchmarks.__main__ import print_all, run
from benchmarks._rows import ROWS_FILE, bounded, compared, left_out, load_rows, middle_and_late, report


def test_what_a_benchmark_reports_reaches_the_last_table_as_it_was(tmp_path, monkeypatch, capsys):
    file = tmp_path / "rows.jsonl"
    monkeypatch.setenv(ROWS_FILE, str(file))
    first = compared("reasons", "2.0 s CPU", beside="XGBoost: 100.0 s CPU", ratio=50.0, at_least=20)
    second = left_out("explainerdashboard", "no network", goal="at least 10 x")

    report([first])
    report([second])

    assert load_rows(file) == [first, second]
    assert "50.0 x" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("row", "verdict"),
    [
        (compared("ahead", "1 s", beside="10 s", ratio=10.0, at_least=10), "met"),
        (compared("ahead", "1 s", beside="9.9 s", ratio=9.9, at_least=10), "MISSED"),
        (compared("the floor", "3 s", beside="1 s", ratio=3.0, at_most=3), "met"),
        (compared("the floor", "3.1 s", beside="1 s", ratio=3.1, at_most=3), "MISSED"),
        (bounded("server time", 151.0, "ms", at_most=150, ratio=2.0), "MISSED"),
        (compared("no goal", "1 s", beside="2 s", ratio=2.0), ""),
        (left_out("not here", "no network", goal="at least 10 x"), ""),
    ],
)
def test_a_goal_is_met_up_to_its_bound(row, verdict):
    assert row.verdict == verdict


def test_the_last_table_names_the_goals_that_were_missed(capsys):
    met = compared("quick enough", "1 s", beside="30 s", ratio=30.0, at_least=20)
    missed = bounded("too slow", 200.0, "ms", at_most=150)

    print_all({"one": [met, missed], "two": [left_out("not here", "no network")]})

    said = capsys.readouterr().out
    assert "1 goals met, 1 missed:\n  one: too slow\n" in said
    assert "left out: no network" in said


def test_a_benchmark_that_breaks_off_says_so_in_a_row():
    rows, ended = run("nothing_of_that_name", [])

    assert ended == 1
    assert "it ended with 1" in rows[-1].measured


def test_of_times_in_any_order_the_middle_and_what_few_are_above_are_told():
    assert middle_and_late([float(place) for place in range(100, 0, -1)]) == (50.5, 96.0)


def test_a_benchmark_run_by_itself_keeps_no_rows(tmp_path, monkeypatch):
    monkeypatch.delenv(ROWS_FILE, raising=False)

    report([compared("alone", "1 s", beside="2 s", ratio=2.0)])

    assert load_rows(tmp_path / "rows.jsonl") == []
