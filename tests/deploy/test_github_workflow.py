import re

from tests.deploy.files import DEPLOY, PINNED, ROOT, documents, schema_check

WORKFLOW = ROOT / ".github" / "workflows" / "ci.yml"
[CI] = documents(WORKFLOW)
JOBS = CI["jobs"]
CHECK, IMAGE = JOBS["check"], JOBS["image"]
STEPS = [step for job in JOBS.values() for step in job["steps"]]


def test_the_workflow_is_one_as_github_describes_them(tmp_path):
    wrong = tmp_path / "ci.yml"
    wrong.write_text(WORKFLOW.read_text().replace("runs-on", "runs-at"))

    assert schema_check("github-workflows", WORKFLOW).returncode == 0
    assert "runs-on" in schema_check("github-workflows", wrong).stdout


def test_it_runs_what_ci_runs_on_the_python_of_the_image():
    assert CHECK["steps"][-1]["run"] == "bash .ci/run"
    assert PINNED.fullmatch(CHECK["container"]["image"])
    ours = re.search(r"^FROM (python:[\d.]+)-", (DEPLOY / "Dockerfile").read_text(), re.MULTILINE)[1]
    assert CHECK["container"]["image"].startswith(f"{ours}-")


def test_the_image_is_built_as_documented_and_tried():
    *_, built, tried = [step["run"] for step in IMAGE["steps"] if "run" in step]
    operations = (ROOT / "docs" / "operations.md").read_text()

    assert f"\n{built}\n" in operations
    assert f"`{tried.removeprefix('.venv/bin/')}`" in operations
    assert (ROOT / "scripts" / "try_image.py").is_file()


def test_actions_are_pinned_by_commit_and_say_which_version_that_is():
    used = re.findall(r"uses: (.*)", WORKFLOW.read_text())

    assert len(used) == sum("uses" in step for step in STEPS)
    assert all(re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40}  # v\d+\.\d+\.\d+", one) for one in used)


def test_it_may_read_and_nothing_else_and_keeps_no_credentials():
    assert CI["permissions"] == {"contents": "read"}
    assert not any("permissions" in job for job in JOBS.values())
    assert all(job["steps"][0]["with"]["persist-credentials"] is False for job in JOBS.values())
    assert "secrets." not in WORKFLOW.read_text()


def test_an_older_run_of_a_pull_request_gives_way_and_none_runs_forever():
    assert CI["concurrency"]["cancel-in-progress"] == "${{ github.event_name == 'pull_request' }}"
    assert all(job["timeout-minutes"] <= 60 for job in JOBS.values())
