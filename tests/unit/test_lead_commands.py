import os
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from unittest import mock

import pytest
import typer
from typer.testing import CliRunner

from smartbank import bootstrap, worker
from smartbank.cli import leads, score_file
from smartbank.config import Settings
from smartbank.core.work import Work, WorkKind, WorkState
from smartbank.errors import LeadValidationError, SmartBankError, StorageError
from tests.services import memory_services
from tests.unit.test_whole_runs import EVERYBODY, THE_BEST

ROOT = Path(__file__).parents[2]
NOW = datetime.now(UTC)
FILE = (
    "customer_id,age,job,name,phone\nc1,30,student,Ana,\nc2,60,retired,=Bruno,+351912345678\nc3,abc,student,Duarte,\n"
)


@pytest.fixture
def services(monkeypatch):
    services = memory_services(configuration=Settings(models_dir=ROOT / "models"))

    @contextmanager
    def open_services(_settings):
        yield services

    monkeypatch.setattr(bootstrap, "open_services", open_services)
    return services


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "mine.csv"
    path.write_text(FILE, encoding="utf-8")
    return path


def run(*arguments):
    app = typer.Typer()
    leads.register(app)
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def test_whom_consent_and_rules_left_out_is_said_in_numbers(services, tmp_path):
    path = tmp_path / "mine.csv"
    path.write_text(
        "customer_id,age,job,objected,days_since_contact\nc1,30,student,no,\nc2,60,retired,no,2\nc3,50,student,yes,\n",
        encoding="utf-8",
    )

    lines = run("score", path).output.splitlines()

    assert "Left out: 3 customers → 1 objected to calls → 1 called within the last 3 days → 1 scored." in lines


def test_where_nobody_is_left_out_nothing_is_said_of_it(services, file):
    assert "Left out" not in run("score", file).output


def test_a_file_is_checked_scored_and_shown_best_lead_first(services, file):
    result = run("score", file)

    assert result.exit_code == 0
    lines = result.output.splitlines()
    assert "mine.csv: 2 of 3 rows can be scored." in lines
    assert any(line.startswith("Usable, with limits. ") for line in lines)
    assert "Set aside: 1 of 3 rows. The first reasons:" in lines
    assert any(line.startswith("2 leads ranked. Market: ") for line in lines)
    ranks = [
        line.split()[:4:3] for line in lines if line.strip()[:1] in ("1", "2") and "%" in line and "Market" not in line
    ]
    assert ranks == [["1", "c2"], ["2", "c1"]]
    assert "Bruno" not in result.output
    assert "+351" not in result.output
    assert services.customers.count() == 2


@pytest.mark.parametrize("said", [[], ["--picked"]])
def test_a_file_of_picked_customers_is_scored_as_one(services, file, said):
    assert run("score", file, *said).exit_code == 0

    (work,) = services.queue.recent(WorkKind.RUN)
    assert work.request["source"].get("picked", False) is bool(said)


def test_customers_far_unlike_those_before_are_said_with_the_two_ways_on(services, tmp_path):
    everybody, best = tmp_path / "all.csv", tmp_path / "best.csv"
    everybody.write_text(EVERYBODY, encoding="utf-8")
    best.write_text(THE_BEST, encoding="utf-8")

    outputs = [run("score", *said).output for said in ([everybody], [best], [best, "--picked"], [best, "--whole"])]

    notes = [[line for line in output.splitlines() if line.startswith("Note: ")] for output in outputs]
    assert [len(each) for each in notes] == [0, 1, 0, 0]
    assert notes[1][0].startswith("Note: These customers are far more likely to buy than those ranked before")
    assert notes[1][0].endswith("Score the file again with --picked, or with --whole if they are all your customers.")


def test_customers_are_not_said_to_be_picked_and_a_whole(services, file):
    assert run("score", file, "--picked", "--whole").exit_code == 2
    assert services.queue.recent(WorkKind.RUN) == []


@pytest.mark.parametrize("said", [[], ["--leave-out-shared-numbers"]])
def test_a_number_that_many_rows_share_is_left_out_where_it_is_said(services, tmp_path, said):
    path = tmp_path / "mine.csv"
    rows = "".join(f"c{place},30,student,+351210000001\n" for place in range(6))
    path.write_text(f"customer_id,age,job,phone\n{rows}", encoding="utf-8")

    lines = run("score", path, *said).output.splitlines()

    whose = "6 customers are kept and ranked without a number."
    assert (f"Numbers left out: {whose}" if said else f"With --leave-out-shared-numbers {whose}") in lines
    assert len(services.customers.without_number()) == (6 if said else 0)


def test_the_whole_ranking_is_written_as_csv_that_only_its_owner_may_read(services, file, tmp_path):
    out = tmp_path / "ranked.csv"
    out.write_text("an earlier one")

    result = run("score", file, "--out", out)

    assert result.exit_code == 0
    header, first, second = out.read_text(encoding="utf-8-sig").splitlines()
    assert header.startswith('"Rank","Customer id","Name","Phone","Propensity"')
    assert first.startswith('1,"c2","\'=Bruno","+351912345678",0.')
    assert second.startswith('2,"c1","Ana",,0.')
    assert out.stat().st_mode & 0o077 == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["mine.csv", "ranked.csv"]


def test_the_ranking_is_written_where_nobody_reads_to_the_end_what_is_shown(services, file, tmp_path, monkeypatch):
    monkeypatch.setattr(score_file, "show_ranking", mock.Mock(side_effect=BrokenPipeError))

    assert run("score", file, "--out", tmp_path / "ranked.csv").exit_code != 0

    assert "c2" in (tmp_path / "ranked.csv").read_text()


