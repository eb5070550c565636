"""The API of a started SmartBank: what docs/api.md says, run as it stands there."""

import json
import re
import subprocess
import sys

import pytest

from tests.start.documented import blocks
from tests.start.processes import ROOT, free_port, wait_for

pytestmark = pytest.mark.xdist_group("start")

COMMANDS, CURL, CONSENT, REQUESTS, CLIENT = blocks("api.md", language="(?:bash|python)")


@pytest.fixture(scope="module")
def smartbank(started):
    return started().wait_until_ready()


@pytest.fixture(scope="module")
def key(smartbank):
    said = smartbank.run(["bash", "-ec", COMMANDS])
    return re.search(r"sbk_\S+", said).group()


def test_the_seed_posted_with_curl_and_a_token_is_a_stored_prediction_that_is_made_again(smartbank, key):
    address = f"http://localhost:{smartbank.port}"

    said = json.loads(smartbank.run(["bash", "-ec", CURL], SMARTBANK=address, KEY=key))

    assert (said["result"], said["market"]["indicators"][0]["value"]) in [("YES", 1.2), ("NO", 1.2)]
    assert said["reasons"]
    replayed = smartbank.run([sys.executable, "-m", "smartbank", "audit", "replay", said["prediction_id"]])
    assert "equal" in replayed


def test_an_objection_is_recorded_as_the_handbook_says(smartbank):
    address = f"http://localhost:{smartbank.port}"
    scopes = "--scope bring_in --scope see_customer --scope record_consent"
    made = f"python -m smartbank program add desk --role manager {scopes}\npython -m smartbank program key desk"
    key = re.search(r"sbk_\S+", smartbank.run(["bash", "-ec", made])).group()
    stored = """curl -sf $SMARTBANK/api/v1/customers -H "X-API-Key: $KEY" -H "Content-Type: application/json" \
      -d '{"customer_id": "C-10293", "personal_info": {"age": 45}, "financial_info": {}}' > /dev/null
    TOKEN=$KEY"""

    said = json.loads(smartbank.run(["bash", "-ec", f"{stored}\n{CONSENT}"], SMARTBANK=address, KEY=key))

    assert (said["objected"], said["may_be_called"]) == (True, False)


@pytest.mark.parametrize("text", [REQUESTS, CLIENT], ids=["requests", "client"])
def test_the_examples_in_python_run(smartbank, key, text):
    address = f"http://localhost:{smartbank.port}"
    program = f"import sys\nsys.path.insert(0, 'docs')\naddress, key = {address!r}, {key!r}\n{text}"

    said = smartbank.run([sys.executable, "-c", program])

    assert "C-1" in said


def test_the_api_alone_answers_under_the_same_addresses(smartbank, key):
    port = free_port()
    log = (smartbank.folder.parent / "api.log").open("w")
    alone = subprocess.Popen(
        [sys.executable, "-m", "uvicorn", "smartbank.api.asgi:app", "--port", str(port)],
        cwd=ROOT,
        env=environment_of(smartbank),
        stdout=log,
        stderr=subprocess.STDOUT,
    )
    try:
        ready = ["curl", "-sf", f"http://localhost:{port}/api/ready"]
        wait_for(lambda: subprocess.run(ready, check=False, capture_output=True, timeout=60).returncode == 0)
        said = json.loads(smartbank.run(["bash", "-ec", CURL], SMARTBANK=f"http://localhost:{port}", KEY=key))
    finally:
        alone.terminate()
        alone.wait(30)
        log.close()

    assert said["prediction_id"].startswith("ask-")


def environment_of(smartbank):
    """Return the environment of the web process of a started SmartBank, which names its database."""
    pid = smartbank.processes("smartbank web")[0]
    with open(f"/proc/{pid}/environ", "rb") as environment:
        return dict(line.split("=", 1) for line in environment.read().decode().split("\0") if "=" in line)
