import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
WANTED = {
    "requirements.txt": PROJECT["dependencies"],
    "requirements-embedded.txt": PROJECT["optional-dependencies"]["embedded"],
    "requirements-dev.txt": PROJECT["optional-dependencies"]["dev"],
}


def pins(name):
    """Return {library: its pinned versions}; a library may have one for each marker."""
    found = {}
    for line in (ROOT / name).read_text().splitlines():
        if line and not line.startswith((" ", "#")):
            pin = Requirement(line.removesuffix("\\").strip())
            found.setdefault(pin.name, set()).add(str(pin.specifier).removeprefix("=="))
    return found


@pytest.mark.parametrize("name", WANTED)
def test_a_lock_file_pins_what_pyproject_asks_for_within_its_range(name):
    wanted = [Requirement(text) for text in WANTED[name]]

    pinned = pins(name)

    outside = [
        str(one)
        for one in wanted
        if not any(one.specifier.contains(v, prereleases=True) for v in pinned.get(one.name, ()))
    ]
    assert outside == []


@pytest.mark.parametrize("name", ["requirements-embedded.txt", "requirements-dev.txt"])
def test_an_extra_shares_its_pins_with_the_main_lock_file(name):
    main, extra = pins("requirements.txt"), pins(name)

    different = {library for library in main.keys() & extra.keys() if not extra[library] <= main[library]}

    assert different == set()


@pytest.mark.parametrize("name", WANTED)
def test_every_pin_has_hashes_and_no_index_is_named(name):
    text = (ROOT / name).read_text()

    blocks = re.split(r"\n(?=\S)", text.strip())

    assert all("==" in block and "--hash=sha256:" in block for block in blocks)
    assert "://" not in text


def test_the_embedded_database_is_not_in_what_production_installs():
    assert "secantusdb" in pins("requirements-embedded.txt")
    assert "secantusdb" not in pins("requirements.txt")
