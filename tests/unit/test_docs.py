import re
from pathlib import Path

import pytest
import typer

from smartbank.cli import app
from smartbank.config import Settings

ROOT = Path(__file__).resolve().parents[2]
DOCS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])


def quoted(pattern):
    return sorted({found for doc in DOCS for found in re.findall(pattern, doc.read_text())})


def commands(group, before=()):
    """Yield the words of each command, and of each group of commands."""
    for name, command in group.commands.items():
        yield (*before, name)
        yield from commands(command, (*before, name)) if hasattr(command, "commands") else ()


@pytest.mark.parametrize("command", quoted(r"python -m smartbank ([a-z]+(?: [a-z]+\b)?)"))
def test_a_command_quoted_in_the_docs_exists(command):
    known = set(commands(typer.main.get_command(app)))
    groups = {words[:1] for words in known if len(words) > 1}

    first, both = tuple(command.split()[:1]), tuple(command.split())

    assert both in known or (first in known and first not in groups)


@pytest.mark.parametrize("target", quoted(r"`(?:PORT=\d+ )?make ([a-z-]+)`"))
def test_a_make_target_quoted_in_the_docs_exists(target):
    makefile = (ROOT / "Makefile").read_text()

    assert re.search(rf"^{target}:.*## ", makefile, re.MULTILINE)


def test_every_setting_is_in_the_table_of_operations():
    table = (ROOT / "docs" / "operations.md").read_text()

    missing = [name for name in Settings.model_fields if f"SMARTBANK_{name.upper()}`" not in table]
    assert missing == ["embedded_database"]  # serve sets it for the processes it starts