def test_somebody_elses_work_is_left_waiting(services, file):
    services.queue.add(Work("0", WorkKind.EXPORT, "ana", NOW, {}))

    run("score", file)

    assert services.queue.find("0").state is WorkState.QUEUED


def test_work_another_worker_took_first_is_waited_for(services, file, monkeypatch):
    asked = []
    claim = services.queue.claim

    def late(name, *, now, work_id=None, kinds=None):
        asked.append(work_id)
        if len(asked) == 1:  # the other worker is quicker, and does it
            monkeypatch.setattr(services.queue, "claim", claim)
            worker.run_once(services)
            return None
        return claim(name, now=now, work_id=work_id, kinds=kinds)

    monkeypatch.setattr(services.queue, "claim", late)

    result = run("score", file)

    assert result.exit_code == 0
    assert len(asked) == 1
    assert "2 leads ranked" in result.output


def test_a_missing_file_is_an_argument_that_is_wrong(services, tmp_path):
    result = run("score", tmp_path / "none.csv")

    assert result.exit_code == 2
    assert "does not exist" in result.output
    assert services.queue.recent(WorkKind.UPLOAD) == []


def test_a_file_that_is_no_table_is_refused_in_words(services, tmp_path):
    bad = tmp_path / "bad.xlsx"
    bad.write_bytes(b"PK\x03\x04 nothing")

    result = run("score", bad)

    assert result.exit_code == 1
    assert isinstance(result.exception, SmartBankError)
    assert "2 leads" not in result.output


def test_a_file_without_age_and_job_is_not_scored(services, tmp_path):
    bad = tmp_path / "bad.csv"
    bad.write_text("colour,shape\nred,round\n")

    result = run("score", bad)

    assert isinstance(result.exception, LeadValidationError)
    assert "Nothing was scored." in str(result.exception)
    assert services.queue.recent(WorkKind.RUN) == []


def test_a_file_that_is_not_ready_is_scored_only_when_asked(services, tmp_path):
    doubtful = tmp_path / "doubtful.csv"
    doubtful.write_text("customer_id,age,job\nc1,30,student\nc2,abc,student\nc3,abc,student\n")

    result = run("score", doubtful)

    assert "--anyway" in str(result.exception)
    assert services.queue.recent(WorkKind.RUN) == []
    assert run("score", doubtful, "--anyway").exit_code == 0


def test_a_replay_needs_a_file_with_its_market(services, file):
    result = run("score", file, "--market", "file")

    assert "market columns" in str(result.exception)
    assert run("score", file, "--market", "tomorrow").exit_code == 2


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_cannot_be_written_is_said_before_the_work(services, file, tmp_path):
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o500)

    result = run("score", file, "--out", closed / "ranked.csv")

    assert result.exit_code == 2
    assert services.queue.recent(WorkKind.UPLOAD) == []


@pytest.mark.parametrize("out", ["nowhere/ranked.csv", ".", "mine.csv"])
def test_a_place_that_cannot_be_written_is_said_before_the_work(services, file, tmp_path, out):
    result = run("score", file, "--out", tmp_path / out)

    assert result.exit_code == 2
    assert "--out" in result.output
    assert file.read_text(encoding="utf-8") == FILE
    assert services.queue.recent(WorkKind.UPLOAD) == []


def test_a_disk_that_fills_up_leaves_the_earlier_file(services, file, tmp_path, monkeypatch):
    out = tmp_path / "ranked.csv"
    out.write_text("an earlier one")

    def full(_frames, **_marks):
        yield b"half"
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("smartbank.services.downloads.csv_chunks", full)

    result = run("score", file, "--out", out)

    assert "could not be written (No space left on device)" in str(result.exception)
    assert out.read_text() == "an earlier one"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["mine.csv", "ranked.csv"]


@pytest.mark.parametrize("error", [StorageError("The database does not answer."), KeyboardInterrupt()])
def test_work_that_is_interrupted_is_cancelled_rather_than_left_to_others(services, file, monkeypatch, error):
    def broken(*_args, **_kwargs):
        raise error

    monkeypatch.setattr("smartbank.bootstrap.work.read_upload", broken)

    result = run("score", file)

    assert result.exit_code != 0
    (upload,) = services.queue.recent(WorkKind.UPLOAD)
    assert upload.state is WorkState.CANCELLED


def test_demo_customers_are_loaded_and_their_ranking_queued(services):
    first, again, more, other = (
        run("demo", "--customers", customers, "--seed", seed) for customers, seed in [(5, 0), (5, 0), (8, 0), (3, 7)]
    )

    assert "5 added, 0 changed, 0 left as they were; 5 customers are stored." in first.output
    assert "Their ranking is queued." in first.output
    assert "0 added, 0 changed, 5 left as they were; 5 customers are stored." in again.output
    assert "nobody is ranked again" in again.output
    assert "3 added, 0 changed, 5 left as they were; 8 customers are stored." in more.output
    assert "3 added, 0 changed, 0 left as they were; 11 customers are stored." in other.output
    assert len(services.queue.recent(WorkKind.RUN)) == 3
    ids = [f"DEMO-00000{number}" for number in range(1, 9)] + [f"DEMO-7-00000{number}" for number in (1, 2, 3)]
    assert services.customers.load(ids)["synthetic"].tolist() == [True] * 11


def test_a_number_of_demo_customers_below_one_is_refused(services):
    assert run("demo", "--customers", "0").exit_code == 2
    assert run("demo", "--seed", "-1").exit_code == 2
