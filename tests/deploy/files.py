"""What `deploy/` holds, read for the tests."""

import re
import subprocess
import sys
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
PINNED = re.compile(r"[a-z0-9./-]+:v?\d+\.\d+\.\d+[a-z0-9.-]*")
"""An image with a whole version as its tag."""


def tool(name):
    """Return the path of a command that was installed beside Python."""
    return str(Path(sys.executable).with_name(name))


def schema_check(schema, path):
    """Return what check-jsonschema says of a file beside a schema it brings along."""
    command = [tool("check-jsonschema"), "--builtin-schema", f"vendor.{schema}", str(path)]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)


def documents(path):
    """Return every YAML document of a file."""
    return [document for document in yaml.safe_load_all(path.read_text()) if document is not None]


def pod_of(one):
    """Return the pod a manifest of Kubernetes starts, now or by the clock."""
    spec = one["spec"]["jobTemplate"]["spec"] if one["kind"] == "CronJob" else one["spec"]
    return spec["template"]


def dockerfile():
    """Return [(instruction, its words)], continued lines joined and comments left out."""
    text = re.sub(r"^#.*\n", "", (DEPLOY / "Dockerfile").read_text(), flags=re.MULTILINE).replace("\\\n", " ")
    return [tuple(line.split(None, 1)) for line in text.splitlines() if line.strip()]


def image_variables():
    """Return {variable: value} as the image sets them."""
    [said] = [words for instruction, words in dockerfile() if instruction == "ENV"]
    return dict(pair.split("=", 1) for pair in said.split())
