"""The commands on the whole database as processes of their own: what the guide to operations says, run."""

import json
import os
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.bulk import some_leads, written
from tests.database import WITHOUT_SERVER
from tests.start.processes import running_on

ROOT = Path(__file__).parents[2]


@pytest.fixture
def command(tmp_path):
    """Run a command to its end on one of several folders, without settings of the surroundings."""
    if find_spec("secantus") is None:
        pytest.skip(WITHOUT_SERVER)
    own = {name: value for name, value in os.environ.items() if not name.startswith("SMARTBANK_")}

    def command(*arguments, var="var"):
        return subprocess.run(
            [sys.executable, "-m", "smartbank", *map(str, arguments)],
            cwd=ROOT,
            env=own | {"SMARTBANK_VAR_DIR": str(tmp_path / var), "SMARTBANK_MODELS_DIR": str(ROOT / "models")},
            capture_output=True,
            text=True,
            timeout=180,
            check=False,
        )

    return command


def test_what_is_exported_here_and_imported_elsewhere_replays_every_prediction(command, tmp_path):
    file, moving = tmp_path / "mine.csv", tmp_path / "moving"
    file.write_text("customer_id,name,age,job,poutcome\nc1,Ana Sá,40,services,failure\nc2,Rui,30,student,success\n")
    scored = command("score", file)

    exported = command("data", "export", moving)
    without_keys = command("data", "import", moving, var="restored")
    shutil.copy(tmp_path / "var" / "data-keys", tmp_path / "restored")
    imported = command("data", "import", moving, var="restored")
    again = command("data", "import", moving, var="restored")
    replayed = command("audit", "replay", "--sample", 100, var="restored")
    verified = command("audit", "verify", var="restored")

    said = [scored, exported, without_keys, imported, again, replayed, verified]
    assert [each.returncode for each in said] == [0, 0, 1, 0, 1, 0, 0], [each.stderr for each in said]
    assert json.loads((moving / "manifest.json").read_text())["collections"]["predictions"]["documents"] == 2
    assert "copy the file data-keys into the new folder" in without_keys.stderr
    assert "The audit log is intact." in imported.stdout
    assert "The database is not empty" in again.stderr
    assert "2 of 2 predictions are equal bit for bit" in replayed.stdout
    assert "Traceback" not in "".join(each.stderr for each in said)
    assert [list(running_on(tmp_path / var)) for var in ("var", "restored")] == [[], []]


def test_files_are_ranked_as_the_database_says_without_it(command, tmp_path):
    leads, in_force, ranked, lost = (tmp_path / name for name in ("leads", "in-force", "ranked", "lost"))
    customers = some_leads(250)
    written(leads, a=customers)
    (tmp_path / "some.csv").write_text(customers.head(3).assign(objected=["yes", "", ""]).to_csv(index=False))

    prepared = [
        command("settings", "set", "base_rate", "5 %", "--yes"),
        command("models", "switch", "--reason", "Neither age nor marital status counts here."),
        command("score", tmp_path / "some.csv", "--anyway"),
        command("data", "in-force", in_force),
    ]
    files = ("--input", leads, "--output", ranked, "--in-force", in_force)
    scored = command("score", *files, "--best", 20, var="nowhere")
    refused = command("score", "--input", leads, "--output", lost, "--in-force", leads, var="nowhere")

    brought_in = command("score", f"file://{ranked}/_best.parquet")

    said = [*prepared, scored, brought_in, refused]
    assert [each.returncode for each in said] == [0, 0, 0, 0, 0, 0, 1], [each.stderr for each in said]
    assert "The file says that its customers were picked" in brought_in.stdout
    assert "Scoring 20 leads ..." in brought_in.stdout
    assert "No whole was ranked yet by this model and this base rate" in brought_in.stdout
    manifest = json.loads((ranked / "_manifest.json").read_text())
    version = json.loads((in_force / "_manifest.json").read_text())["model_version"]
    assert f"by model {version}." in prepared[1].stdout
    assert f"model {version}, base rate 5.0%" in prepared[3].stdout
    assert "1 customer not to be called." in prepared[3].stdout
    assert (manifest["model_version"], manifest["rules"]["base_rate"]) == (version, 0.05)
    assert manifest["leads"]["must_not_be_called"] == {"objected": 1}
    assert "UTC, with 1 customer SmartBank bars, 1 in the files." in scored.stdout
    assert "Name a folder that `python -m smartbank data in-force` wrote" in refused.stderr
    assert not (tmp_path / "nowhere").exists()
    assert not lost.exists()


def test_a_backup_made_before_a_rotation_opens_with_the_retired_key(command, tmp_path):
    backup = tmp_path / "var" / "backups" / "smartbank-20260602T030000Z"
    command("demo", "--customers", 5)
    exported = command("data", "export", backup)

    rotated = command("keys", "rotate")
    imported = command("data", "import", backup, var="restored")
    listed = command("keys", "list", var="restored")

    said = [exported, rotated, imported, listed]
    assert [each.returncode for each in said] == [0, 0, 0, 0], [each.stderr for each in said]
    [retired] = json.loads((backup / "manifest.json").read_text())["data_keys"]
    [file] = (tmp_path / "var" / "data-keys-retired").iterdir()
    assert file.stat().st_mode & 0o777 == 0o600
    assert f"The retired key {retired} is kept in {file}. smartbank-20260602T030000Z needs it" in rotated.stdout
    assert f"from the retired keys: {retired}." in imported.stdout
    assert "seals now           0 customers" in listed.stdout
    assert f"{retired}  older               5 customers" in listed.stdout


def test_migrate_takes_the_database_back_and_forth_with_a_backup_and_the_start_says_what_to_do(command, tmp_path):
    command("demo", "--customers", 5)

    already = command("migrate")
    back = command("migrate", "--to", 1)
    refused = command("demo", "--customers", 5)
    forward = command("migrate", "--no-backup")
    listed = command("data", "backups")

    assert [each.returncode for each in (already, back, refused, forward, listed)] == [0, 0, 1, 0, 0]
    assert "nothing was changed" in already.stdout
    assert "A backup was made before" in back.stdout
    assert "still holds" not in back.stdout
    assert "run `python -m smartbank migrate`" in refused.stderr
    assert "schema version 3 now" in forward.stdout
    assert f"delete {tmp_path / 'var' / 'backups' / 'before-migration-'}*" in forward.stdout
    assert "The files of the embedded database may hold them too" in forward.stdout
    assert [path.name[:17] for path in (tmp_path / "var" / "backups").iterdir()] == ["before-migration-"]
    assert listed.stdout.startswith("No worker has made a backup yet")
