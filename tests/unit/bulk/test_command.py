import json

import pytest
import typer
from typer.testing import CliRunner

from smartbank.adapters.bulk import leads as adapter
from smartbank.bootstrap import bulk_steps
from smartbank.bootstrap.bulk import workers_of
from smartbank.cli import leads
from smartbank.core.bulk.addresses import require_safe_scheduler
from smartbank.errors import ClusterError, LeadValidationError
from tests.bulk import SETTINGS, some_leads, written


@pytest.fixture(autouse=True)
def own_models(monkeypatch):
    monkeypatch.setattr("smartbank.cli.score_folder.load_settings", lambda: SETTINGS)


def run(*arguments):
    app = typer.Typer()
    leads.register(app)
    return CliRunner().invoke(app, ["score", *map(str, arguments)], env={"COLUMNS": "200"})


def test_parquet_is_scored_into_a_folder_and_what_came_of_it_is_said(tmp_path):
    frame = some_leads(300).replace("", None).ffill().bfill().assign(do_not_call=["x", *["no"] * 299])
    folder = written(tmp_path / "in", a=frame, b=frame.head(10))

    result = run("--input", folder, "--output", tmp_path / "out", "--base-rate", "0.05", "--bands", 4, 2, 1)

    assert result.exit_code == 0, result.output
    said = result.output.splitlines()
    assert said[0] == "Scoring 310 rows of 2 files in 2 pieces ..."
    assert said[1] == "Ranking 299 leads in 1 part ..."
    assert said[2].startswith("299 leads ranked: A ")
    assert said[3].startswith("Base rate 5.0% (the command line); market: Euribor 2.64 %")
    assert said[4:6] == [
        "9 of 310 rows were set aside; the others can be scored.",
        "Set aside: 9 rows, 9 of them duplicates.",
    ]
    assert said[6] == "Not scored: 2 must not be called."
    manifest = json.loads((tmp_path / "out" / "_manifest.json").read_text())
    assert manifest["rules"]["band_edges"] == [0.2, 0.1, 0.05]


def test_a_file_of_the_best_is_named_and_what_is_in_it(tmp_path):
    folder = written(tmp_path / "in", a=some_leads(30))

    result = run("--input", folder, "--output", tmp_path / "out", "--best", 7)

    said = result.output.splitlines()
    assert said[-2].endswith(
        "/_best.parquet holds the best 7 rows as the files have them, names and phone numbers too."
    )
    assert "no names" not in said[-1]


def test_the_input_is_listed_once_and_each_footer_is_read_once(tmp_path, monkeypatch):
    folder = written(tmp_path / "in", a=some_leads(20), b=some_leads(20, first=20))
    listed, read = [], []
    found, footer = adapter.found, adapter._footer
    monkeypatch.setattr(adapter, "found", lambda pattern: (listed.append(pattern), found(pattern))[1])
    monkeypatch.setattr(adapter, "_footer", lambda file: (read.append(file), footer(file))[1])

    result = run("--input", folder, "--output", tmp_path / "out")

    assert result.exit_code == 0, result.output
    assert (len(listed), len(read)) == (1, 2)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "Name a FILE, or --input and --output."),
        (["--input", "leads"], "--input and --output go together."),
        (["--output", "out"], "--input and --output go together."),
        (["--input", "", "--output", "out"], "--input and --output go together."),
        (["--input", "leads", "--output", ""], "--input and --output go together."),
        (["--input", "leads", "--output", "out", "--out", "x.csv"], "--out does not go with --input and --output."),
        (["--input", "leads", "--output", "out", "--picked"], "--picked does not go with --input and --output."),
        (
            ["--input", "leads", "--output", "out", "--leave-out-shared-numbers"],
            "--leave-out-shared-numbers does not go with --input and --output.",
        ),
        (["--workers", "2"], "--workers belongs to --input and --output."),
        (["--no-reasons"], "--no-reasons belongs to --input and --output."),
        (
            ["--input", "a", "--output", "b", "--scheduler", "tls://h:1", "--workers", "2"],
            "The scheduler has its own workers.",
        ),
        (["--best", "9"], "--best belongs to --input and --output."),
        (["--in-force", "f"], "--in-force belongs to --input and --output."),
        (
            ["--input", "a", "--output", "b", "--in-force", "f", "--base-rate", "0.05"],
            "--base-rate does not go with --in-force, which says it.",
        ),
        (
            ["--input", "a", "--output", "b", "--in-force", "f", "--require-consent"],
            "--require-consent does not go with --in-force, which says it.",
        ),
        (["--input", "a", "--output", "b", "--base-rate", "5"], "A share between 0 and 1"),
        (["--input", "a", "--output", "b", "--bands", "1", "2", "3"], "The multiples must fall"),
    ],
)
def test_what_does_not_go_together_is_said_and_nothing_is_done(tmp_path, monkeypatch, arguments, said):
    monkeypatch.chdir(tmp_path)

    result = run(*arguments)

    assert result.exit_code == 2
    assert said in result.output
    assert list(tmp_path.iterdir()) == []


def test_a_command_that_is_interrupted_leaves_nothing_behind(tmp_path, monkeypatch):
    def interrupt(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(bulk_steps, "score", interrupt)

    result = run("--input", written(tmp_path / "in", a=some_leads(9)), "--output", tmp_path / "out")

    assert result.exit_code == 130
    assert [path.name for path in tmp_path.iterdir()] == ["in"]


def test_why_nothing_was_scored_is_an_error_for_the_reader(tmp_path):
    result = run("--input", tmp_path / "none", "--output", tmp_path / "out")

    assert isinstance(result.exception, LeadValidationError)


@pytest.mark.parametrize("address", ["tls://scores.bank.example:8786", "tcp://127.0.0.1:8786", "tcp://localhost:1"])
def test_work_goes_to_other_computers_by_tls_and_to_this_one_as_one_likes(address):
    require_safe_scheduler(address)


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("tcp://scores.bank.example:8786", "only encrypted"),
        ("tcp://10.0.0.7:8786", "only encrypted"),
        ("tcp://127.0.0.1.evil.example:8786", "only encrypted"),
        ("http://127.0.0.1:8786", "is not the address of a scheduler"),
        ("tls://127.0.0.1", "is not the address of a scheduler"),
        ("tls://127.0.0.1:port", "is not the address of a scheduler"),
        ("", "is not the address of a scheduler"),
    ],
)
def test_other_addresses_are_refused_before_anything_is_sent(address, said):
    with pytest.raises(ClusterError, match=said), workers_of(address):
        pass
